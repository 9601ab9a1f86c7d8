"""The reconciliation in a browser: who may see it, what it says, and where its links lead."""

import re
from datetime import date
from html import unescape

import pytest
from lxml import html

from domain.authority import RIGHTS, Right, Role
from tests.reports.books import Books

MAY, JUNE = date(2026, 5, 4), date(2026, 6, 1)
YEAR = "from=2026-01-01&to=2026-12-31"


@pytest.fixture
def books(api):
    return Books(api.database, api.policy)


async def page(api, path, role: Role | str = Role.FINANCE, language="da"):
    return await api.page(path, role, language=language)


async def test_each_role_sees_the_pages_when_it_may_see_figures(api):
    for role in Role:
        for path in ("/reconciliation", "/reconciliation/lines?figure=paid"):
            answer = await page(api, path, role)
            expected = 200 if Right.SEE_FIGURES in RIGHTS[role] else 403
            assert answer.status_code == expected, (role, path)
            assert answer.headers["content-type"].startswith("text/html")


async def test_who_is_not_allowed_is_told_so_in_a_sentence(api):
    refused = next(role for role in Role if Right.SEE_FIGURES not in RIGHTS[role])
    assert "Din rolle har ikke ret til det." in (await page(api, "/reconciliation", refused)).text


async def test_an_empty_house_is_told_so_in_both_languages(api):
    danish = (await page(api, "/reconciliation")).text
    assert "Der er ingen restancer, betalinger eller kontoudtog" in danish
    assert '<html lang="da">' in danish
    english = (await page(api, "/reconciliation", language="en")).text
    assert "There are no arrears, payments or bank statements" in english
    assert '<html lang="en">' in english


async def test_each_figure_stands_in_the_table_and_leads_to_its_lines(api, books):
    await books.pay(await books.claim(MAY, 1000), 40_000, JUNE)
    shown = html.fromstring((await page(api, f"/reconciliation?{YEAR}")).text)
    rows = {r.find("th").text: r for r in shown.xpath("//table//tr[td]")}
    assert rows["Nye krav"].xpath("td/a/text()") == ["1.000,00", "1.000,00"]
    assert rows["Indbetalt"].xpath("td/a/text()") == ["-400,00", "-400,00"]
    assert rows["Restance ved periodens slut"].xpath("td/a/text()") == ["600,00", "600,00"]
    for link in shown.xpath("//td/a"):
        lines = html.fromstring((await page(api, link.get("href"))).text)
        amounts = lines.xpath("//td[contains(@class, 'amount')]/text()")
        assert sum(map(ore, amounts)) == ore(link.text)


def ore(amount):
    return int(amount.replace(".", "").replace(",", ""))


async def test_the_lines_of_a_figure_go_on_over_pages(api, books):
    payments = [await books.payment(100 + n, JUNE) for n in range(101)]
    address = f"/reconciliation/lines?figure=money-in&{YEAR}"
    first = (await page(api, address)).text
    following = unescape(re.search(r'href="([^"]+)">Næste linjer', first)[1])
    second = (await page(api, following)).text
    assert first.count('align-text-right amount"') == 100
    assert second.count('align-text-right amount"') == len(payments) - 100
    assert "2,00</td>" in second
    assert "Næste linjer" not in second


async def test_a_difference_is_named_on_the_page(api, books):
    claim = await books.claim(MAY)
    await books.past_the_guards("update claims set balance_ore = balance_ore - 1")
    shown = (await page(api, f"/reconciliation?{YEAR}", language="en")).text
    assert "It does not balance." in shown
    assert f"The balance of claim {claim}: should be DKK 1,000.00, is DKK 999.99." in shown
    assert "Difference: -1 øre." in shown


async def test_what_a_bank_or_a_file_is_called_cannot_become_part_of_the_page(api, books):
    file = await books.file("<script>x</script>", JUNE)
    await books.bank_line(file, 1, 100, JUNE, "payment")
    shown = (await page(api, f"/reconciliation?{YEAR}")).text
    assert "<script>" not in shown
    assert "&lt;script&gt;x&lt;/script&gt;" in shown


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?from=i+morges", "Datoen »i morges« kan ikke læses"),
        ("?from=2026-06-02&to=2026-06-01", "Perioden begynder 2026-06-02"),
        ("/lines?figure=paind", "Tallet »paind« kendes ikke"),
        ("/lines?figure=paid&cursor=x", "Sidemærket kan ikke læses"),
        ("/lines", "Feltet skal udfyldes"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_a_sentence(api, query, sentence):
    answer = await page(api, f"/reconciliation{query}")
    assert answer.status_code == 422
    assert sentence in answer.text


async def test_a_page_loads_only_from_the_house_and_says_what_each_cell_is(api, books):
    await books.pay(await books.claim(MAY), 40_000, JUNE)
    answer = await page(api, f"/reconciliation?{YEAR}")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    shown = html.fromstring(answer.text)
    loaded = shown.xpath("//script/@src | //link/@href | //img/@src")
    assert all(address.startswith("/static/") for address in loaded)
    assert shown.xpath("//@style | //script[not(@src)]") == []
    assert (
        shown.xpath(
            "//table[not(caption)] | //th[not(@scope)] | //input[not(@type='hidden')][not(@id)]"
        )
        == []
    )
    assert shown.xpath("//main//svg[@viewbox or @viewBox]/@role") == ["img"]
    assert shown.xpath("//svg/desc/text()")[0].endswith("Tallene står i tabellen nedenfor.")
    labelled = {i for names in shown.xpath("//@aria-labelledby | //@for") for i in names.split()}
    assert labelled <= set(shown.xpath("//@id"))
