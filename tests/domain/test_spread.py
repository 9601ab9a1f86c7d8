"""Stories whose time is out on one day have their turns one after the other."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.record import ClaimRecord, spread_of

LIVES = [f"2026-{number:06d}" for number in range(5000)]
NIGHT = 450


def spread(life, minutes=NIGHT):
    return ClaimRecord(id=life, letters=(), spread_minutes=minutes).spread


def test_a_record_of_before_keeps_its_few_minutes():
    assert ClaimRecord(id="2026-000001", letters=()).spread == timedelta(
        seconds=spread_of("2026-000001")
    )


@given(st.sampled_from(LIVES), st.integers(10, NIGHT))
def test_a_turn_comes_within_the_minutes(life, minutes):
    assert timedelta(0) <= spread(life, minutes) < timedelta(minutes=minutes)


def test_the_order_of_the_night_is_the_same_however_long_it_is():
    """What is foreseen stands in the order of whole seconds."""
    by_night = sorted(LIVES, key=spread)
    assert [spread_of(life) for life in by_night] == sorted(spread_of(life) for life in LIVES)


def test_no_part_of_the_night_is_crowded():
    hours = Counter(spread(life) // timedelta(minutes=50) for life in LIVES)
    assert len(hours) == 9
    assert max(hours.values()) < 1.3 * len(LIVES) / 9
