"""Which periods the council is told of, and how old a claim is."""

from bisect import bisect_right
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.steering.council import (
    BANDS_FROM_OLDEST,
    AgeBand,
    age_edges,
    follow_up_period,
    last_quarters,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
ON = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("due", "band"),
    [
        (date(2026, 7, 1), AgeBand.NOT_DUE),
        (date(2026, 6, 30), AgeBand.NOT_DUE),
        (date(2026, 6, 29), AgeBand.MONTHS_0_3),
        (date(2026, 3, 30), AgeBand.MONTHS_0_3),
        (date(2026, 3, 29), AgeBand.MONTHS_3_12),
        (date(2025, 6, 30), AgeBand.MONTHS_3_12),
        (date(2025, 6, 29), AgeBand.YEARS_1_2),
        (date(2024, 6, 29), AgeBand.YEARS_2_3),
        (date(2023, 6, 29), AgeBand.YEARS_OVER_3),
    ],
)
def test_a_claim_is_as_old_as_its_due_day_says(due, band):
    assert BANDS_FROM_OLDEST[bisect_right(age_edges(ON), due)] is band


@given(DAYS)
def test_the_edges_of_the_bands_are_in_order(on):
    edges = age_edges(on)
    assert sorted(set(edges)) == list(edges)
    assert len(edges) == len(AgeBand) - 1


@given(DAYS)
def test_the_last_quarters_are_over_and_follow_each_other(today):
    quarters = last_quarters(today, 5)
    assert quarters[0][1] < today
    assert (today - quarters[0][1]).days <= 92
    for (since, until), (_, earlier) in pairwise(quarters):
        assert since == earlier + timedelta(days=1)
        assert (since.day, since.month in {1, 4, 7, 10}) == (1, True)
        assert until > since


@given(DAYS, st.none() | st.integers(1, 400))
def test_what_is_proposed_is_a_period_that_is_over(today, days_ago):
    last = today - timedelta(days=days_ago) if days_ago else None
    since, until = follow_up_period(today, last)
    assert since <= until < today


def test_the_next_report_begins_where_the_last_one_ended():
    assert follow_up_period(date(2026, 7, 8), None) == (date(2026, 1, 1), ON)
    assert follow_up_period(date(2026, 7, 8), date(2026, 3, 31)) == (date(2026, 4, 1), ON)
    assert follow_up_period(date(2026, 7, 8), ON) == (date(2026, 7, 1), date(2026, 7, 7))
