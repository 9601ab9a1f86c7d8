"""Questions to departments: they see their own and no more, and the answer finds who asked."""

import asyncio
import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from activities.watch import WatchActivities
from domain.authority import Role
from domain.claim import Ending
from persistence.enquiries.reading_consultations import (
    consultations_of_task,
    is_with_department,
)
from persistence.models import Task, User


@pytest.fixture
async def departments(api):
    """Someone in the department parking fees come from, and someone in another."""
    parking = api.policy.claim_type("parking-fee").department
    children = api.policy.claim_type("day-care").department
    assert parking != children
    rows = [
        {
            "id": name, "name": name.title(), "role": "department", "department": department,
            "token_sha256": hashlib.sha256(f"token-{name}".encode()).hexdigest(),
        }
        for name, department in (("vagt", parking), ("leder", children))
    ]  # fmt: skip
    async with api.database.transaction() as connection:
        await connection.execute(insert(User), rows)


def body(**changes):
    return {"question": "Var bilen solgt?", "due_on": "2026-03-20"} | changes


async def ask(api, claim, role="caseworker", **changes):
    answer = await api.post(f"/claims/{claim}/consultations", body(**changes), role)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def reply(api, number, role="vagt", text="Ja, den 1. marts."):
    return await api.post(f"/consultations/{number}/answer", {"answer": text}, role)


async def seen_by(api, role, query=""):
    answer = await api.get(f"/consultations{query}", role)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def tasks(api):
    async with api.database.transaction() as connection:
        found = select(Task.kind, Task.key, Task.state, Task.claimed_by).where(
            Task.kind == "consultation"
        )
        return [tuple(row) for row in await connection.execute(found.order_by(Task.id))]


async def test_a_department_is_told_what_it_needs_and_nothing_else(api, departments):
    claim = await api.register(principal_ore=51_000)
    number = await ask(api, claim)
    told = (await api.get(f"/consultations/{number}", "vagt")).json()
    assert told == {
        "id": number,
        "debtor_name": "Karla Prøvesen",
        "claim_type": "parking-fee",
        "claim_type_name": told["claim_type_name"],
        "period_start": "2026-03-02",
        "period_end": "2026-03-02",
        "principal_ore": 51_000,
        "question": "Var bilen solgt?",
        "asked_on": "2026-03-16",
        "due_on": "2026-03-20",
        "is_overdue": False,
        "standing": "open",
        "answer": None,
        "attachments": [],
        "closed_on": None,
    }
    assert claim not in str(told)


async def test_another_departments_question_does_not_exist(api, departments):
    number = await ask(api, await api.register())
    assert await seen_by(api, "vagt") == [number]
    assert await seen_by(api, "leder") == []
    for role in ("leder", Role.DEPARTMENT):  # the last belongs to no department at all
        for refused in (
            await api.get(f"/consultations/{number}", role),
            await reply(api, number, role),
        ):
            assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    assert await seen_by(api, "vagt") == [number]


async def test_a_department_sees_no_claims_no_debtors_and_no_inbox(api, departments):
    claim = await api.register()
    await ask(api, claim)
    for path in (f"/claims/{claim}", "/claims", "/tasks", f"/claims/{claim}/consultations"):
        assert (await api.get(path, "vagt")).status_code == 403


async def test_the_inbox_can_tell_tasks_that_wait_for_a_department(api, departments):
    claim, other = await api.register(), await api.register()
    waiting, free = await api.ask(claim), await api.ask(other)
    await ask(api, claim, task_id=waiting)
    async with api.database.transaction() as connection:
        found = select(Task.id, is_with_department()).order_by(Task.id)
        assert [tuple(row) for row in await connection.execute(found)] == [
            (waiting, True), (free, False),
        ]  # fmt: skip


async def waiting_for_others(api):
    found = await api.get("/tasks?view=waiting", "caseworker")
    return [one["id"] for one in found.json()["items"]]


async def test_while_it_waits_the_task_waits_and_the_answer_comes_back_to_it(api, departments):
    claim = await api.register()
    task = await api.ask(claim)
    await api.post(f"/tasks/{task}/claim", role="caseworker")
    number = await ask(api, claim, task_id=task)
    assert await waiting_for_others(api) == [task]
    assert (await reply(api, number)).status_code == 200
    assert await waiting_for_others(api) == []
    async with api.database.transaction() as connection:
        [back] = await consultations_of_task(connection, task)
    assert (back["answer"], back["closed_by_name"]) == ("Ja, den 1. marts.", "Vagt")
    assert await tasks(api) == [], "the task is the caseworker's own, and shows the answer"


