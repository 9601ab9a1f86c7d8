"""Half a minute to think again: an answer taken back leaves no trace but in the audit trail."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.authority import Actor, Role
from domain.decisions import Outcome, TaskKind
from domain.errors import TooLate
from persistence.models import Table
from persistence.outbox import waiting_messages
from persistence.post.tray import next_debtors
from persistence.tasks.answers import NewDecision
from persistence.tasks.deciding import decide
from persistence.tasks.taking_back import take_back
from tests.api.questions import EVERY_ANSWER, body, lay, who_answers

BOSS = Actor("supervisor", Role.SUPERVISOR)
# Interest that was booked on the way is owed either way.
TRUE_ANYWAY = {"ledger_entries": None, "ledger_coverage": None, "audit": None}
OWED_ANYWAY = {"balance_ore", "ledger_seq", "amount_points", "points"}
GO_ON = {"outcome": "go-on", "reasons": "Ingen løsning.", "undoable": True}


async def everything(api):
    """Every row of every table."""
    found = {}
    async with api.database.transaction() as connection:
        for name in sorted(Table.metadata.tables.keys() - TRUE_ANYWAY.keys()):
            rows = await connection.execute(text(f"select to_jsonb(r) from {name} r order by 1"))
            found[name] = [
                {key: value for key, value in row.items() if key not in OWED_ANYWAY}
                for row in rows.scalars()
            ]
    return found


async def answer(api, task, sent, role="supervisor"):
    decided = await api.post(f"/tasks/{task}/decide", sent | {"undoable": True}, role)
    assert decided.status_code == 200, decided.text
    return decided.json()["decision_id"]


async def undo(api, decision, role="supervisor"):
    return await api.post(f"/decisions/{decision}/undo", role=role)


async def count(api, query, **values):
    async with api.database.transaction() as connection:
        return (await connection.execute(text(query), values)).scalar_one()


@pytest.mark.parametrize(("kind", "outcome"), EVERY_ANSWER)
async def test_an_answer_taken_back_leaves_no_trace(api, kind, outcome):
    task, claim = await lay(api, kind)
    role = who_answers(kind)
    await api.post(f"/tasks/{task}/claim", role=role)
    before = await everything(api)
    decision = await answer(api, task, body(kind, outcome, api, claim), role)
    assert await everything(api) != before
    taken_back = await undo(api, decision, role)
    assert taken_back.status_code == 200, taken_back.text
    assert (taken_back.json()["state"], taken_back.json()["claimed_by"]) == ("open", role)
    assert await everything(api) == before
    trail = await count(api, "select count(*) from audit where act = 'decision-taken-back'")
    assert trail == 1


async def test_an_agreement_over_several_claims_is_unmade_with_all_that_came_of_it(api):
    claims = [await api.register(claim_type="rent", principal_ore=240_000) for _ in range(3)]
    api.now += timedelta(days=70)  # there is interest to book
    task = await api.ask(claims[0])
    await api.post(f"/tasks/{task}/claim")
    before = await everything(api)
    sent = body(TaskKind.DIALOGUE, Outcome.AGREEMENT, api, claims[0])
    sent["agreement"]["claim_ids"] = claims
    decision = await answer(api, task, sent)
    assert await count(api, "select count(*) from holds") == 2
    assert (await undo(api, decision)).status_code == 200
    assert await everything(api) == before
    assert (await undo(api, await answer(api, task, sent))).status_code == 200


async def test_the_story_hears_nothing_before_the_time_is_out(api):
    task, claim = await lay(api, TaskKind.DIALOGUE)
    sent = body(TaskKind.DIALOGUE, Outcome.AGREEMENT, api, claim)
    await count(api, "with gone as (delete from outbox returning id) select count(*) from gone")
    await answer(api, task, sent)
    async with api.database.transaction() as connection:
        assert await waiting_messages(connection, 10) == []
    told = "select count(*) from outbox where not_before > now() + cast('20 seconds' as interval)"
    assert await count(api, told) == 2


async def test_no_letter_leaves_that_may_yet_be_taken_back(api):
    task, claim = await lay(api, TaskKind.DIALOGUE)
    later = api.today + timedelta(days=30)

    async def tray():
        async with api.database.transaction() as connection:
            return await next_debtors(connection, "digital-post", later, 0, 10)

    await answer(api, task, body(TaskKind.DIALOGUE, Outcome.AGREEMENT, api, claim))
    assert await tray() == []
    await wait_until_the_time_is_out(api)
    assert len(await tray()) == 1


async def wait_until_the_time_is_out(api):
    """Time itself is not at hand, so what it is compared with is moved."""
    async with api.database.transaction() as connection:
        past = "clock_timestamp() - cast('1 minute' as interval)"
        await connection.execute(text("alter table decisions disable trigger refuse_change"))
        await connection.execute(text(f"update decisions set undoable_until = {past}"))
        await connection.execute(text("alter table decisions enable trigger refuse_change"))
        await connection.execute(text(f"update undo_steps set until = {past}"))
        await connection.execute(text(f"update outbox set not_before = {past}"))


async def test_after_its_time_an_answer_stands(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    decision = await answer(api, task, GO_ON)
    await wait_until_the_time_is_out(api)
    before = await everything(api)
    late = await undo(api, decision)
    assert (late.status_code, late.json()["code"]) == (409, "too-late")
    assert await everything(api) == before


@pytest.mark.parametrize("milliseconds", [1, 40, 150])
async def test_at_the_edge_an_answer_is_either_heard_or_taken_back(api, milliseconds):
    """A relay and a regret meet again and again around the moment when the time is out."""
    task, _ = await lay(api, TaskKind.DIALOGUE)
    await count(api, "with gone as (delete from outbox returning id) select count(*) from gone")
    wish = NewDecision(Outcome.GO_ON, "x", undoable_for=timedelta(milliseconds=milliseconds))
    async with api.database.transaction() as connection:
        decided = await decide(connection, api.policy, task, wish, BOSS, api.now, api.today)

    async def relay():
        for _ in range(400):
            async with api.database.transaction() as connection:
                if rows := await waiting_messages(connection, 10):
                    return len(rows)
                gone = "select not exists (select from outbox)"
                if (await connection.execute(text(gone))).scalar_one():
                    return 0
        return 0

    async def regret():
        await asyncio.sleep(milliseconds / 2000)
        try:
            async with api.database.transaction() as connection:
                await take_back(connection, decided.decision_id, BOSS)
        except TooLate:
            return False
        return True

    heard, is_taken_back = await asyncio.gather(relay(), regret())
    assert bool(heard) != is_taken_back


async def test_the_database_itself_keeps_an_answer_whose_time_is_out(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    await api.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "x"})
    for forbidden in ("delete from decisions", "update decisions set reasons = ''"):
        with pytest.raises(Exception, match="append-only"):
            async with api.database.transaction() as connection:
                await connection.execute(text(forbidden))


async def test_an_answer_given_at_once_is_not_taken_back(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    decided = (await api.post(f"/tasks/{task}/decide", GO_ON | {"undoable": False})).json()
    assert decided["undoable_until"] is None
    assert (await undo(api, decided["decision_id"])).json()["code"] == "too-late"
    assert await count(api, "select count(*) from undo_steps") == 0


async def test_only_who_answered_takes_the_answer_back(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    decision = await answer(api, task, GO_ON)
    refused = await undo(api, decision, "caseworker")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-decision")
    assert (await undo(api, 999)).status_code == 404


async def test_what_others_have_built_on_is_not_taken_from_under_them(api):
    task, _ = await lay(api, TaskKind.UNDELIVERED_LETTER)
    sent = {"outcome": "retry", "reasons": "Ny adresse."}
    decision = await answer(api, task, sent)
    async with api.database.transaction() as connection:
        await connection.execute(text("update letters set state = 'dispatched'"))
    before = await everything(api)
    assert (await undo(api, decision)).json()["code"] == "too-late"
    assert await everything(api) == before


async def test_money_that_comes_meanwhile_stays_where_it_was_placed(api):
    task, claim = await lay(api, TaskKind.DIALOGUE)
    decision = await answer(api, task, GO_ON)
    paid = {"source_reference": "x", "amount_ore": 5_000, "paid_on": "2026-03-16"}
    assert (await api.post(f"/claims/{claim}/payments", paid)).status_code == 200
    assert (await undo(api, decision)).status_code == 200
    assert await count(api, "select balance_ore from claims where id = :id", id=claim) == 235_000


async def test_two_who_take_the_same_answer_back_do_it_once(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    decision = await answer(api, task, GO_ON)
    answers = await asyncio.gather(*(undo(api, decision) for _ in range(4)))
    assert [a.status_code for a in answers].count(200) == 1
    assert await count(api, "select count(*) from audit where act = 'decision-taken-back'") == 1


async def test_a_draft_that_the_answer_used_up_comes_back_with_the_task(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    fields = {"fields": {"reasons": "Karla ringer igen <script>"}}
    kept = await api.send("PUT", f"/tasks/{task}/draft", json=fields)
    assert kept.status_code == 200, kept.text
    decision = await answer(api, task, GO_ON)
    assert (await api.get(f"/tasks/{task}/draft")).status_code == 404
    await undo(api, decision)
    assert (await api.get(f"/tasks/{task}/draft")).json() == kept.json()


async def test_a_task_that_another_has_is_not_answered(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    await api.post(f"/tasks/{task}/claim", role="caseworker")
    refused = await api.post(f"/tasks/{task}/decide", GO_ON)
    assert (refused.status_code, refused.json()["code"]) == (409, "task-taken")


async def test_whoever_answers_has_taken_the_task(api):
    task, _ = await lay(api, TaskKind.DIALOGUE)
    decision = await answer(api, task, GO_ON)
    assert (await undo(api, decision)).json()["claimed_by"] == "supervisor"


async def test_what_another_system_was_to_hear_is_unmade_too(api):
    webhook = {"name": "x", "url": "https://system.example/", "events": ["agreement.made"]}
    assert (await api.post("/webhooks", webhook)).status_code == 201
    task, claim = await lay(api, TaskKind.DIALOGUE)
    await api.post(f"/tasks/{task}/claim")
    sent = body(TaskKind.DIALOGUE, Outcome.AGREEMENT, api, claim)
    decision = await answer(api, task, sent)
    waiting = "select count(*) from webhook_deliveries"
    assert await count(api, waiting) == 1
    assert (await undo(api, decision)).status_code == 200
    assert await count(api, waiting) == 0
