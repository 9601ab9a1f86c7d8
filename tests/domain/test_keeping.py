"""How long is five years after the financial year, and which looks are drawn."""

from datetime import date

import pytest

from domain.keeping.looks import draw
from domain.keeping.retention import YearsKept


@pytest.mark.parametrize(
    ("last", "today", "is_due"),
    [
        # A voucher of 2020 is kept through all of 2025.
        (date(2020, 1, 1), date(2025, 12, 31), False),
        (date(2020, 12, 31), date(2025, 12, 31), False),
        (date(2020, 12, 31), date(2026, 1, 1), True),
        (date(2021, 1, 1), date(2026, 12, 31), False),
        (date(2020, 2, 29), date(2026, 2, 28), True),
    ],
)
def test_what_happened_in_a_year_is_kept_five_years_after_that_year(last, today, is_due):
    assert (last < YearsKept(5).before(today)) is is_due


def test_the_same_seed_draws_the_same_looks_and_another_seed_others():
    looks = range(1, 1001)
    drawn = draw("a", looks, 25)
    assert drawn == draw("a", reversed(looks), 25) == sorted(set(drawn))
    assert len(drawn) == 25
    assert drawn != draw("b", looks, 25)


def test_each_look_is_as_likely_as_any_other():
    counted = [
        sum(look in draw(str(seed), range(10), 3) for seed in range(1000)) for look in (0, 9)
    ]
    assert all(250 < times < 350 for times in counted)


def test_where_there_are_fewer_all_are_drawn():
    assert draw("a", [7, 3], 25) == [3, 7]
    assert draw("a", [], 25) == []
