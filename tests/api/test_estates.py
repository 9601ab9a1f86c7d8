"""Estates (boer): what comes late rests too, what is late says so, and what leaves nothing ends."""

import asyncio
from datetime import date, timedelta

import pytest

from letters.catalogue import sentence
from persistence.claims.bulk_registration import register_all
from persistence.claims.registration import register
from tests.api.conftest import claim_body
from tests.api.test_discharges import task_of, together
from tests.api.test_files import page
from tests.api.test_suspensions import (
    CO_DEBTORS,
    answer,
    debtor_of,
    events,
    hold,
    rows,
    suspend,
    tasks,
    value,
    watch,
)
from tests.api.test_write_offs import approve, batch_task
from tests.builders import a_claim, a_debtor

DAY = timedelta(days=1)
DEATH = {"reason": "death", "died_on": "2026-02-20"}
BOUDLAEG = {"reason": "insolvent-estate", "proved_on": "2026-03-12", "journal": "SKS 2026-88"}


async def dead(api, claim, **told):
    placed = await suspend(api, await debtor_of(api, claim), **(DEATH | told))
    assert placed.status_code == 201, placed.text
    return placed.json()["suspension_id"]


async def holds(api, claim):
    return [
        tuple(row)
        for row in await rows(
            api,
            "select reason, since, suspension_id, released_on from holds where claim_id = :c"
            " order by id",
            c=claim,
        )
    ]


# A claim registered after the debtor's death, bankruptcy or debt relief.

AFTER = [
    ("death", {"died_on": "2026-02-20"}, "dødsboskiftelovens §§ 81-83"),
    ("bankruptcy", {"opened_on": "2026-03-02", "contact": "Kurator"}, "konkurslovens § 31"),
    ("debt-relief", {"opened_on": "2026-03-02", "contact": "Skifteretten"}, "konkurslovens § 207"),
]


@pytest.mark.parametrize(("reason", "told", "paragraph"), AFTER)
async def test_what_is_registered_later_rests_from_its_first_day(api, reason, told, paragraph):
    first = await api.register()
    number = await dead(api, first, reason=reason, **{"died_on": None} | told)
    api.now += DAY
    later = await api.register()
    assert await holds(api, later) == [(reason, api.today, number, None)], paragraph
    shown = (await page(api, f"/claims/{later}")).text
    assert sentence(f"suspension-rule-{reason}", "da") in shown
    await api.post(f"/suspensions/{number}/end")
    assert [row[3] for row in await holds(api, later)] == [api.today]


async def test_a_file_of_claims_rests_as_one_by_one_does(api):
    first = await api.register(debtors=[CO_DEBTORS[0]])
    number = await dead(api, first)
    karla, bo = a_debtor("0703790123", "Karla Prøvesen"), a_debtor("1108650456", "Bo Prøvesen")
    claims = [
        a_claim(reference="f1", debtors=(karla,)),
        a_claim(reference="f2", debtors=(bo,)),
        a_claim(reference="f3", debtors=(bo, karla)),
    ]
    async with api.database.transaction() as connection:
        done = await register_all(connection, api.policy, claims, api.today, "caseworker")
    rest = [bool(await holds(api, one.claim_id)) for one in done]
    assert rest == [True, False, True], "as what was there already: whoever of them died"
    assert {row[2] for row in await holds(api, done[2].claim_id)} == {number}


async def test_after_the_end_nothing_rests_any_more(api):
    number = await dead(api, await api.register())
    await api.post(f"/suspensions/{number}/end")
    assert await holds(api, await api.register()) == []


async def test_what_stops_one_claim_alone_stops_no_later_one(api):
    claim = await api.register()
    await hold(api, claim, reason="objection")
    assert await holds(api, await api.register()) == []


async def test_a_claim_that_comes_while_the_debtor_is_stopped_is_never_missed(api):
    """Whoever is first: the claim is seen by the suspension, or sees it."""
    debtor = await debtor_of(api, await api.register())
    bodies = [claim_body() for _ in range(4)]
    answers = await asyncio.gather(
        *(api.post("/claims", body) for body in bodies), suspend(api, debtor, **DEATH)
    )
    claims = [one.json()["claim_id"] for one in answers[:-1]]
    assert [len(await holds(api, claim)) for claim in claims] == [1, 1, 1, 1]


# To file within eight weeks of the notice (proklama, dødsboskifteloven § 81).


async def test_a_claim_that_comes_while_it_is_asked_to_file_is_filed_with_the_others(api):
    first = await api.register()
    await dead(api, first, notice_on="2026-03-10")
    later = await api.register()
    [task] = await tasks(api, "estate-claim")
    shown = (await page(api, f"/tasks/{task.id}")).text
    assert later in shown
    await answer(api, task.id, "filed")
    await watch(api)
    for claim in (first, later):
        assert [event[1] for event in await events(api, claim)] == ["estate-claim"], claim


