"""What must hold of interest whatever the claim, the day and the payments."""

from datetime import date, timedelta
from itertools import count, takewhile

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import add_months
from domain.interest import interest_due
from domain.money import NOTHING, Money
from policies.loading import load_policy

POLICY = load_policy("skanderborg")
DAYS = st.dates(date(2020, 1, 1), date(2026, 6, 30))
SPANS = st.integers(0, 800)
PRINCIPALS = st.integers(1, 5_000_000).map(Money)
TYPES = st.sampled_from(sorted(POLICY.claim_types))


def due_interest(code, due, principal, until, posted_until=None):
    claim_type = POLICY.claim_type(code)
    rates = POLICY.reference_rates
    return interest_due(claim_type, rates, due, lambda _: principal, posted_until, until)


@given(DAYS, SPANS, PRINCIPALS.map(lambda principal: principal + Money.kroner(1)))
def test_monthly_postings_never_drift_from_the_first(due, span, principal):
    postings = due_interest("parking-fee", due, principal, due + timedelta(days=span))
    months = (add_months(due + timedelta(days=1), n) for n in count())
    expected = takewhile(lambda day: day <= due + timedelta(days=span), months)
    assert [posting.posted_on for posting in postings] == list(expected)


@given(TYPES, DAYS, SPANS, PRINCIPALS)
def test_periods_follow_one_another_without_gap_or_overlap(code, due, span, principal):
    postings = due_interest(code, due, principal + Money.kroner(1000), due + timedelta(days=span))
    starts = [due + timedelta(days=1)] + [p.period_end + timedelta(days=1) for p in postings]
    assert [p.period_start for p in postings] == starts[: len(postings)]


@given(TYPES, DAYS, SPANS, PRINCIPALS)
def test_what_is_posted_is_positive_and_falls_in_time(code, due, span, principal):
    until = due + timedelta(days=span)
    for posting in due_interest(code, due, principal, until):
        assert posting.amount > NOTHING
        assert due < posting.posted_on <= until
        assert posting.base == principal


@given(st.sampled_from(["day-care", "property-contribution"]), DAYS, SPANS, SPANS, PRINCIPALS)
def test_monthly_interest_is_the_same_whether_computed_at_once_or_in_turns(
    code, due, first, rest, principal
):
    halt, until = due + timedelta(days=first), due + timedelta(days=first + rest)
    before = due_interest(code, due, principal, halt)
    after = due_interest(code, due, principal, until, before[-1].period_end if before else None)
    assert before + after == due_interest(code, due, principal, until)


@given(st.sampled_from(["rent", "invoice"]), DAYS, SPANS, SPANS)
def test_daily_interest_counts_each_day_once_in_how_many_turns_it_is_computed(
    code, due, first, rest
):
    principal = Money.kroner(10_000)
    halt, until = due + timedelta(days=first), due + timedelta(days=first + rest)
    before = due_interest(code, due, principal, halt)
    after = due_interest(code, due, principal, until, before[-1].period_end if before else None)
    days = sum((p.period_end - p.period_start).days + 1 for p in before + after)
    assert days == (until - due).days


@given(DAYS, SPANS)
def test_a_daily_line_stays_within_a_month_and_a_rate(due, span):
    for posting in due_interest("rent", due, Money.kroner(9000), due + timedelta(days=span)):
        start, end = posting.period_start, posting.period_end
        assert (start.year, start.month) == (end.year, end.month)
        assert posting.posted_on == end


@given(TYPES, DAYS)
def test_nothing_is_due_before_the_day_after_the_last_timely_one(code, due):
    assert due_interest(code, due, Money.kroner(1000), due) == ()
    assert due_interest(code, due, Money.kroner(1000), due - timedelta(days=40)) == ()


@given(TYPES, DAYS, SPANS)
def test_a_debt_of_nothing_bears_nothing(code, due, span):
    assert due_interest(code, due, NOTHING, due + timedelta(days=span)) == ()


def test_the_calculation_names_its_rate_and_its_days_a_year():
    [posting, *_] = due_interest("rent", date(2025, 3, 3), Money.kroner(1000), date(2025, 3, 31))
    assert posting.rule == "2.75 % since 2025-01-01 + 8 % a year, actual/360"
    assert posting.legal_basis == "rentelovens §§ 3 og 5"
