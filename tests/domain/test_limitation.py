"""What must hold of limitation whatever happened to the claim."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import add_months, is_working_day
from domain.limitation.dates import (
    LimitationEvent,
    LimitationKind,
    accessory_limitation,
    first_limitation,
    limitation_date,
)
from policies.loading import load_policy

POLICY = load_policy("skanderborg")
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
EVENTS = st.lists(st.builds(LimitationEvent, st.sampled_from(LimitationKind), DAYS), max_size=8)
BANK_HOLIDAYS = {date(2026, 5, 15), date(2023, 5, 19)}


@given(DAYS)
def test_a_new_claim_is_valid_three_years_and_the_days_until_a_weekday(start):
    ends_on = first_limitation(POLICY.claim_type("rent"), start)
    assert ends_on == limitation_date(start, 3, (), POLICY.limitation)
    assert timedelta(0) <= ends_on - add_months(start, 36) <= timedelta(days=5)
    assert ends_on.weekday() < 5


@given(DAYS, EVENTS, st.booleans())
def test_what_happened_never_makes_a_civil_claim_lapse_earlier(start, events, is_civil):
    plain = limitation_date(start, 3, (), POLICY.limitation)
    mine = [e for e in events if is_civil or e.kind not in {"received", "returned"}]
    assert limitation_date(start, 3, mine, POLICY.limitation, is_civil=is_civil) >= plain


@given(DAYS, EVENTS, st.booleans())
def test_what_happens_after_the_end_changes_nothing(start, events, is_civil):
    law = POLICY.limitation
    settled = [e for e in events if e.kind not in {"provisional", "estate-claim", "deferral"}]
    ends_on = limitation_date(start, 3, settled, law, is_civil=is_civil)
    late = [
        LimitationEvent(kind, ends_on + timedelta(days=1))
        for kind in LimitationKind
        if kind is not LimitationKind.DEFERRAL
    ]
    assert limitation_date(start, 3, [*settled, *late], law, is_civil=is_civil) == ends_on


@given(DAYS, EVENTS, st.booleans())
def test_written_down_as_it_happens_a_date_goes_back_only_by_receipt_or_correction(
    start, events, is_civil
):
    """What the recovery authority receives has its period, also when a judgment gave it longer."""
    happened = sorted(events, key=lambda event: event.on)
    dates = [
        limitation_date(start, 3, happened[:number], POLICY.limitation, is_civil=is_civil)
        for number in range(len(happened) + 1)
    ]
    for event, before, after in zip(happened, dates, dates[1:], strict=False):
        assert after >= before or event.kind is LimitationKind.RECEIVED


@given(DAYS, st.lists(DAYS, max_size=6), st.data())
def test_striking_out_an_event_is_as_if_it_had_never_been(start, days, data):
    kinds = st.sampled_from(sorted(LimitationKind))
    told = [LimitationEvent(data.draw(kinds), day, number=n) for n, day in enumerate(days, 1)]
    if not told:
        return
    wrong = data.draw(st.sampled_from(told))
    strike = LimitationEvent(
        LimitationKind.CORRECTION, date(2040, 1, 1), number=99, strikes=wrong.number
    )
    without = [event for event in told if event is not wrong]
    law = POLICY.limitation
    assert limitation_date(start, 3, [*told, strike], law) == limitation_date(
        start, 3, without, law
    )


@given(DAYS, st.integers(0, 1200), EVENTS, st.booleans())
def test_interest_never_outlives_its_claim(start, later, events, is_civil):
    law = POLICY.limitation
    main = limitation_date(start, 3, events, law, is_civil=is_civil)
    fell_due = start + timedelta(days=later)
    assert accessory_limitation(fell_due, main, 3, events, law) <= main


@pytest.mark.parametrize("start", sorted(BANK_HOLIDAYS))
def test_the_friday_after_ascension_is_a_day_like_any_other_in_the_law(start):
    assert not is_working_day(start)
    assert limitation_date(add_months(start, -36), 3, (), POLICY.limitation) == start