async def test_a_claim_that_comes_after_the_others_were_filed_is_asked_about_alone(api):
    first = await api.register()
    await dead(api, first, notice_on="2026-03-10")
    [task] = await tasks(api, "estate-claim")
    await answer(api, task.id, "filed")
    later = await api.register()
    await watch(api)
    assert await events(api, later) == [], "nobody has filed it"
    assert "Kravet er anmeldt" not in (await page(api, f"/claims/{later}")).text
    [_, again] = await tasks(api, "estate-claim")
    assert (again.state, again.claim_id) == ("open", later)
    shown = (await page(api, f"/tasks/{again.id}")).text
    assert "Kravet skal anmeldes senest" in shown
    api.now += DAY
    await answer(api, again.id, "filed")
    await watch(api)
    assert [event[1:] for event in await events(api, later)] == [("estate-claim", api.today)]
    assert [event[2] for event in await events(api, first)] == [api.today - DAY]


async def test_a_claim_that_comes_after_the_last_day_says_so_and_asks_what_to_do(api):
    first = await api.register()
    await dead(api, first, notice_on="2026-03-10")
    [task] = await tasks(api, "estate-claim")
    await answer(api, task.id, "filed")
    api.now += 60 * DAY
    later = await api.register(due_date=api.today.isoformat())
    [_, again] = await tasks(api, "estate-claim")
    assert again.due_on == api.today, "at once"
    shown = (await page(api, f"/tasks/{again.id}")).text
    assert "Fristen for at anmelde var 5. maj 2026 og er overskredet" in shown
    assert "Beslut, om kravet alligevel skal anmeldes." in shown
    await answer(api, again.id, "filed")
    await watch(api)
    assert await events(api, later) == [], "what is filed too late interrupts nothing"
    assert "anmeldt for sent" in (await page(api, f"/claims/{later}")).text


async def test_a_notice_of_long_ago_asks_for_a_decision_today(api):
    claim = await api.register()
    number = await dead(api, claim)
    told = await api.post(f"/suspensions/{number}/notice", {"notice_on": "2026-01-05"})
    assert told.json()["file_by"] == "2026-03-02", "56 days"
    [task] = await tasks(api, "estate-claim")
    assert task.due_on == api.today
    assert "2. marts 2026 og er overskredet" in (await page(api, f"/tasks/{task.id}")).text


# The estate has ended and left nothing (boudlæg, dødsboskifteloven § 18).


async def nothing_left(api, kind="estate-claim", role="caseworker", **proof):
    [*_, task] = await tasks(api, kind)
    body = {"outcome": "nothing-left", "reasons": "Boudlæg.", "write_off": BOUDLAEG | proof}
    return await api.post(f"/tasks/{task.id}/decide", body, role)


@pytest.mark.parametrize("kind", ["estate-claim", "suspension-review"])
async def test_an_estate_that_leaves_nothing_is_proposed_whole_and_ends_when_agreed_to(api, kind):
    claims = [await api.register(), await api.register()]
    await dead(api, claims[0])
    done = await nothing_left(api, kind)
    assert done.status_code == 200, done.text
    assert await value(api, "select count(*) from holds where released_on is null") == 2, "rests"
    states = {row.state for row in await tasks(api, "estate-claim")}
    assert "open" not in states, "there is nothing to file in"
    assert [row.state for row in await tasks(api, "suspension-review")][-1] == "open"
    task = await batch_task(api)
    shown = (await page(api, f"/tasks/{task}")).text
    for part in ("2 krav, hvor boet intet efterlod", "SKS 2026-88", "dødsboskiftelovens § 18"):
        assert part in shown, part
    assert (await approve(api, task, "caseworker")).status_code == 403
    assert (await approve(api, task)).status_code == 200
    told = await rows(api, "select target from outbox where name = 'written_off' order by id")
    assert [row[0] for row in told] == [f"claim-{claim}" for claim in claims]
    assert await value(api, "select ended_on from suspensions") == api.today
    assert [row.state for row in await tasks(api, "suspension-review")][-1] == "cancelled"
    kept = await rows(api, "select state, reason, legal_basis from write_offs order by id")
    assert [tuple(row) for row in kept] == [
        ("approved", "insolvent-estate", "dødsboskiftelovens § 18")
    ] * 2


async def test_what_others_owe_too_is_not_given_up_but_the_dead_one_is_freed(api):
    shared, _, bo = await together(api)
    alone = await api.register(debtors=[CO_DEBTORS[0]])
    await dead(api, alone)
    assert (await nothing_left(api)).status_code == 200
    given_up = await rows(api, "select claim_id from write_offs")
    assert [row[0] for row in given_up] == [alone]
    task = await task_of(api, shared)
    assert (await approve(api, task, "caseworker")).status_code == 403, "proposed by them"
    assert (await approve(api, task)).status_code == 200
    assert [row[3] for row in await holds(api, shared)] == [api.today], "Bo's clock runs again"
    await api.write(shared)
    letters = await rows(api, "select debtor_id, letter from letters order by id")
    assert [tuple(row) for row in letters] == [(bo, "demand")], "and none to the dead"


