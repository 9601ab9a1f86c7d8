"""Thirty days foreseen are what happens in them, to the last row, when nobody does anything."""

from datetime import timedelta

import pytest

from domain.calendar import is_working_day
from domain.decisions import Outcome
from persistence.agreements.nudging import request_nudges
from persistence.tasks.deciding import NewDecision, decide
from tests.proofs import make_ready
from tests.rounds.forecasting import foretold, happened, look_ahead, what_does_not_come
from tests.rounds.nights import tell_all
from tests.rounds.test_forecast import RandomTown
from tests.stories.town import ANNA

CPR = "070379-0123"  # never issued
DAYS_BEFORE, DAYS_FORESEEN, A_DAY = 26, 30, 14


async def live_a_day(town, day) -> None:
    """What happens by itself between two midnights."""
    house = town.house
    await tell_all(house.database, house.policy, town.at(day, 0, 15))
    if is_working_day(day):
        async with house.database.transaction() as connection:
            await request_nudges(connection, day, house.policy.post_rule(day).nudge_days)
        await house.empty(town.at(day, 9))
        await house.collect(town.at(day, 15))


async def past_of(town) -> None:
    """Weeks in which people register, pay, stop and talk."""
    house = town.house
    person = "insert into users (id, name, role, token_sha256) values"
    await house.change(f"{person} ('anna', 'Anna', 'caseworker', '-')")
    for _ in range(DAYS_BEFORE):
        await live_a_day(town, house.day)
        if is_working_day(house.day):
            await town.register(house.day, A_DAY)
            await town.pay(house.day, share=0.03)
            await town.hold(house.day)
            await town.talk(house.day)
            await assess(town)
        house.day += timedelta(days=1)


async def assess(town) -> None:
    """Some talks lead nowhere: then what is proved goes to the recovery authority."""
    house = town.house
    talks = (
        "select id from tasks where kind = 'dialogue' and state = 'open' and id % 3 = 0 order by id"
    )
    for (task,) in await house.rows(talks):
        await _decide(town, task, Outcome.GO_ON)
    ways = "select id, claim_id from tasks where kind = 'assessment' and state = 'open' order by id"
    for task, claim in await house.rows(ways):
        async with house.database.transaction() as connection:
            await make_ready(connection, claim, house.day)
        if task % 2:  # what the authority must not see stops it
            await house.change(f"update claims set description = '{CPR}' where id = '{claim}'")
        await _decide(town, task, Outcome.TRANSFER)


async def _decide(town, task, outcome) -> None:
    house, at = town.house, town.at(town.house.day, 15)
    async with house.database.transaction() as connection:
        answer = NewDecision(outcome, "Talt med skyldner")
        await decide(connection, house.policy, task, answer, ANNA, at, house.day)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_month_foreseen_is_the_month_that_comes_to_the_last_row(house, seed):
    town, seen, untold = RandomTown(house, seed), {}, set()
    await past_of(town)
    now = town.at(house.day - timedelta(days=1), 23)
    await tell_all(house.database, house.policy, now, wakes_all=True)
    await look_ahead(house, now)
    for _ in range(DAYS_FORESEEN):
        foreseen = await foretold(house, house.day)
        not_coming = await what_does_not_come(house, house.day)
        await live_a_day(town, house.day)
        assert foreseen == await happened(house, house.day), house.day
        for row in not_coming:
            await _assert_true(house, row)
            untold.add(row["why"])
        for kind, rows in foreseen.items():
            seen[kind] = seen.get(kind, 0) + len(rows)
        house.day += timedelta(days=1)
    assert seen["letter"] > 100
    assert {"letter", "merged", "fee", "task"} <= set(seen)
    assert {"on-hold", "no-post-day", "merged"} <= untold


async def _assert_true(house, row) -> None:
    """What was said of why it does not come is so on the day."""
    left = "select count(*) from letters where subject = :s and key = :k and dispatched_on = :day"
    match row["why"]:
        case "merged":
            return  # told by what happened
        case "not-proved":
            refused = "select count(*) from tasks where claim_id = :c and kind = 'exception'"
            assert await house.value(refused, c=row["claim_id"])
        case "no-post-day":
            assert not is_working_day(house.day)
        case "more-time":
            ended = (
                "select count(*) from holds where claim_id = :c and until < :day and since <= until"
            )
            assert await house.value(ended, c=row["claim_id"], day=house.day)
        case "on-hold" | "agreement":
            held = (
                "select count(*) from holds where claim_id = :c and since <= :day"
                " and released_on is null and (until is null or until >= :day)"
            )
            assert await house.value(held, c=row["claim_id"], day=house.day)
        case "below-limit" | "enough-fees" | "too-soon" | "shared-fee":
            fee = (
                "select count(*) from ledger_entries e where claim_id = :c and kind = 'fee'"
                " and effective_on = :day and not exists (select from ledger_entries k where"
                " k.claim_id = e.claim_id and k.facts ->> 'fee' = e.id::text)"
            )
            assert not await house.value(fee, c=row["claim_id"], day=house.day)
            return
        case "paid" | "withdrawn" | "agreed-anew" | "agreement-ended" as why:
            cancelled = (
                "select count(*) from letters l join claims c on c.id = l.claim_id"
                " where l.id = :id and l.state = 'cancelled' and (c.ending = :why or exists"
                " (select from letter_events e where e.letter_id = l.id and e.reason = :why))"
            )
            assert await house.value(cancelled, id=row["letter_id"], why=why)
    sent = await house.value(left, s=row["subject"], k=row["key"], day=house.day)
    assert not sent, row
