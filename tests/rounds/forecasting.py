"""What a forecast says of a day, and what happened on it, in the same words."""

from collections import defaultdict

from activities.forecasts import ForecastActivities
from domain.calendar import REAL_TIME
from domain.decisions import STORY_TASKS
from reports.post_days import post_day
from workers.foresight.forecasts import Foresight

_STORY_TASKS = sorted(kind.value for kind in STORY_TASKS)


async def look_ahead(house, now) -> None:
    """As the round does it."""
    foresight = Foresight(house.policy, REAL_TIME)
    acts = ForecastActivities(house.database, house.policy, foresight)
    assert await acts.begin(now)
    while await acts.rehearse(now):
        pass
    while await acts.price(now):
        pass
    assert await acts.put_in_force(now)


async def foretold(house, day) -> dict[str, list]:
    """By kind, all that comes on the day; letters that go in another's envelope by themselves."""
    found = defaultdict(list)
    query = (
        "select kind, what, subject, claim_id, debtor_id, fee_ore, why from foreseen"
        " where day = :day and (why is null or why = 'merged')"
    )
    for kind, what, subject, claim, debtor, ore, why in await house.rows(query, day=day):
        match kind:
            case "letter":
                found["merged" if why else "letter"].append((debtor, claim, what))
            case "fee":
                found["fee"].append((claim, ore))
            case "closing" | "task" | "transfer" | "agreement-end":
                found[kind].append((subject, what))
    return {kind: sorted(rows) for kind, rows in found.items()}


async def happened(house, day) -> dict[str, list]:
    found = defaultdict(list)
    async with house.database.transaction() as connection:
        lines = await post_day(connection, day)
    for line in lines:
        if line.what == "left":
            kind = "merged" if line.goes_with else "letter"
            found[kind].append((line.debtor_id, line.claim_id, line.letter))
    fees = (
        "select distinct e.id, e.claim_id, e.amount_ore from letters l join ledger_entries e"
        " on e.claim_id = l.claim_id and e.kind = 'fee' and e.booked_on = l.requested_on"
        " and starts_with(e.rule, l.letter || ' ')"
        " where l.dispatched_on = :day and not exists (select from ledger_entries k"
        " where k.claim_id = e.claim_id and k.kind = 'correction'"
        " and k.facts ->> 'fee' = e.id::text)"
        " and not exists (select from letters o where o.subject = l.subject and o.key = l.key"
        " and o.dispatched_on < :day)"
    )
    found["fee"] = [(claim, ore) for _, claim, ore in await house.rows(fees, day=day)]
    tasks = "select subject, kind from tasks where opened_on = :day and kind = any(:kinds)"
    found["task"] = await house.rows(tasks, day=day, kinds=_STORY_TASKS)
    closed = "select id, ending from claims where ended_on = :day"
    found["closing"] = await house.rows(closed, day=day)
    sent = "select subject, kind from acts where kind = 'transfer' and done_on = :day"
    found["transfer"] = await house.rows(sent, day=day)
    ended = "select id, state from agreements where ended_on = :day"
    found["agreement-end"] = await house.rows(ended, day=day)
    return {kind: sorted(rows) for kind, rows in found.items() if rows}


async def what_does_not_come(house, day) -> list[dict]:
    query = "select to_jsonb(f) from foreseen f where day = :day and why is not null order by id"
    return [row for (row,) in await house.rows(query, day=day)]
