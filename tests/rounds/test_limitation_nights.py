"""Night after night: what comes nearer rises in the inbox, and what nobody offered is an alarm."""

from datetime import timedelta

import pytest

from domain.decisions import TaskKind
from domain.orders import AskPerson

YEARS = timedelta(days=3 * 365 + 1)  # from the day it fell due to the day it is barred, about


async def claim_barred_in(house, days):
    """Its number, and how many days are left of it today."""
    claim = await house.open(due=house.day - YEARS + timedelta(days=days))
    barred = await house.value("select limitation_date from claims where id = :c", c=claim)
    return claim, barred


async def night(house, monday, barred, left):
    """The watch of the night in which *left* days are left."""
    day = barred - timedelta(days=left)
    return await house.watch.look(monday + (day - house.day))


async def unoffered(house):
    return await house.value(
        "select count(*) from tasks where kind = 'limitation-unoffered' and state = 'open'"
    )


async def test_the_priority_of_work_on_a_claim_rises_at_a_year_half_a_quarter_and_a_month(
    house, monday
):
    claim, barred = await claim_barred_in(house, 400)
    order = AskPerson(claim, "dialogue-0", house.day, kind=TaskKind.DIALOGUE)
    await house.acts.ask_person(order)
    points = {}
    for left in (399, 365, 364, 180, 179, 90, 89, 30, 29, 1, 0):
        await night(house, monday, barred, left)
        told = "select limitation_points, points from tasks where kind = 'dialogue'"
        [(own, whole)] = await house.rows(told)
        points[left] = own
        assert whole >= own
    steps = house.policy.limitation_radar_days
    for day in steps:
        assert points[day - 1] > points[day], day
    rising = [points[left] for left in sorted(points, reverse=True)]
    assert rising == sorted(rising)


async def test_a_claim_is_offered_in_time_and_is_no_alarm_on_any_night(house, monday):
    claim, barred = await claim_barred_in(house, 400)
    asked = {}
    for left in range(380, -2, -6):
        await night(house, monday, barred, left)
        found = "select key from tasks where claim_id = :c and kind = 'limitation-near'"
        for (key,) in await house.rows(found, c=claim):
            asked.setdefault(key, left)
        assert await unoffered(house) == 0, left
    months = {int(key.removeprefix("limitation-near-")): left for key, left in asked.items()}
    assert sorted(months) == sorted(house.policy.limitation_alarm_months)
    assert all(left <= number * 31 for number, left in months.items())
    assert months[3] > 60
    assert months[12] > house.policy.limitation_offer_days


@pytest.mark.parametrize("first_look", [91, 90, 89, 30, 0])
async def test_a_claim_nobody_was_asked_about_ninety_days_before_is_an_alarm(
    house, monday, first_look
):
    """The watch stood still, or the claim came in late: the first night that looks tells of it."""
    _, barred = await claim_barred_in(house, 100)
    days = house.policy.limitation_offer_days
    await night(house, monday, barred, first_look)
    assert await unoffered(house) == (0 if first_look >= days else 1)
    for left in range(first_look - 1, first_look - 4, -1):
        await night(house, monday, barred, left)
    assert await unoffered(house) == (0 if first_look >= days else 1), "once, not each night"


async def test_a_claim_that_someone_was_asked_about_early_is_no_alarm(house, monday):
    claim, barred = await claim_barred_in(house, 100)
    order = AskPerson(claim, "assessment-0", house.day, kind=TaskKind.ASSESSMENT)
    await house.acts.ask_person(order)
    for left in (89, 30, 1):
        await night(house, monday, barred, left)
        assert await unoffered(house) == 0


async def test_an_alarm_stands_first_in_the_supervisors_work(house, monday):
    claim, barred = await claim_barred_in(house, 100)
    order = AskPerson(claim, "dialogue-0", house.day, kind=TaskKind.DIALOGUE)
    await night(house, monday, barred, 29)
    await house.acts.ask_person(order)
    rows = await house.rows("select kind from tasks where state = 'open' order by points desc, id")
    assert rows[0] == ("limitation-unoffered",)
