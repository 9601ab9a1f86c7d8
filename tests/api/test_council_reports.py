"""Reports to the council: worked out, commented, frozen, taken along, withdrawn, compared."""

import asyncio
import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from lxml import html
from pdfua import validate
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.authority import RIGHTS, Right, Role
from reports.council.ends import SECTIONS
from tests.reports.books import Books

BOOKED, PAID = date(2026, 1, 12), date(2026, 2, 16)
QUARTER = {"from": "2026-01-01", "to": "2026-03-31"}


@pytest.fixture
def books(api):
    api.now = datetime(2026, 4, 20, 9, tzinfo=UTC)
    return Books(api.database, api.policy)


async def a_quarter(books):
    """Two claims, of which one is paid in part and one goes to the recovery authority."""
    first, second = await books.claim(BOOKED, 1000), await books.claim(BOOKED, 500, "day-care")
    await books.book(first, "fee", 25_000, PAID)
    await books.pay(first, 40_050, PAID)
    await books.carry(second, PAID)
    return first, second


async def lay(api, days=QUARTER):
    answer = await api.page("/council-reports", method="POST", data=days)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rsplit("/", 1)[1])


async def freeze(api, number, **comments):
    address = f"/council-reports/{number}/freeze"
    answer = await api.page(address, method="POST", data=comments)
    assert answer.status_code == 303, answer.text


async def read(api, number):
    return (await api.get(f"/council-reports/{number}")).json()


def ore(words):
    return int(words.replace(".", "").replace(",", ""))


async def test_a_report_is_worked_out_looked_at_commented_and_frozen(api, books):
    await a_quarter(books)
    number = await lay(api)
    draft = (await api.page(f"/council-reports/{number}")).text
    assert "Udkast" in draft
    assert "Restance ved periodens slut" in draft
    await freeze(api, number, **{"bridge-comment": "Et enkelt krav fylder meget."})
    frozen = (await api.page(f"/council-reports/{number}")).text
    assert "Et enkelt krav fylder meget." in frozen
    assert "<textarea" not in frozen.split('id="again"')[0]
    listed = (await api.page("/council-reports")).text
    assert "Låst 20. apr. 2026" in listed
    trail = (await api.get(f"/audit?subject=council-report-{number}")).text
    assert "council-report-frozen" in trail


async def test_every_figure_on_the_page_is_the_sum_of_the_lines_it_leads_to(api, books):
    await a_quarter(books)
    number = await lay(api)
    shown = html.fromstring((await api.page(f"/council-reports/{number}")).text)
    links = [a for a in shown.xpath("//td/a") if re.fullmatch(r"-?[\d.]+,\d\d", a.text)]
    assert len(links) > 30
    for link in links:
        lines = html.fromstring((await api.page(link.get("href"))).text)
        amounts = lines.xpath("//td[contains(@class, 'amount')]/text()")
        assert abs(sum(map(ore, amounts))) == abs(ore(link.text)), link.get("href")
        assert "det samme som i rapporten" in lines.text_content()


async def test_what_is_booked_later_changes_no_report_that_is_frozen(api, books):
    first, _ = await a_quarter(books)
    number = await lay(api)
    await freeze(api, number)
    before = await read(api, number)
    async with api.database.transaction() as connection:
        entry = await connection.execute(text(
            """insert into ledger_entries (claim_id, seq, kind, amount_ore, effective_on, booked_on,
              actor, rule, legal_basis, facts) values
              (:claim, 0, 'fee', 10000, '2026-02-01', '2026-04-19', 'anna', '', '', '{}')
            returning booked_on"""), {"claim": first})  # fmt: skip
        assert entry.scalar_one() == date(2026, 4, 19)
    assert await read(api, number) == before
    again = await lay(api)
    assert (await read(api, again))["figures"] == before["figures"], "it is booked later"
    await books.book(first, "fee", 77, date(2026, 3, 1))
    other = await lay(api)
    assert (await read(api, other))["figures"] != before["figures"]
    assert await read(api, number) == before


@pytest.mark.parametrize(
    "change",
    [
        "update council_reports set figures = '[]'",
        'update council_reports set comments = \'{"bridge": "x"}\'',
        "update council_reports set frozen_at = null, frozen_on = null, frozen_by = null",
        "delete from council_reports",
        "truncate council_reports",
    ],
)
async def test_the_database_keeps_a_frozen_report_as_it_is(api, books, change):
    await a_quarter(books)
    await freeze(api, await lay(api))
    with pytest.raises(DBAPIError, match=r"kept as it is|append-only"):
        async with api.database.transaction() as connection:
            await connection.execute(text(change))


