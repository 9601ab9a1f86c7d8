"""Danish working days, months, and the moment at which a day ends."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import (
    COPENHAGEN,
    TownClock,
    add_months,
    is_working_day,
    start_of,
    time_left,
    today,
    working_day_from,
    working_days_after,
    working_days_between,
)
from domain.deadlines import deadline_after, dispatch_day

DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))


def others(year):
    """Closing days by another library, with the two differences we know and mean."""
    calendar = holidays.country_holidays(
        "DK", years=year, categories=("public", "optional"), language="da"
    )
    first_of_may = date(year, 5, 1)
    days = set(calendar) - {first_of_may}
    if len(calendar.get_list(first_of_may)) > 1:
        days.add(first_of_may)
    ascension = next(day for day, name in calendar.items() if "himmelfart" in name.lower())
    return days | ({ascension + timedelta(days=1)} if year > 2007 else set())


@pytest.mark.parametrize("year", range(2003, 2051))
def test_closing_days_are_those_another_library_knows(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    weekdays = {day for day in days if day.year == year and day.weekday() < 5}
    assert {day for day in weekdays if not is_working_day(day)} == weekdays & others(year)


def test_store_bededag_is_a_working_day_from_2024():
    assert not is_working_day(date(2023, 5, 5))
    assert is_working_day(date(2024, 4, 26))


@given(DAYS, st.integers(0, 90))
def test_no_deadline_and_no_dispatch_falls_on_a_closing_day(day, days):
    assert is_working_day(dispatch_day(day))
    deadline = deadline_after(day, days)
    assert is_working_day(deadline)
    assert deadline >= day + timedelta(days=days)


@given(DAYS, st.integers(0, 40))
def test_working_days_are_counted_one_by_one(day, number):
    last = working_days_after(day, number)
    between = [day + timedelta(days=n) for n in range((last - day).days)]
    assert is_working_day(last)
    assert sum(is_working_day(one) for one in between) == number


@given(DAYS)
def test_the_working_day_from_a_day_is_never_before_it_nor_skips_one(day):
    found = working_day_from(day)
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((found - day).days))


@given(DAYS, st.integers(-120, 120))
def test_months_move_by_the_calendar_and_keep_the_day_where_it_exists(day, months):
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


def test_a_day_lasts_until_midnight_in_denmark():
    evening = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert today(evening) == date(2026, 7, 2)
    assert time_left(date(2026, 7, 2), evening) == timedelta(hours=23, minutes=30)


def test_the_day_the_clock_is_turned_forward_is_an_hour_shorter():
    night = start_of(date(2026, 3, 29)).astimezone(UTC)
    assert time_left(date(2026, 3, 29), night) == timedelta(hours=23)
    assert time_left(date(2026, 10, 25), start_of(date(2026, 10, 25)).astimezone(UTC)) == timedelta(
        hours=25
    )


def test_town_time_runs_at_its_own_speed():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock = TownClock(start, datetime(2026, 11, 1, tzinfo=COPENHAGEN), speed=60)
    assert clock.town_time(start + timedelta(minutes=1)) - clock.town_start == timedelta(hours=1)
    assert clock.real_length(timedelta(hours=1)) == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-03-16", "2026-03-16", 0),
        ("2026-03-16", "2026-03-17", 1),
        ("2026-03-13", "2026-03-16", 1),  # over a weekend
        ("2026-04-01", "2026-04-07", 1),  # over Easter
        ("2026-03-17", "2026-03-16", 0),
    ],
)
def test_working_days_between_two_days(first, last, days):
    assert working_days_between(date.fromisoformat(first), date.fromisoformat(last)) == days
