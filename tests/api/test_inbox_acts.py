"""Taking, giving, asking a colleague, putting off: one by one, many at once, two at a time."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.decisions import TaskKind
from persistence.models import AuditRow, Delegation
from tests.api.questions import WRITE_OFF

GO_ON = {"outcome": "go-on", "reasons": "Ingen løsning."}


async def two_tasks(api, many=2):
    return [
        await api.ask(await api.register(principal_ore=100_000 * n)) for n in range(1, many + 1)
    ]


async def ids(api, view, role="supervisor"):
    found = (await api.get(f"/tasks?view={view}", role)).json()["items"]
    return [task["id"] for task in found]


async def test_of_two_who_take_one_task_one_has_it_and_the_other_is_told_who_and_when(api):
    [task, _] = await two_tasks(api)
    answers = await asyncio.gather(
        *(api.post(f"/tasks/{task}/claim", role=role) for role in ("caseworker", "bailiff"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [winner] = [a.json()["claimed_by"] for a in answers if a.status_code == 200]
    api.now += timedelta(minutes=3)
    late = (await api.post(f"/tasks/{task}/claim")).json()
    assert late["code"] == "task-taken"
    assert late["detail"] == f"{winner.title()} tog opgaven for 3 minutter siden."


async def test_who_answers_too_late_is_told_who_answered_and_when(api):
    [task, _] = await two_tasks(api)
    await api.post(f"/tasks/{task}/decide", GO_ON, "caseworker")
    api.now += timedelta(hours=2)
    late = (await api.post(f"/tasks/{task}/decide", GO_ON)).json()
    assert late["detail"].startswith("Caseworker besvarede opgaven for 2 timer siden.")


async def test_the_next_task_is_given_to_one_person_only(api):
    await two_tasks(api, 6)
    await api.hire(*(f"person-{n}" for n in range(8)), role="caseworker")
    answers = await asyncio.gather(*(api.post("/tasks/next", role=f"person-{n}") for n in range(8)))
    given = [answer.json()["task"] for answer in answers]
    taken = [task["id"] for task in given if task]
    assert len(taken) == len(set(taken)) == 6
    again = await api.post("/tasks/next", role="person-0")
    assert again.json()["task"] == given[0]


async def test_the_next_task_is_of_a_debtor_one_knows_before_it_is_the_weightiest(api):
    known = await api.register(principal_ore=20_000)
    done = await api.ask(known)
    await api.post(f"/tasks/{done}/decide", GO_ON, "caseworker")
    weighty = await api.ask(await api.register(principal_ore=9_000_000, debtors=[
        {"cpr_cvr": "1108650456", "name": "Bo Prøvesen", "address": []}]))  # fmt: skip
    small = await api.ask(known, number=1)
    assert (await api.post("/tasks/next", role="caseworker")).json()["task"]["id"] == small
    assert (await api.post("/tasks/next", role="bailiff")).json()["task"]["id"] == weighty


async def test_nobody_is_given_their_own_proposal_and_they_see_that_they_wait_for_it(api):
    claim = await api.register()
    proposal = await api.ask(claim, TaskKind.ASSESSMENT)
    await api.post(f"/tasks/{proposal}/decide", WRITE_OFF)
    approval = await api.ask(claim, TaskKind.WRITE_OFF_APPROVAL)
    assert (await api.post("/tasks/next")).json()["task"] is None
    assert (await api.post(f"/tasks/{approval}/claim")).status_code == 403
    assert await ids(api, "waiting") == [approval]
    other = await api.post("/tasks/next", role="caseworker")
    assert other.json()["task"]["id"] == approval


async def test_a_task_that_was_delegated_comes_back_with_the_answer(api):
    [task, _] = await two_tasks(api)
    ask = {"to": "caseworker", "question": "Har du talt med hende?"}
    asked = await api.post(f"/tasks/{task}/delegate", ask)
    assert (asked.json()["claimed_by"], asked.json()["delegated_by"]) == (
        "caseworker",
        "supervisor",
    )
    assert await ids(api, "waiting") == [task]
    assert await ids(api, "mine", "caseworker") == [task]
    back = await api.post(f"/tasks/{task}/return", {"answer": "Ja, i går."}, "caseworker")
    assert (back.json()["claimed_by"], back.json()["delegated_by"]) == ("supervisor", None)
    async with api.database.transaction() as connection:
        [row] = (await connection.execute(select(Delegation))).all()
    assert (row.question, row.answer) == ("Har du talt med hende?", "Ja, i går.")
    again = await api.post(f"/tasks/{task}/return", {"answer": "Ja."})
    assert (again.status_code, again.json()["code"]) == (409, "task-not-delegated")


async def test_who_lays_back_what_they_were_asked_gives_it_back_to_who_asked(api):
    [task, _] = await two_tasks(api)
    await api.post(f"/tasks/{task}/delegate", {"to": "caseworker", "question": "?"})
    back = await api.post(f"/tasks/{task}/release", role="caseworker")
    assert back.json()["claimed_by"] == "supervisor"


@pytest.mark.parametrize(
    ("to", "code"),
    [("nobody", "colleague-unknown"), ("auditor", "colleague-may-not"),
     ("supervisor", "colleague-is-oneself")],
)  # fmt: skip
async def test_who_cannot_answer_is_not_asked(api, to, code):
    [task, _] = await two_tasks(api)
    refused = await api.post(f"/tasks/{task}/delegate", {"to": to, "question": "?"})
    assert [fault["code"] for fault in refused.json()["faults"]] == [code]
    assert await ids(api, "mine") == []


async def test_a_supervisor_gives_a_task_to_whoever_may_answer_it(api):
    [task, _] = await two_tasks(api)
    await api.post(f"/tasks/{task}/claim", role="caseworker")
    given = await api.post(f"/tasks/{task}/assign", {"to": "bailiff"})
    assert given.json()["claimed_by"] == "bailiff"
    refused = await api.post(f"/tasks/{task}/assign", {"to": "department"})
    assert refused.json()["faults"][0]["code"] == "colleague-may-not"
    assert (await api.post(f"/tasks/{task}/assign", {"to": "x"}, "caseworker")).status_code == 403


async def test_a_task_that_is_put_off_comes_back_by_itself(api):
    [task, other] = await two_tasks(api)
    until = {"until": "2026-03-19", "reason": "Venter på lønseddel."}
    assert (await api.post(f"/tasks/{task}/snooze", until)).status_code == 200
    assert await ids(api, "team") == [other]
    assert await ids(api, "snoozed") == [task]
    api.now += timedelta(days=3)
    assert set(await ids(api, "team")) == {task, other}
    assert await ids(api, "snoozed") == []


async def test_a_task_that_is_put_off_can_be_taken_up_again(api):
    [task, _] = await two_tasks(api)
    await api.post(f"/tasks/{task}/snooze", {"until": "2026-03-19", "reason": "Venter."})
    assert (await api.post(f"/tasks/{task}/wake")).json()["snoozed_until"] is None
    again = await api.post(f"/tasks/{task}/wake")
    assert (again.status_code, again.json()["code"]) == (409, "task-not-snoozed")


@pytest.mark.parametrize(
    ("until", "reason", "code"),
    [("2026-03-16", "x", "snooze-is-past"), ("2026-06-01", "x", "snooze-too-long"),
     ("2026-03-19", " ", "reasons-missing")],
)  # fmt: skip
async def test_a_task_is_not_put_off_for_ever_or_without_a_reason(api, until, reason, code):
    [task, _] = await two_tasks(api)
    refused = await api.post(f"/tasks/{task}/snooze", {"until": until, "reason": reason})
    assert [fault["code"] for fault in refused.json()["faults"]] == [code]


async def test_a_task_is_not_put_off_past_the_claims_limitation(api):
    old = await api.register(due_date="2023-03-20", period_start="2023-03-01",
                             period_end="2023-03-02")  # fmt: skip
    task = await api.ask(old)
    refused = await api.post(f"/tasks/{task}/snooze", {"until": "2026-03-30", "reason": "x"})
    assert [fault["code"] for fault in refused.json()["faults"]] == ["snooze-past-limitation"]


async def test_many_tasks_at_once_are_each_done_or_refused_with_a_sentence(api):
    free, taken, done = await two_tasks(api, 3)
    hearing = await api.ask(await api.register(), TaskKind.DISTRAINT)
    await api.post(f"/tasks/{taken}/claim", role="caseworker")
    await api.post(f"/tasks/{done}/decide", GO_ON, "caseworker")
    wish = {"act": "claim", "tasks": [free, taken, done, hearing, 999_999, free]}
    result = (await api.post("/tasks/bulk", wish)).json()
    assert (result["done"], result["refused"]) == (1, 4)
    assert {row["task_id"]: row["code"] for row in result["rows"]} == {
        free: None, taken: "task-taken", done: "already-decided", hearing: "may-not-decide",
        999_999: "not-found",
    }  # fmt: skip
    assert all(row["sentence"] for row in result["rows"] if not row["is_done"])
    assert await ids(api, "mine") == [free]


@pytest.mark.parametrize("act", ["assign", "snooze"])
async def test_half_a_wish_for_many_is_refused_and_nothing_is_done(api, act):
    refused = await api.post("/tasks/bulk", {"act": act, "tasks": await two_tasks(api)})
    assert refused.status_code == 422


async def test_each_act_is_in_the_audit_trail(api):
    [task, _] = await two_tasks(api)
    await api.post(f"/tasks/{task}/claim")
    await api.post(f"/tasks/{task}/snooze", {"until": "2026-03-19", "reason": "Venter på Karla."})
    await api.post(f"/tasks/{task}/wake")
    await api.post(f"/tasks/{task}/delegate", {"to": "caseworker", "question": "Karla?"})
    await api.post(f"/tasks/{task}/return", {"answer": "Ja."}, "caseworker")
    await api.post(f"/tasks/{task}/assign", {"to": "bailiff"})
    await api.post(f"/tasks/{task}/release", role="bailiff")
    async with api.database.transaction() as connection:
        rows = (await connection.execute(select(AuditRow.act, AuditRow.facts))).all()
    acts = [row.act for row in rows if row.act.startswith("task-")]
    assert acts == ["task-claimed", "task-snoozed", "task-woken", "task-delegated",
                    "task-returned", "task-assigned", "task-released"]  # fmt: skip
    assert "Karla" not in str([row.facts for row in rows if row.act.startswith("task-")])


async def test_a_saved_filter_is_ones_own_unless_it_is_shared(api):
    wish = {"name": "Store", "wish": {"view": "team", "amount": 4}, "is_default": True}
    mine = (await api.post("/filters", wish)).json()
    assert (await api.get("/filters", "caseworker")).json()["items"] == []
    shared = await api.post("/filters", wish | {"is_shared": True})
    assert shared.json()["id"] == mine["id"]
    [seen] = (await api.get("/filters", "caseworker")).json()["items"]
    assert (seen["name"], seen["is_mine"], seen["wish"]) == ("Store", False, wish["wish"])
    gone = await api.send("DELETE", f"/filters/{mine['id']}", "caseworker")
    assert (gone.status_code, gone.json()["code"]) == (404, "not-found")
    assert (await api.send("DELETE", f"/filters/{mine['id']}")).status_code == 204


async def test_a_filter_that_means_nothing_is_refused(api):
    refused = await api.post("/filters", {"name": "x", "wish": {"colour": "red"}})
    assert refused.status_code == 422