async def test_a_report_made_by_mistake_is_withdrawn_with_a_reason_and_can_still_be_read(
    api, books
):
    await a_quarter(books)
    number = await lay(api)
    await freeze(api, number)
    address = f"/council-reports/{number}/withdraw"
    refused = await api.page(address, method="POST", data={"reasons": " "})
    assert (refused.status_code, "Skriv en begrundelse." in refused.text) == (422, True)
    await api.page(address, method="POST", data={"reasons": "Forkert kvartal."})
    shown = (await api.page(f"/council-reports/{number}")).text
    assert "Rapporten er trukket tilbage 20. april 2026" in shown
    assert "Forkert kvartal." in shown
    twice = await api.page(address, method="POST", data={"reasons": "Igen."})
    assert twice.status_code == 409
    assert (await read(api, number))["withdrawn_because"] == "Forkert kvartal."


async def test_a_new_edition_says_what_it_replaces_and_the_old_one_by_what(api, books):
    await a_quarter(books)
    first = await lay(api)
    await freeze(api, first)
    answer = await api.page(f"/council-reports/{first}/edition", method="POST")
    second = int(answer.headers["location"].rsplit("/", 1)[1])
    assert (await read(api, first))["replaced_by"] is None, "a draft replaces nothing"
    await freeze(api, second)
    assert (await read(api, first))["replaced_by"] == second
    assert f"erstatter rapport nr. {first}" in (await api.page(f"/council-reports/{second}")).text
    assert (
        f"erstattet af rapport nr. {second}" in (await api.page(f"/council-reports/{first}")).text
    )


async def test_of_two_drafts_of_the_same_days_the_later_frozen_replaces_the_other(api, books):
    await a_quarter(books)
    first, second = await lay(api), await lay(api)
    answers = await asyncio.gather(
        *(api.post(f"/council-reports/{number}/freeze") for number in (first, second))
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    replaced = {number: (await read(api, number))["replaced_by"] for number in (first, second)}
    assert replaced in ({first: second, second: None}, {first: None, second: first})


async def test_what_has_changed_since_the_last_report_is_told(api, books):
    await a_quarter(books)
    await freeze(api, await lay(api, {"from": "2026-01-01", "to": "2026-01-31"}))
    number = await lay(api, {"from": "2026-02-01", "to": "2026-03-31"})
    shown = html.fromstring((await api.page(f"/council-reports/{number}")).text)
    row = shown.xpath("//table[@id='overview-1-table']//tr[th='Restance hos kommunen']")[0]
    assert [ore(cell.text_content().strip()) for cell in row.xpath("td")] == [
        84_950, 150_000, -65_050,
    ]  # fmt: skip


async def test_the_spreadsheet_holds_the_figures_as_numbers_and_charts(api, books):
    await a_quarter(books)
    number = await lay(api)
    await freeze(api, number, **{"bridge-comment": '=HYPERLINK("x")'})
    answer = await api.page(f"/council-reports/{number}/report.xlsx")
    assert answer.headers["content-disposition"].endswith('2026-01-01-2026-03-31.xlsx"')
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert len(book.sheetnames) == len(SECTIONS)
    sheet = book["Fra restance til restance"]
    rows = {row[0].value: [cell.value for cell in row[1:4]] for row in sheet.iter_rows()}
    assert rows["Restance ved periodens slut"][0] == 849.50
    assert rows["Indbetalt"][0] == -400.50
    assert len(sheet._charts) == 1  # openpyxl has no other way to say it
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == '=HYPERLINK("x")'] == ["s"]
    formats = {cell.number_format for cell in cells if cell.value == 849.50}
    assert formats == {"#,##0.00"}


async def test_the_csv_is_for_a_danish_excel_and_runs_nothing(api, books):
    await a_quarter(books)
    number = await lay(api)
    await freeze(api, number, **{"types-comment": "=1+1"})
    answer = await api.page(f"/council-reports/{number}/report.csv")
    words = answer.content.decode("utf-8")
    assert words.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(words.removeprefix("\ufeff")), delimiter=";"))
    found = {(row[2], row[3]): row[4] for row in rows if row[0] == "Fra restance til restance"}
    assert found["Restance ved periodens slut", "I alt"] == "849,50"
    assert found["Indbetalt", "I alt"] == "-400,50"
    assert "'=1+1" in {row[4] for row in rows}


async def test_the_pdf_can_be_read_aloud(api, books, tmp_path):
    await a_quarter(books)
    number = await lay(api)
    await freeze(api, number, **{"bridge-comment": '#read("/etc/passwd") *x*\nAnden linje'})
    for language in ("da", "en"):
        answer = await api.page(f"/council-reports/{number}/report.pdf", language=language)
        file = tmp_path / f"{language}.pdf"
        file.write_bytes(answer.content)
        assert [finding.message for finding in validate(str(file)).findings] == []


async def test_a_draft_leaves_the_house_in_no_form(api, books):
    number = await lay(api)
    for name in ("report.pdf", "report.xlsx", "report.csv", "key-figures.json", "key-figures.csv"):
        assert (await api.page(f"/council-reports/{number}/{name}")).status_code == 404


