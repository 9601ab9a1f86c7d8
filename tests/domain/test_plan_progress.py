"""A plan always sums to what is owed, and money moves it in a way that can be seen."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreements.acceptance import Acceptance, AcceptedBy, Acknowledged
from domain.agreements.agreement import MOST_MONTHS, covered, plan
from domain.agreements.plan_progress import progress, summed_to
from domain.calendar import is_working_day
from domain.errors import Invalid
from domain.limitation.dates import LimitationKind
from domain.money import NOTHING, Money
from domain.policy import AgreementRule

RULE = AgreementRule(is_offered=True, max_months=600, max_months_low_income=600)
LONG = AgreementRule(is_offered=True, max_months=MOST_MONTHS)
MARCH = date(2026, 3, 2)
AMOUNTS = st.integers(100, 10_000_000).map(Money)
PLANS = st.builds(
    lambda owed, months: plan(owed, MARCH, months, None, RULE), AMOUNTS, st.integers(1, 60)
)


def total(instalments):
    return sum((one.amount for one in instalments), NOTHING)


@given(AMOUNTS, st.integers(1, 60), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_plan_sums_to_what_is_owed_and_every_day_of_it_is_a_working_day(owed, months, first):
    made = plan(owed, first, months, None, RULE)
    assert total(made) == owed
    assert all(one.amount > NOTHING and is_working_day(one.due_on) for one in made)
    assert [one.due_on for one in made] == sorted({one.due_on for one in made})


@given(PLANS, st.integers(0, 20_000_000).map(Money), st.integers(0, 20_000_000).map(Money))
def test_whatever_is_charged_or_taken_back_it_sums_to_what_is_paid_and_owed(made, paid, owed):
    """Interest, a fee, a claim that goes: the plan's last instalments take up the difference."""
    after = summed_to(made, paid + owed)
    assert total(after) == paid + owed
    assert [one.number for one in after] == [one.number for one in made]
    assert [one.due_on for one in after] == [one.due_on for one in made]
    assert progress(after, paid).left == owed
    assert all(one.amount >= NOTHING for one in after)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "bounce", "interest", "fee", "correct", "go", "take-up"]),
        st.integers(1, 3_000_000).map(Money),
    ),
    max_size=25,
)


