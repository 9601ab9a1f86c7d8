"""A claim that the town enforces itself, brought as far as a test needs it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from domain.decisions import TaskKind
from domain.letters import Letter

WASTE = {
    "claim_type": "household-waste",
    "principal_ore": 800_000,
    "period_start": "2023-10-01",
    "period_end": "2023-12-31",
    "due_date": "2025-06-02",
}
TWO = [
    {"cpr_cvr": "0703790123", "name": "Karla Prøvesen", "address": ["Prøvevej 1", "8660 By"]},
    {"cpr_cvr": "1108650456", "name": "Bo Prøvesen", "address": ["Prøvevej 1", "8660 By"]},
]
PLACE = "Prøvevej 1, 8660 By"
FIRST_DAY = "2026-04-07"  # a week after the notice, and the first working day after Easter


async def demand(api, **claim):
    """A claim whose debtors have had the demand for a fortnight; its task, and its number."""
    api.now = datetime(2026, 3, 16, 11, tzinfo=UTC)
    claim_id = await api.register(**(WASTE | claim))
    await api.write(claim_id, Letter.DISTRAINT_NOTICE, "distraint-notice-0")
    await send_post(api)
    api.now += timedelta(days=15)
    return await api.ask(claim_id, TaskKind.DISTRAINT), claim_id


async def send_post(api):
    """All letters leave on the day they were planned for."""
    sent = (
        "update letters set state = 'dispatched', dispatched_on = planned_on "
        "where state = 'requested'"
    )
    await change(api, sent)


async def change(api, statement, **values):
    async with api.database.transaction() as connection:
        await connection.execute(text(statement), values)


async def rows(api, query, **values):
    async with api.database.transaction() as connection:
        return [tuple(row) for row in await connection.execute(text(query), values)]


async def value(api, query, **values):
    return (await rows(api, query, **values))[0][0]


def slot(**changes):
    return {"day": FIRST_DAY, "at": "10.30", "place": PLACE} | changes


async def set_hearing(api, task, role="bailiff", **changes):
    return await api.post("/distraints", {"task_id": task, **slot(**changes)}, role)


async def scheduled(api, **claim):
    """A hearing is set and its notices have left; the distraint, and the claim."""
    task, claim_id = await demand(api, **claim)
    answer = await set_hearing(api, task)
    assert answer.status_code == 201, answer.text
    await send_post(api)
    return answer.json()["id"], claim_id


async def on_the_day(api, **claim):
    number, claim_id = await scheduled(api, **claim)
    api.now = datetime(2026, 4, 7, 9, tzinfo=UTC)
    return number, claim_id


def minutes(outcome, **changes):
    body = {"outcome": outcome, "text": "Mødt på adressen."}
    if outcome in {"property-taken", "assets-taken", "paid-at-hearing"}:
        body["look_again_on"] = "2026-05-05"
    if outcome == "property-taken":
        body["assets"] = [
            {"kind": "property", "description": "Matr. 1a, Prøve By", "value_ore": 150_000_000}
        ]
    if outcome == "assets-taken":
        body["assets"] = [{"kind": "movables", "description": "Bil", "value_ore": 4_000_000}]
    if outcome == "agreement":
        body |= {"months": 4, "first_due": "2026-05-01"}
    return body | changes


async def own(api, number):
    """All who owe the claim own the property."""
    owing = (
        "select b.debtor_id from liabilities b join distraints d on d.claim_id = b.claim_id "
        "where d.id = :number"
    )
    for (debtor,) in await rows(api, owing, number=number):
        await api.post(f"/distraints/{number}/owners/{debtor}", {}, "bailiff")


async def hold(api, number, outcome, role="bailiff", **changes):
    """Of a property its debtors are the owners."""
    if outcome == "property-taken":
        await own(api, number)
    return await api.post(f"/distraints/{number}/minutes", minutes(outcome, **changes), role)


def codes(answer):
    return [fault["code"] for fault in answer.json().get("faults", [])]
