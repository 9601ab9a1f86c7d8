"""However few lives are looked at together, the forecast is the same; and it is heeded."""

from datetime import date, timedelta

import pytest

from domain.authority import HOUSE
from domain.claim import HoldReason
from persistence.claims.linked_debtors import circle_of, circles_of_debtors
from persistence.claims.registration import register
from persistence.foresight.pausing import NewPause, begin_pause, pause_claim
from tests.builders import a_claim
from tests.rounds.forecasting import foretold, happened, look_ahead, what_does_not_come
from tests.rounds.nights import tell_all
from tests.rounds.test_forecast import RandomTown
from tests.rounds.test_foreseen_days import live_a_day, past_of
from tests.rounds.test_post_room import company
from tests.stories.town import ANNA
from workers.foresight import circles as foresight

REMINDERS = ["courtesy-notice", "first-reminder", "second-reminder"]
FORESEEN = (
    "select day, kind, what, subject, key, claim_id, debtor_id, asked_on, planned_on, deadline,"
    " after, until, letter_id, fee_ore, why, instead_on, facts from foreseen"
    " order by day, kind, subject, key, debtor_id, why, instead_on"
)


async def test_the_forecast_is_the_same_however_few_are_looked_at_at_once(house, monkeypatch):
    town = RandomTown(house, seed=5)
    await past_of(town)
    now = town.at(house.day - timedelta(days=1), 23)
    await look_ahead(house, now)
    whole = await house.rows(FORESEEN)
    for few in (1, 7):
        monkeypatch.setattr(foresight.read_groups, "__defaults__", (few,))
        await look_ahead(house, now)
        assert await house.rows(FORESEEN) == whole
    assert len(whole) > 300
    assert await house.value("select count(*) from forecasts") == 1


async def owe(house, *debtors) -> str:
    people = tuple(company(number) for number in debtors)
    claim = a_claim("parking-fee", 400, house.day, people, reference=f"R-{debtors}")
    async with house.database.transaction() as connection:
        done = await register(connection, house.policy, claim, house.day, HOUSE.id)
    return done.claim_id


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_who_owes_together_is_looked_at_once_and_together(house, limit):
    for debtors in ((1, 2), (2, 3), (4,), (5, 6), (6,)):
        await owe(house, *debtors)
    found, after = [], 0
    async with house.database.transaction() as connection:
        while after is not None:
            circles, after = await circles_of_debtors(connection, after, limit)
            found += circles
        assert await circle_of(connection, [min(found[0])]) == found[0]
    assert sorted(len(circle) for circle in found) == [1, 2, 3]
    assert len(frozenset().union(*found)) == 6


async def test_what_is_paused_from_the_list_does_not_leave(house):
    town = RandomTown(house, seed=6)
    await past_of(town)
    await look_ahead(house, town.at(house.day - timedelta(days=1), 23))
    first = "select min(day) from foreseen where what = any(:asked) and why is null"
    day = await house.value(first, asked=REMINDERS)
    while house.day < day:
        await live_a_day(town, house.day)
        house.day += timedelta(days=1)
    coming = [row for row in (await foretold(house, day))["letter"] if row[2] in REMINDERS]
    claims = sorted({claim for _, claim, _ in coming})[:5]
    wish = NewPause("k", tuple(claims), HoldReason.INVESTIGATION, day + timedelta(days=9))
    async with house.database.transaction() as connection:
        number = await begin_pause(connection, house.policy, wish, day, ANNA)
        for claim in claims:
            await pause_claim(connection, house.policy, number, claim, wish, day, ANNA)
    await live_a_day(town, day)
    left = [row for row in (await happened(house, day)).get("letter", []) if row[2] in REMINDERS]
    assert claims
    assert not {claim for _, claim, _ in left} & set(claims)
    assert set(left) == {row for row in coming if row[1] not in claims}


async def test_what_comes_no_more_stays_with_its_reason_until_its_day_is_over(house):
    claim = await owe(house, 1)
    await tell_all(house.database, house.policy, town_at(house.day))
    await look_ahead(house, town_at(house.day))
    [day] = await house.rows(
        "select day from foreseen where kind = 'letter' and what = 'first-reminder' and why is null"
    )
    await house.pay(claim, 400)
    await tell_all(house.database, house.policy, town_at(house.day), wakes_all=True)
    for _ in range(3):
        await look_ahead(house, town_at(house.day))
        gone = await what_does_not_come(house, day[0])
        assert {(row["kind"], row["why"]) for row in gone} >= {("letter", "paid")}
        assert not (await foretold(house, day[0])).get("letter")


def town_at(day: date):
    return RandomTown(None, 0).at(day, 12)
