"""The simulated property-tax day: the same each time, and what the paced plan promises of it."""

import pytest

from bench.property_tax import Day, hourly, peaks, plans
from policies.loading import load_policy


@pytest.fixture(scope="module")
def days():
    policy = load_policy("skanderborg")
    days = [Day(plan, policy) for plan in plans(policy)]
    for day in days:
        day.live()
    return days


def test_the_same_seed_gives_the_same_day(days):
    policy = load_policy("skanderborg")
    again = Day(plans(policy)[1], policy)
    again.live()
    assert again.happenings == days[1].happenings


def test_each_claim_begins_once_in_both_plans(days):
    assert [day.happenings["starts"].total() for day in days] == [2_000_000, 2_000_000]


def test_in_turn_the_post_keeps_its_hours_and_its_pace(days):
    at_once, in_turn = days
    hours = hourly(in_turn.happenings["letters"])
    pace = in_turn.plan.letters_per_hour * 98
    assert max(hours.values()) <= pace < max(hourly(at_once.happenings["letters"]).values())
    assert {hour.hour for hour in hours} <= set(range(8, 16))


def test_in_turn_no_minute_is_a_storm(days):
    at_once, in_turn = (peaks(day) for day in days)
    for figure in ("starts_per_s", "timers_per_minute"):
        assert in_turn[figure] * 10 <= at_once[figure]