@given(PLANS, EVENTS)
def test_after_any_sequence_of_events_it_sums_to_what_is_owed(made, events):
    """Payments, interest, fees, corrections, a claim that goes, and the plan that follows it."""
    owed, paid = total(made), NOTHING
    for what, amount in events:
        if what == "pay":
            taken = min(amount, owed)
            owed, paid = owed - taken, paid + taken
        elif what == "bounce":
            lost = min(amount, paid)
            owed, paid = owed + lost, paid - lost
        elif what in {"interest", "fee"}:
            owed += amount
        elif what in {"correct", "go"}:
            owed -= min(amount, owed)
        elif owed:
            least = Money(-(-owed.ore // MOST_MONTHS))
            made = plan(owed, MARCH, None, min(max(amount, least), owed), LONG)
            paid = NOTHING
        made = summed_to(made, paid + owed)
        going = progress(made, paid)
        assert total(made) == paid + owed
        assert going.left == owed
        assert (going.next is None) == (not owed)


@given(PLANS, st.integers(0, 20_000_000).map(Money))
def test_a_charge_never_makes_an_earlier_instalment_dearer(made, more):
    after = summed_to(made, total(made) + more)
    assert after[:-1] == made[:-1]
    assert after[-1].amount == made[-1].amount + more


@given(PLANS, st.integers(0, 20_000_000).map(Money))
def test_what_is_paid_and_what_is_left_are_the_plan(made, paid):
    going = progress(made, paid)
    came = sum((one.paid for one in going.instalments), NOTHING)
    assert came == min(paid, total(made))
    assert going.left == total(made) - came
    assert going.covered == covered(made, paid)


@given(PLANS, st.integers(0, 1_000_000).map(Money), st.integers(1, 1_000_000).map(Money))
def test_paying_more_never_leaves_more_nor_makes_it_last_longer(made, paid, more):
    before, after = progress(made, paid), progress(made, paid + more)
    assert after.left <= before.left
    assert after.covered >= before.covered
    if before.last_due and after.last_due:
        assert after.last_due <= before.last_due


def test_nobody_is_given_a_plan_longer_than_a_life_even_by_the_table():
    by_table = AgreementRule(is_offered=True, max_months=60, by_income_table=True)
    with pytest.raises(Invalid) as refused:
        plan(Money.kroner(60_000), MARCH, None, Money.kroner(50), by_table)
    assert refused.value.faults[0].values["max_months"] == str(MOST_MONTHS)


def test_half_an_instalment_leaves_the_other_half():
    made = plan(Money.kroner(1000), MARCH, 4, None, RULE)
    going = progress(made, Money.kroner(300))
    assert going.next
    assert going.next.instalment.number == 2
    assert going.next.missing == Money.kroner(200)
    assert going.overdue(date(2026, 6, 1)) == Money.kroner(450)


def test_an_instalment_that_is_needed_no_more_is_of_nothing_and_counts_as_paid():
    made = plan(Money.kroner(1000), MARCH, 4, None, RULE)
    after = summed_to(made, Money.kroner(500))
    assert [one.amount.ore for one in after] == [25000, 25000, 0, 0]
    assert progress(after, Money.kroner(500)).next is None


@pytest.mark.parametrize("months", [0, -1])
def test_an_agreement_of_no_instalments_is_refused(months):
    with pytest.raises(Invalid):
        plan(Money.kroner(1000), MARCH, months, None, RULE)


def test_more_a_month_than_is_owed_is_refused_and_all_of_it_is_one_instalment():
    with pytest.raises(Invalid) as refused:
        plan(Money.kroner(1000), MARCH, None, Money.kroner(1001), RULE)
    assert refused.value.faults[0].code == "agreement-more-than-owed"
    made = plan(Money.kroner(1000), MARCH, None, Money.kroner(1000), RULE)
    assert [one.amount for one in made] == [Money.kroner(1000)]


def test_by_the_income_table_the_last_of_it_is_no_more_than_is_owed():
    by_table = AgreementRule(is_offered=True, max_months=60, by_income_table=True)
    made = plan(Money.kroner(300), MARCH, None, Money.kroner(400), by_table)
    assert [one.amount for one in made] == [Money.kroner(300)]


def test_an_instalment_on_a_closing_day_moves_to_the_next_working_day():
    """5 June, Constitution Day, is a Friday in 2026."""
    made = plan(Money.kroner(1000), date(2026, 6, 5), 1, None, RULE)
    assert made[0].due_on == date(2026, 6, 8)


TODAY = date(2026, 3, 16)


@pytest.mark.parametrize("by", sorted(AcceptedBy))
def test_any_yes_acknowledges_the_debt(by):
    """Forældelseslovens § 15: a new period of the same length."""
    yes = Acceptance(by, Acknowledged.DEBT, TODAY)
    yes.require_sound(TODAY, TODAY)
    assert yes.limitation_kind is LimitationKind.ACKNOWLEDGEMENT


@pytest.mark.parametrize("by", sorted(AcceptedBy))
def test_only_in_writing_is_the_amount_acknowledged(by):
    """Forældelseslovens § 5, stk. 1, nr. 3: existence and amount in writing give ten years."""
    yes = Acceptance(by, Acknowledged.EXISTENCE_AND_AMOUNT, TODAY)
    assert yes.limitation_kind is LimitationKind.WRITTEN_ACKNOWLEDGEMENT
    if by.is_in_writing:
        yes.require_sound(TODAY, TODAY)
    else:
        with pytest.raises(Invalid) as refused:
            yes.require_sound(TODAY, TODAY)
        assert refused.value.faults[0].code == "acknowledged-not-in-writing"


@pytest.mark.parametrize(
    ("days", "code"), [(1, "accepted-in-the-future"), (-400, "accepted-before-the-debt")]
)
def test_a_yes_has_a_day_between_the_debt_and_today(days, code):
    yes = Acceptance(AcceptedBy.SIGNED, Acknowledged.DEBT, TODAY + timedelta(days=days))
    with pytest.raises(Invalid) as refused:
        yes.require_sound(TODAY, TODAY - timedelta(days=365))
    assert refused.value.faults[0].code == code
