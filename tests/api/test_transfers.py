"""What stands in the way of transfers, over all claims: found, led to, mended, and handed over."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.authority import Role
from domain.decisions import TaskKind
from domain.orders import Transfer
from domain.recovery.dossier import Requirement, Standing
from domain.recovery.entry_filter_rules import CHECKS
from letters.catalogue import codes
from persistence.recovery.preflights import sweep
from tests.proofs import make_ready

DAY_CARE = {
    "claim_type": "day-care", "period_start": "2026-01-01", "period_end": "2026-01-31",
    "due_date": "2026-01-05", "origination_date": "2026-01-01",
    "last_timely_payment_date": "2026-01-05", "description": "Freja, faktura 4711",
}  # fmt: skip
OLD_WASTE = {
    "claim_type": "household-waste", "period_start": "2023-10-01", "period_end": "2023-12-31",
}  # fmt: skip
REASONS = "Institutionens meddelelse af 2. marts"


async def change(api, statement):
    async with api.database.transaction() as connection:
        await connection.execute(text(statement))


async def look_at_all(api):
    async with api.database.transaction() as connection:
        after = ""
        while after is not None:
            after = await sweep(connection, api.policy, api.today, after, limit=3)


async def proved(api, **facts):
    claim = await api.register(**DAY_CARE | facts)
    async with api.database.transaction() as connection:
        await make_ready(connection, claim, api.today)
    return claim


@pytest.fixture
async def town(api):
    """A claim in each standing, by it."""
    claims = {
        "ready": await proved(api),
        "hearing": await proved(api, principal_ore=1_200_000),
        "lacking": await proved(api),
        "underway": await api.register(**DAY_CARE),
        "ours": await api.register(**OLD_WASTE),
    }
    await change(api, f"update claims set description = '' where id = '{claims['lacking']}'")
    await look_at_all(api)
    return claims


async def standing(api, claim):
    rows = (await api.get("/transfers/claims?limit=200")).json()["items"]
    return next((row["standing"] for row in rows if row["claim_id"] == claim), None)


def mended(**changes):
    was = {name: DAY_CARE[name] for name in ("description", "period_start", "period_end")}
    return was | {"originated_on": "2026-01-01", "reasons": REASONS, "key": "k-1"} | changes


async def mend(api, claim, role=Role.CASEWORKER, **changes):
    address = f"/claims/{claim}/mend"
    return await api.page(address, role, method="POST", data=mended(**changes))


def test_every_obstacle_has_its_words_in_both_languages():
    needed = {f"found-{code}" for code in (*Requirement, *CHECKS, "type-unknown")}
    needed |= {f"transfers-standing-{one}" for one in Standing}
    assert needed <= codes("da") & codes("en")


async def test_each_claim_stands_where_it_stands(api, town):
    told = (await api.get("/transfers")).json()
    assert {one["standing"]: one["claims"] for one in told["standings"]} == dict.fromkeys(town, 1)
    for name, claim in town.items():
        rows = (await api.get(f"/transfers/claims?standing={name}")).json()["items"]
        assert [row["claim_id"] for row in rows] == [claim]


async def test_every_sum_is_that_of_the_claims_behind_it(api, town):
    told = (await api.get("/transfers")).json()
    wishes = [(one, {}) for one in told["standings"]]
    wishes += [(one, {"claim_type": one["claim_type"]}) for one in told["claim_types"]]
    wishes += [(one, {"department": one["department"]}) for one in told["departments"]]
    wishes += [(one, {"code": one["code"]}) for one in told["obstacles"]]
    assert {one["code"] for one in told["obstacles"]} >= {"R_7_11", "R_4_2", "route", "notified"}
    for total, wish in wishes:
        asked = {"standing": total["standing"], "limit": 200} | wish
        rows = (await api.get("/transfers/claims", params=asked)).json()["items"]
        assert len(rows) == total["claims"], wish
        assert sum(row["balance_ore"] for row in rows) == total["balance_ore"], wish


async def test_the_page_leads_from_a_finding_to_its_claims_and_to_the_field(api, town):
    page = (await api.page("/transfers", Role.CASEWORKER)).text
    assert "2 krav på i alt" in page
    assert "Beskrivelsen mangler" in page
    [link] = re.findall(r'href="(/transfers/claims[^"]*R_7_11)"', page)
    listed = (await api.page(link.replace("&amp;", "&"), Role.CASEWORKER)).text
    assert f'href="/claims/{town["lacking"]}/mend#description"' in listed
    assert town["ready"] not in listed
    assert "Regel R_7_11" in listed


async def test_the_list_is_searched_by_what_people_type_which_stands_in_no_address(api, town):
    sent = {"text": town["hearing"], "standing": "hearing"}
    found = await api.page("/transfers/claims", method="POST", data=sent)
    assert town["hearing"] in found.text
    sent = {"text": "prøvesen"}
    found = await api.page("/transfers/claims", method="POST", data=sent)
    assert all(claim in found.text for claim in town.values())
    found = await api.page("/transfers/claims", method="POST", data={"text": "findes ikke"})
    assert "Ingen krav her." in found.text


async def test_the_claims_come_page_by_page_each_once(api, town):
    seen, cursor = [], ""
    while cursor is not None:
        told = (await api.get(f"/transfers/claims?limit=2{cursor}")).json()
        seen += [row["claim_id"] for row in told["items"]]
        cursor = told["next_cursor"] and f"&cursor={told['next_cursor']}"
    assert seen == sorted(town.values())


async def test_the_list_is_taken_out_as_a_file_that_excel_opens_and_that_is_noted(api, town):
    file = await api.page("/transfers/claims.csv?standing=lacking")
    assert file.headers["content-type"].startswith("text/csv")
    head, row = file.text.removeprefix("\ufeff").splitlines()
    assert head.startswith("Krav;Skyldner;Type;Afdeling;Står som;Mangler")
    assert row.split(";")[0] == town["lacking"]
    assert "Beskrivelsen mangler (R_7_11)" in row
    assert row.endswith(";1000,00")
    async with api.database.transaction() as connection:
        found = text("select count(*) from audit where subject = 'transfers' and act = 'exported'")
        assert (await connection.execute(found)).scalar_one() == 1


@pytest.mark.parametrize(
    "query", ["standing=moon", "type=moon-tax", "code=R_9_9", "cursor=x", "cursor=WyJ4Il0"]
)
async def test_a_question_that_cannot_be_is_refused_with_a_page(api, query):
    answer = await api.page(f"/transfers/claims?{query}")
    assert answer.status_code == 422
    assert "<h1" in answer.text


async def test_what_is_mended_is_looked_at_at_once_and_may_go(api, town):
    claim = town["lacking"]
    asked = (await api.page(f"/claims/{claim}/mend")).text
    assert "Beskrivelsen skal være udfyldt" in asked
    done = await mend(api, claim, role=Role.SUPERVISOR)
    assert done.status_code == 303, done.text
    assert await standing(api, claim) == "ready"
    shown = (await api.page(done.headers["location"])).text
    assert "Rettelsen er gemt" in shown
    assert "Kravet kan overdrages i dag." in shown
    assert (await api.acts.transfer(Transfer(claim, "transfer-0-0", api.today))).is_done
    assert await standing(api, claim) is None


async def test_what_was_mended_and_why_is_in_the_trail(api, town):
    await mend(api, town["lacking"])
    async with api.database.transaction() as connection:
        found = text("select facts from audit where act = 'mended'")
        [facts] = (await connection.execute(found)).scalars()
    assert facts == {"fields": ["description"], "reasons": REASONS}


async def test_a_program_mends_what_it_names_and_reads_the_dossier_as_it_is_then(api, town):
    claim = town["lacking"]
    sent = {"description": "Freja, faktura 4711", "reasons": REASONS}
    answer = await api.post(f"/claims/{claim}/particulars", sent)
    assert answer.status_code == 200, answer.text
    assert answer.json()["is_ready"] is True
    assert answer.json()["claims"][0]["period_end"] == "2026-01-31"
    again = await api.post(f"/claims/{claim}/particulars", sent)
    assert [fault["code"] for fault in again.json()["faults"]] == ["mend-nothing"]
    assert (await api.post("/claims/2026-999999/particulars", sent)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reasons": " "}, "Hvad rettelsen bygger på"),
        ({"description": "Freja 070379-0123"}, "CPR-nummer"),
        ({"description": "x" * 101}, "100"),
        ({"period_start": ""}, "Feltet skal udfyldes."),
        ({"period_start": "i går"}, "i går"),
        ({"period_end": "2025-12-31"}, "Perioden slutter"),
        ({"originated_on": "1926-01-01"}, "tastefejl"),
    ],
)
async def test_a_correction_that_is_wrong_changes_nothing_and_keeps_what_was_typed(
    api, town, changes, said
):
    claim = town["lacking"]
    answer = await mend(api, claim, **changes)
    assert answer.status_code == 422
    assert said in answer.text
    if "description" not in changes:
        assert "Freja, faktura 4711" in answer.text
    assert await standing(api, claim) == "lacking"


async def test_what_lies_at_the_authority_is_recalled_before_it_is_mended(api, town):
    claim = town["ready"]
    assert (await api.acts.transfer(Transfer(claim, "transfer-0-0", api.today))).is_done
    answer = await mend(api, claim, role=Role.SUPERVISOR, description="Noget andet")
    assert answer.status_code == 422
    assert "Kald det tilbage" in answer.text


async def test_who_only_looks_mends_nothing(api, town):
    assert (await mend(api, town["lacking"], role=Role.FINANCE)).status_code == 403
    shown = (await api.page(f"/claims/{town['lacking']}/transfer", Role.AUDITOR)).text
    assert "/mend" not in shown


async def test_the_next_night_finds_what_has_become_ready_by_itself(api):
    claim = await proved(api)
    await change(api, f"update letters set deadline = '2026-03-20' where claim_id = '{claim}'")
    await look_at_all(api)
    assert await standing(api, claim) == "underway"
    api.now += timedelta(days=7)
    await look_at_all(api)
    assert await standing(api, claim) == "ready"


async def test_the_pages_are_in_english_too(api, town):
    for address, said in (
        ("/transfers", "Ready for transfer"),
        ("/transfers/claims", "The description is missing"),
        (f"/claims/{town['lacking']}/mend", "Mend the particulars"),
    ):
        assert said in (await api.page(address, language="en")).text


async def test_the_inbox_and_the_claims_page_say_how_near_the_claim_is(api, town):
    tasks = {name: await api.ask(claim, TaskKind.ASSESSMENT) for name, claim in town.items()}
    await api.ask(town["lacking"], TaskKind.DIALOGUE)
    shown = (await api.page("/?view=team", Role.CASEWORKER)).text
    assert shown.count("Skal rettes før overdragelse") == 1, "not on the dialogue"
    assert shown.count("Kan overdrages</span>") == 1
    rows = (await api.get("/tasks?kind=assessment&limit=100")).json()["items"]
    assert {row["id"]: row["transfer_standing"] for row in rows} == {
        task: name for name, task in tasks.items()
    }
    told = (await api.get("/tasks?kind=dialogue")).json()["items"]
    assert [row["transfer_standing"] for row in told] == [None]
    page = (await api.page(f"/claims/{town['lacking']}")).text
    assert "Skal rettes før overdragelse" in page
