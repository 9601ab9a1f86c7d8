"""The limitation radar and what moved a claim, as pages: seen, written on, and put right."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.authority import Role
from domain.letters import Letter
from persistence.limitation.watch import sweep_limitation

SOON = timedelta(days=3 * 365 - 60)  # 61 days are left


async def sweep(api):
    async with api.database.transaction() as connection:
        return await sweep_limitation(connection, api.policy, api.today, api.today)


async def page(api, address, role=Role.SUPERVISOR, **more):
    answer = await api.page(address, role, **more)
    return answer.status_code, answer.text


async def debtor_of(api, claim):
    told = (await api.get(f"/claims/{claim}/limitation")).json()
    return told["liabilities"][0]["debtor_id"]


async def write(api, claim, role=Role.CASEWORKER, **fields):
    sent = {"kind": "judgment", "on": api.today.isoformat(), "source": "Dom 17, retten"}
    sent |= {"debtors": str(await debtor_of(api, claim)), "is_sure": "yes", "key": "k-1"}
    address = f"/claims/{claim}/limitation/events"
    return await page(api, address, role, method="POST", data=sent | fields)


async def test_the_radar_says_what_is_lost_if_nothing_is_done_and_leads_to_the_claims(api):
    claim = await api.register(principal_ore=123_400)
    far = await api.register(period_start="2027-01-01", period_end="2027-01-01",
                             due_date="2027-01-04")  # fmt: skip
    api.now += SOON
    status, shown = await page(api, "/limitation", Role.CASEWORKER)
    assert status == 200
    assert "Gør vi intet, mister kommunen 2.234,00 kr. på 2 krav inden for 365 dage." in shown
    assert "<svg" in shown
    links = re.findall(r'href="(/limitation/claims\?[^"]*)"', shown)
    assert "/limitation/claims?month=2029-03" in links
    for link in ("?month=2029-03", "?band=2", "?type=parking-fee&month=2029-03"):
        _, found = await page(api, f"/limitation/claims{link}", Role.CASEWORKER)
        assert (f'href="/claims/{claim}' in found, f'href="/claims/{far}' in found) == (True, False)
    _, nothing = await page(api, "/limitation/claims?month=2031-01")
    assert "Ingen krav her." in nothing


async def test_what_the_authority_has_received_is_not_ours_to_lose_but_a_hearing_is(api):
    there, leaving = [await api.register() for _ in range(2)]
    async with api.database.transaction() as connection:
        move = text("update claims set stage = :stage where id = :claim")
        await connection.execute(move, {"stage": "recovery", "claim": there})
        await connection.execute(move, {"stage": "transfer", "claim": leaving})
    told = (await api.get("/limitation")).json()
    assert [told[name]["claims"] for name in ("ours", "leaving", "at_the_authority")] == [1, 1, 1]
    _, shown = await page(api, "/limitation/claims?leaving=yes")
    assert (leaving in shown, there in shown) == (True, False)


@pytest.mark.parametrize(
    "query",
    [
        "month=2029-13",
        "month=marts",
        "band=7",
        "band=x",
        "type=moon-tax",
        "cursor=x",
        "cursor=WzFd",
    ],
)
async def test_a_question_that_cannot_be_is_refused_with_a_page(api, query):
    status, shown = await page(api, f"/limitation/claims?{query}")
    assert status == 422
    assert "<h1" in shown


async def test_the_claims_come_page_by_page_each_once(api):
    claims = [await api.register() for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        told = (await api.get(f"/limitation/claims?limit=2{cursor and f'&cursor={cursor}'}")).json()
        seen += [row["claim_id"] for row in told["items"]]
        cursor = told["next_cursor"]
    assert seen == claims


async def test_a_claim_that_nobody_was_asked_about_in_time_is_an_alarm_for_the_supervisor(api):
    claim = await api.register()
    api.now += SOON
    assert (await sweep(api)).unoffered == 1
    _, shown = await page(api, "/limitation")
    assert "1 krav er ikke forelagt nogen i tide: 1.000,00 kr." in shown
    assert f"Krav {claim} forældes" in shown
    assert (await sweep(api)).unoffered == 0, "one alarm is enough"
    told = (await api.get("/limitation")).json()["unoffered"]
    assert told == {"claims": 1, "balance_ore": 100_000}


async def test_a_claim_that_someone_was_asked_about_in_time_is_no_alarm(api):
    await api.register()
    api.now += timedelta(days=3 * 365 - 100)
    assert (await sweep(api)).near == 1
    api.now += timedelta(days=60)
    assert (await sweep(api)).unoffered == 0
    _, shown = await page(api, "/limitation")
    assert "Intet krav nærmer sig forældelse, uden at nogen er spurgt mindst 90 dage før." in shown


async def test_an_alarm_goes_away_when_the_date_moves_and_comes_anew_with_the_new_date(api):
    claim = await api.register()
    api.now += SOON
    await sweep(api)
    await write(api, claim, kind="acknowledgement")
    await sweep(api)
    assert await states(api) == [
        ("limitation-near", "cancelled"), ("limitation-unoffered", "cancelled"),
    ]  # fmt: skip
    api.now += SOON
    assert await sweep(api) != (0, 0)
    assert [state for _, state in await states(api)].count("open") == 2


async def states(api):
    async with api.database.transaction() as connection:
        rows = await connection.execute(text("select kind, state from tasks order by kind, id"))
        return [tuple(row) for row in rows]


async def test_where_the_date_would_move_is_shown_before_anything_is_written(api):
    claim = await api.register()
    status, shown = await write(api, claim, is_sure="")
    assert status == 200
    assert "Karla Prøvesen: fra 16. marts 2029 til 17. marts 2036." in shown
    assert (await api.get(f"/claims/{claim}/limitation")).json()["limitation_date"] == "2029-03-16"


async def test_what_is_written_stands_on_the_claims_page_with_its_paragraph_and_proof(api):
    claim = await api.register()
    assert (await write(api, claim))[0] == 303
    assert (await write(api, claim))[0] == 303, "the same form twice is carried out once"
    _, shown = await page(api, f"/claims/{claim}?said=limitation")
    for told in (
        "Det er skrevet på kravet.", "Karla Prøvesen: forældes 17. marts 2036",
        "Dom eller betalingspåkrav", "Forældelseslovens § 5, stk. 1, nr. 3", "Dom 17, retten",
    ):  # fmt: skip
        assert told in shown
    assert shown.count("Dom 17, retten") == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": ""}, "Vælg, hvad der skete."),
        ({"kind": "received"}, "Vælg, hvad der skete."),
        ({"on": ""}, "dag"),
        ({"on": "2026-03-17"}, "Dagen ligger ude i fremtiden."),
        ({"source": "  "}, "Skriv, hvor beviset ligger."),
        ({"source": "x" * 201}, "Højst 200 tegn."),
        ({"debtors": []}, "Vælg mindst én skyldner, det gælder for."),
        ({"debtors": "nummer 7"}, "Vælg mindst én skyldner, det gælder for."),
        ({"kind": "estate-closed"}, "ikke skrevet som anmeldt i et bo"),
    ],
)
async def test_a_form_that_is_wrong_comes_back_with_what_was_typed(api, fields, said):
    claim = await api.register()
    status, shown = await write(api, claim, **fields)
    assert status == 422
    assert said in shown
    if "source" not in fields:
        assert "Dom 17, retten" in shown


async def test_only_who_steers_puts_an_error_right(api):
    claim = await api.register()
    await write(api, claim)
    (event,) = (await api.get(f"/claims/{claim}/limitation")).json()["liabilities"][0]["events"]
    wrong = f"{await debtor_of(api, claim)}-{event['number']}"
    sent = {"wrong": wrong, "reason": "Dommen gælder en anden", "key": "k-2"}
    address = f"/claims/{claim}/limitation/corrections"
    refused, _ = await page(api, address, Role.CASEWORKER, method="POST", data=sent)
    assert refused == 403
    _, shown = await page(api, f"/claims/{claim}/limitation", Role.CASEWORKER)
    assert "Ret en fejl" not in shown
    done, _ = await page(api, address, method="POST", data=sent)
    assert done == 303
    _, shown = await page(api, f"/claims/{claim}/limitation")
    assert "forældes 16. marts 2029" in shown
    assert "Streget" in shown
    assert "Dommen gælder en anden" in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"wrong": ""}, "Vælg, hvad der er forkert"),
        ({"wrong": "1-2-3"}, "Vælg, hvad der er forkert"),
        ({"reason": ""}, "Skriv, hvorfor det er forkert."),
        ({"first": "i går"}, "i går"),
    ],
)
async def test_a_correction_that_is_wrong_comes_back_with_what_was_typed(api, fields, said):
    claim = await api.register()
    wrong = f"{await debtor_of(api, claim)}-first"
    sent = {"wrong": wrong, "first": "2027-01-04", "reason": "Forfaldt før", "key": "k-3"} | fields
    address = f"/claims/{claim}/limitation/corrections"
    status, shown = await page(api, address, method="POST", data=sent)
    assert status == 422
    assert said in shown
    assert (await api.get(f"/claims/{claim}/limitation")).json()["limitation_date"] == "2029-03-16"


async def test_who_asked_for_respite_is_told_on_the_form_and_moves_the_date(api):
    claim = await api.register()
    sent = {"reason": "deferral", "until": "2026-09-01", "key": "k-4"}
    sent["asked_by"] = str(await debtor_of(api, claim))
    status, shown = await page(api, f"/claims/{claim}/hold", method="POST", data=sent)
    assert status == 200
    assert "Karla Prøvesen har selv bedt om henstanden" in shown
    sure = sent | {"is_sure": "yes"}
    done, _ = await page(api, f"/claims/{claim}/hold", method="POST", data=sure)
    assert done == 303
    _, shown = await page(api, f"/claims/{claim}")
    assert "Henstand nr. " in shown
    assert "forældes 3. september 2029" in shown


async def test_interest_that_lapses_before_its_claim_is_told_of(api):
    claim = await api.register(claim_type="rent", principal_ore=240_000)
    await write(api, claim)
    api.now += timedelta(days=100)
    await api.write(claim, Letter.FIRST_REMINDER)
    _, shown = await page(api, f"/claims/{claim}")
    assert "De første renter eller gebyrer forældes allerede" in shown
    assert "2029 (§ 5, stk. 2)." in shown


async def test_the_pages_are_in_english_too(api):
    claim = await api.register()
    for address in ("/limitation", f"/claims/{claim}/limitation"):
        status, shown = await page(api, address, language="en")
        assert status == 200
        assert "Limitation" in shown


@pytest.mark.parametrize(("asked_by", "status"), [(None, 303), ("x", 422), ("999999", 422)])
async def test_who_asked_for_respite_on_the_phone_is_told_from_the_task(api, asked_by, status):
    claim = await api.register()
    task = await api.ask(claim)
    sent = {"hold-reason": "deferral", "hold-until": "2026-09-01"}
    sent["hold-asked-by"] = asked_by or str(await debtor_of(api, claim))
    answered, shown = await page(api, f"/tasks/{task}/hold", method="POST", data=sent)
    assert answered == status, shown
    told = (await api.get(f"/claims/{claim}/limitation")).json()
    moved = asked_by is None
    assert told["limitation_date"] == ("2029-09-03" if moved else "2029-03-16")
    if not moved:
        assert "Vælg en, der hæfter for kravet." in shown
        async with api.database.transaction() as connection:
            assert (await connection.execute(text("select count(*) from holds"))).scalar_one() == 0