@pytest.mark.parametrize("how", ["no task asked", "laid back", "decided"])
async def test_where_no_task_of_theirs_waits_the_asker_gets_one(api, departments, how):
    claim = await api.register()
    task = await api.ask(claim)
    await api.post(f"/tasks/{task}/claim", role="caseworker")
    number = await ask(api, claim, task_id=None if how == "no task asked" else task)
    if how == "laid back":
        await api.post(f"/tasks/{task}/release", role="caseworker")
    if how == "decided":
        await api.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "x"}, "caseworker")
    await reply(api, number)
    assert await tasks(api) == [("consultation", "answered", "open", "caseworker")]


async def test_the_first_answer_counts(api, departments):
    number = await ask(api, await api.register())
    answers = await asyncio.gather(*(reply(api, number, text=f"Svar {n}") for n in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "consultation-closed"


async def test_a_question_taken_back_is_answered_no_more(api, departments):
    claim = await api.register()
    number = await ask(api, claim)
    recall = {"reason": "Skyldner fandt kvitteringen."}
    told = await api.post(f"/consultations/{number}/recall", recall, "caseworker")
    assert told.json()["standing"] == "recalled"
    assert (await reply(api, number)).status_code == 409
    assert await seen_by(api, "vagt") == []
    assert await seen_by(api, "vagt", "?is_open=false") == [number]
    again = await api.post(f"/consultations/{number}/recall", recall, "caseworker")
    assert (again.status_code, again.json()["code"]) == (409, "consultation-closed")


async def test_the_department_and_the_asker_meet_and_one_of_them_is_first(api, departments):
    number = await ask(api, await api.register())
    recall = {"reason": "Fortrudt."}
    answers = await asyncio.gather(
        reply(api, number), api.post(f"/consultations/{number}/recall", recall, "caseworker")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_claim_that_has_ended_needs_no_answer(api, departments):
    claim = await api.register()
    number = await ask(api, claim)
    await api.close(claim, Ending.WITHDRAWN)
    assert await seen_by(api, "vagt") == []
    assert (await api.get(f"/consultations/{number}", "vagt")).json()["standing"] == "moot"
    refused = await reply(api, number)
    assert (refused.status_code, refused.json()["code"]) == (409, "consultation-moot")
    new = await api.post(f"/claims/{claim}/consultations", body(), "caseworker")
    assert (new.status_code, new.json()["code"]) == (409, "claim-has-ended")


async def test_what_is_not_answered_in_time_becomes_a_task_once_until_it_is(api, departments):
    number = await ask(api, await api.register())
    watch = WatchActivities(api.database, api.policy)
    api.now += timedelta(days=4)  # the day itself
    await watch.look(api.now)
    assert await tasks(api) == []
    for _ in range(2):
        api.now += timedelta(days=1)
        await watch.look(api.now)
    assert await tasks(api) == [("consultation", "overdue", "open", None)]
    await reply(api, number)
    assert await tasks(api) == [
        ("consultation", "overdue", "cancelled", None),
        ("consultation", "answered", "open", "caseworker"),
    ]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"due_on": "2026-03-15"}, "due_on", "day-is-past"),
        ({"due_on": "2026-02-30"}, "due_on", "day-impossible"),
        ({"question": " "}, "question", "consultation-question-missing"),
        ({"question": ""}, "question", "field-missing"),
        ({"question": "x" * 4001}, "question", "text-too-long"),
        ({"question": "a\u0007b"}, "question", "text-unreadable"),
        ({"department": "Atlantis"}, "department", "choice-unknown"),
        ({"task_id": 999}, "task_id", "consultation-task-unfit"),
    ],
)
async def test_a_question_that_cannot_be_asked_is_refused(api, departments, changes, field, code):
    claim = await api.register()
    refused = await api.post(f"/claims/{claim}/consultations", body(**changes), "caseworker")
    assert refused.status_code == 422, refused.text
    assert (field, code) in {(f["field"], f["code"]) for f in refused.json()["faults"]}
    assert await seen_by(api, "vagt") == []


async def test_a_question_cannot_hang_on_another_claims_task(api, departments):
    task = await api.ask(await api.register())
    claim = await api.register()
    refused = await api.post(f"/claims/{claim}/consultations", body(task_id=task), "caseworker")
    assert refused.json()["faults"][0]["code"] == "consultation-task-unfit"


async def test_an_empty_answer_is_none(api, departments):
    number = await ask(api, await api.register())
    refused = await reply(api, number, text="  ")
    assert refused.json()["faults"][0]["code"] == "consultation-answer-missing"


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.CASEWORKER, Role.AUDITOR, Role.SYSTEM])
async def test_nobody_answers_for_a_department(api, departments, role):
    number = await ask(api, await api.register())
    assert (await reply(api, number, role)).status_code == 403


async def test_the_claim_knows_all_that_was_asked(api, departments):
    claim = await api.register()
    first, second = await ask(api, claim), await ask(api, claim, department="Børn og Unge")
    listed = (await api.get(f"/claims/{claim}/consultations", Role.AUDITOR)).json()["items"]
    assert [one["id"] for one in listed] == [second, first]
    assert await seen_by(api, "leder") == [second]