async def test_another_municipalitys_key_figures_stand_beside_our_own(api, books):
    await a_quarter(books)
    number = await lay(api)
    await freeze(api, number)
    sent = (await api.page(f"/council-reports/{number}/key-figures.json")).content
    other = json.loads(sent) | {"municipality": "Nabo <b>Kommune</b>"}
    for one in other["figures"]:
        if (one["figure"], one["by"]) == ("closing", "total"):
            one |= {"amount_ore": 123_456_700, "number": 600, "left_out": False}
    files = {"file": ("nabo.json", json.dumps(other).encode(), "application/json")}
    answer = await api.page("/council-reports/compare", method="POST", files=files)
    assert answer.status_code == 200
    assert "1.234.567,00" in answer.text
    assert "Nabo &lt;b&gt;Kommune&lt;/b&gt;" in answer.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Vælg en fil."),
        (b"{", "kan ikke læses som JSON"),
        (b"[]", "kan ikke læses som JSON"),
        (b'{"format": "other"}', "»format« er forkert eller mangler"),
        (b"x" * (4 * 1024 * 1024 + 1), "større end 4 MB"),
    ],
)
async def test_a_file_that_holds_no_key_figures_is_refused_in_a_sentence(
    api, books, content, sentence
):
    await freeze(api, await lay(api))
    files = {"file": ("x.json" if content else "", content, "application/json")}
    answer = await api.page("/council-reports/compare", method="POST", files=files)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"from": "2026-01-01", "to": "2026-12-31"}, "som endnu ikke er gået"),
        ({"from": "2026-03-31", "to": "2026-01-01"}, "Perioden begynder 2026-03-31"),
        ({"from": "i går", "to": "2026-03-31"}, "kan ikke læses"),
    ],
)
async def test_a_period_that_cannot_be_is_refused_and_what_was_typed_stands(
    api, books, days, sentence
):
    answer = await api.page("/council-reports", method="POST", data=days)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert days["from"] in answer.text
    assert "Der er endnu ingen rapporter." in answer.text


async def test_only_who_steers_makes_and_freezes_and_only_who_sees_claims_sees_lines(api, books):
    number = await lay(api)
    for role in Role:
        rights = RIGHTS[role]
        shown = await api.page(f"/council-reports/{number}", role)
        assert (shown.status_code == 200) == (Right.SEE_FIGURES in rights), role
        lines = await api.page(f"/council-reports/{number}/lines?figure=closing", role)
        assert (lines.status_code == 200) == (Right.SEE_CLAIMS in rights), role
        made = await api.page("/council-reports", role, method="POST", data=QUARTER)
        assert (made.status_code == 303) == (Right.STEER in rights), role


async def test_programs_do_what_people_do(api, books):
    await a_quarter(books)
    laid = await api.post("/council-reports", {"since": "2026-01-01", "until": "2026-03-31"})
    number = laid.json()["id"]
    comments = {"comments": {"bridge": "Til byrådet."}}
    assert (await api.send("PUT", f"/council-reports/{number}/comments", json=comments)).is_success
    unknown = {"comments": {"nowhere": "x"}}
    wrong = await api.send("PUT", f"/council-reports/{number}/comments", json=unknown)
    assert wrong.status_code == 422
    assert (await api.post(f"/council-reports/{number}/freeze")).json()["id"] == number
    assert (await api.post(f"/council-reports/{number}/freeze")).status_code == 409
    assert (await api.send("DELETE", f"/council-reports/{number}")).status_code == 409
    lines = (await api.get(f"/council-reports/{number}/lines?figure=closing&limit=1")).json()
    assert (lines["amount_ore"], lines["number"], lines["next_cursor"]) == (84_950, 1, None)
    key = (await api.get(f"/council-reports/{number}/key-figures")).json()
    [closing] = [
        one for one in key["figures"] if (one["figure"], one["by"]) == ("closing", "total")
    ]
    assert closing["left_out"], "it is of one claim"
    assert "Prøvesen" not in json.dumps(key)
    why = {"reasons": "Forkert."}
    assert (await api.post(f"/council-reports/{number}/withdraw", why)).status_code == 204
    draft = (
        await api.post("/council-reports", {"since": "2026-01-01", "until": "2026-03-31"})
    ).json()
    assert (await api.send("DELETE", f"/council-reports/{draft['id']}")).status_code == 204


async def test_the_next_report_is_proposed_from_where_the_last_one_ended(api, books):
    first = (await api.page("/council-reports")).text
    assert 'value="2026-01-01"' in first
    await freeze(api, await lay(api))
    api.now += timedelta(days=90)
    second = (await api.page("/council-reports")).text
    assert 'id="from" name="from" value="2026-04-01"' in second
    assert 'id="to" name="to" value="2026-06-30"' in second