async def test_an_estate_of_much_money_goes_to_the_committee_though_each_claim_is_small(api):
    claims = [await api.register(principal_ore=800_000) for _ in range(3)]
    await dead(api, claims[0])
    await nothing_left(api)
    task = await batch_task(api)
    assert (await approve(api, task)).status_code == 422, "24.000 kr. in all"
    assert await value(api, "select count(*) from write_offs where state = 'proposed'") == 3
    assert 'id="committee-on"' in (await page(api, f"/tasks/{task}")).text
    told = {"decided_on": "2026-03-10", "item": "Punkt 14", "journal": "ØU 2026-14"}
    assert (await approve(api, task, committee=told)).status_code == 200
    kept = await rows(api, "select committee_on, committee_item, approval from write_offs")
    assert {tuple(row) for row in kept} == {(date(2026, 3, 10), "Punkt 14", "committee")}


async def test_a_refused_proposal_lets_all_rest_and_somebody_looks_again(api):
    claim = await api.register()
    await dead(api, claim)
    await nothing_left(api)
    assert (await approve(api, await batch_task(api), outcome="refused")).status_code == 200
    assert [row[3] for row in await holds(api, claim)] == [None]
    assert [row.state for row in await tasks(api, "suspension-review")][-1] == "open"
    assert (await nothing_left(api, "suspension-review")).status_code == 200, "proposed anew"


async def test_that_nothing_is_left_can_be_taken_back_and_so_can_the_approval(api):
    claim = await api.register()
    await dead(api, claim)
    [*_, task] = await tasks(api, "estate-claim")
    body = {"outcome": "nothing-left", "reasons": "Boudlæg.", "write_off": BOUDLAEG}
    body["undoable"] = True
    decided = (await api.post(f"/tasks/{task.id}/decide", body, "caseworker")).json()
    undone = await api.post(f"/decisions/{decided['decision_id']}/undo", None, "caseworker")
    assert undone.status_code == 200, undone.text
    assert await value(api, "select count(*) from write_off_batches") == 0
    assert [row.state for row in await tasks(api, "estate-claim")] == ["open"]
    assert (await nothing_left(api)).status_code == 200
    agreed = (await approve(api, await batch_task(api), undoable=True)).json()["decision_id"]
    assert (await api.post(f"/decisions/{agreed}/undo")).status_code == 200
    assert [row[3] for row in await holds(api, claim)] == [None]
    assert await value(api, "select ended_on from suspensions") is None


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        ({"journal": ""}, "write-off-document-missing"),  # skifteretsattesten
        ({"proved_on": None}, "write-off-date-missing"),
        ({"proved_on": "2026-03-17"}, "day-in-the-future"),
        ({"reason": "bankruptcy"}, "estate-other-ground"),
        ({"attachment_id": 99}, "write-off-document-elsewhere"),
    ],
)
async def test_that_nothing_is_left_must_be_proved(api, proof, code):
    await dead(api, await api.register())
    refused = await nothing_left(api, **proof)
    assert refused.status_code == 422, refused.text
    assert code in [one["code"] for one in refused.json()["faults"]]
    assert await value(api, "select count(*) from write_offs") == 0


async def test_what_rests_for_no_estate_has_none_to_end(api):
    claim = await api.register()
    await hold(api, claim, reason="investigation")
    [review] = await tasks(api, "suspension-review")
    assert "boet er sluttet" not in (await page(api, f"/tasks/{review.id}")).text.lower()
    refused = await nothing_left(api, "suspension-review")
    assert refused.json()["faults"][0]["code"] == "estate-has-none"


async def test_the_proof_is_asked_on_the_screen(api):
    claim = await api.register()
    await dead(api, claim)
    [task] = await tasks(api, "estate-claim")
    shown = (await page(api, f"/tasks/{task.id}")).text
    assert "Grunden er insolvent dødsbo." in shown
    assert "Boet er sluttet uden penge til os" in shown


async def test_one_by_one_and_all_at_once_register_alike(api):
    """Both write the same hold, so that no way in is forgotten."""
    await dead(api, await api.register())
    karla = a_debtor("0703790123", "Karla Prøvesen")
    async with api.database.transaction() as connection:
        one = await register(
            connection, api.policy, a_claim(reference="x1", debtors=(karla,)), api.today, "anna"
        )
        [many] = await register_all(
            connection, api.policy, [a_claim(reference="x2", debtors=(karla,))], api.today, "anna"
        )
    assert await holds(api, one.claim_id) == await holds(api, many.claim_id) != []
