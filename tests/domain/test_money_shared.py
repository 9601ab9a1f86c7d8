"""What payments cover, how debts are shared into instalments, and what balances are."""

from dataclasses import dataclass
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreements.agreement import covered, cumulative, plan
from domain.calendar import add_months, is_working_day, working_day_from
from domain.coverage import OpenLine, cover
from domain.errors import Invalid
from domain.ledger import EntryKind, balance
from domain.money import NOTHING, Money
from domain.policy import AgreementRule
from policies.loading import load_policy

ORDER = load_policy("skanderborg").coverage_order.on(date(2026, 3, 2))
JANUARY, FEBRUARY, MARCH = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)

DEBT_LINES = st.lists(
    st.builds(
        OpenLine,
        id=st.integers(1, 10_000),
        kind=st.sampled_from([EntryKind.PRINCIPAL, EntryKind.INTEREST, EntryKind.FEE]),
        due_on=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
        open=st.integers(0, 100_000).map(Money),
        claim=st.sampled_from(["a", "b"]),
        is_designated=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda line: line.id,
)


@given(st.integers(-1000, 500_000).map(Money), DEBT_LINES)
def test_what_is_covered_and_what_is_left_sum_to_the_payment(payment, lines):
    coverage = cover(payment, lines, ORDER)
    open_of = {line.id: line.open for line in lines}
    assert sum((part for _, part in coverage.parts), coverage.rest) == payment
    assert all(NOTHING < part <= open_of[line] for line, part in coverage.parts)
    assert len({line for line, _ in coverage.parts}) == len(coverage.parts)


@given(st.integers(1, 500_000).map(Money), DEBT_LINES)
def test_nothing_is_left_while_debt_is_open(payment, lines):
    rest = cover(payment, lines, ORDER).rest
    assert rest == max(payment - sum((line.open for line in lines), NOTHING), NOTHING)


@given(st.integers(1, 500_000).map(Money), DEBT_LINES, st.randoms())
def test_the_order_in_which_lines_are_told_does_not_matter(payment, lines, random):
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert cover(payment, shuffled, ORDER) == cover(payment, lines, ORDER)


def test_fees_come_before_interest_and_interest_before_principal():
    lines = [
        OpenLine(1, EntryKind.PRINCIPAL, JANUARY, Money.kroner(1000)),
        OpenLine(2, EntryKind.INTEREST, FEBRUARY, Money.kroner(10)),
        OpenLine(3, EntryKind.FEE, MARCH, Money.kroner(250)),
        OpenLine(4, EntryKind.INTEREST, JANUARY, Money.kroner(10)),
        OpenLine(5, EntryKind.COURT_FEE, MARCH, Money.kroner(300)),
    ]
    covered_lines = cover(Money.kroner(900), lines, ORDER).parts
    assert covered_lines == (
        (5, Money.kroner(300)),
        (3, Money.kroner(250)),
        (4, Money.kroner(10)),
        (2, Money.kroner(10)),
        (1, Money.kroner(330)),
    )


def test_the_oldest_claim_comes_first_unless_the_debtor_says_otherwise():
    older = OpenLine(1, EntryKind.PRINCIPAL, JANUARY, Money.kroner(100), claim="older")
    newer = OpenLine(2, EntryKind.PRINCIPAL, MARCH, Money.kroner(100), claim="newer")
    assert cover(Money.kroner(100), [newer, older], ORDER).parts == ((1, Money.kroner(100)),)
    named = OpenLine(2, EntryKind.PRINCIPAL, MARCH, Money.kroner(100), "newer", is_designated=True)
    assert cover(Money.kroner(100), [named, older], ORDER).parts == ((2, Money.kroner(100)),)


@dataclass
class Line:
    amount: Money


@given(st.lists(st.integers(-(10**9), 10**9).map(Money)), st.integers())
def test_a_balance_does_not_depend_on_the_order_of_its_lines(amounts, seed):
    lines = [Line(amount) for amount in amounts]
    shuffled = list(lines)
    Random(seed).shuffle(shuffled)
    assert balance(shuffled) == balance(lines) == Money(sum(a.ore for a in amounts))


@pytest.mark.parametrize("kind", EntryKind)
def test_debt_adds_and_money_that_came_lessens(kind):
    more, less = kind.allows(Money(1)), kind.allows(Money(-1))
    assert not kind.allows(NOTHING)
    if kind in {EntryKind.CORRECTION, EntryKind.ROUNDING}:
        assert (more, less) == (True, True)
    else:
        assert more != less
    assert less == (kind in {"payment", "write-off", "correction", "rounding"})
    assert kind.is_debt == (kind in {"principal", "interest", "fee", "court-fee"})


OFFERED = AgreementRule(
    is_offered=True,
    minimum_instalment=Money.kroner(250),
    max_months=12,
    max_months_low_income=24,
)
ANY = AgreementRule(is_offered=True, max_months=1000, max_months_low_income=1000)
OWED = st.integers(1, 50_000_000).map(Money)
FIRST = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def assert_sound(instalments, owed, first_due):
    amounts = [instalment.amount for instalment in instalments]
    assert sum(amounts, NOTHING) == owed
    assert all(amount > NOTHING for amount in amounts)
    assert amounts[-1] == min(amounts)
    assert len(set(amounts[:-1])) <= 1
    assert [i.number for i in instalments] == list(range(1, len(instalments) + 1))
    assert all(is_working_day(i.due_on) for i in instalments)
    assert [i.due_on for i in instalments] == [
        working_day_from(add_months(first_due, n)) for n in range(len(instalments))
    ]


@given(OWED, FIRST, st.integers(1, 120))
def test_a_plan_over_months_sums_to_the_debt_and_ends_in_time(owed, first_due, months):
    instalments = plan(owed, first_due, months, None, ANY)
    assert_sound(instalments, owed, first_due)
    assert len(instalments) <= months


@given(OWED, FIRST, st.integers(1, 500))
def test_a_plan_of_a_monthly_amount_sums_to_the_debt(owed, first_due, parts):
    monthly = Money(-(-owed.ore // parts))
    instalments = plan(owed, first_due, None, monthly, ANY)
    assert_sound(instalments, owed, first_due)
    assert all(instalment.amount <= monthly for instalment in instalments)


@given(OWED, FIRST, st.integers(1, 60), st.integers(-100, 60_000_000).map(Money))
def test_an_instalment_counts_as_covered_when_all_before_it_are(owed, first_due, months, paid):
    instalments = plan(owed, first_due, months, None, ANY)
    number = covered(instalments, paid)
    totals = cumulative(instalments)
    assert totals[-1] == owed
    assert number == 0 or totals[number - 1] <= paid
    assert number == len(totals) or paid < totals[number]


def test_twelve_instalments_in_whole_kroner():
    instalments = plan(Money.kroner(10_000), date(2026, 1, 31), 12, None, OFFERED)
    assert [str(i.amount) for i in instalments] == ["834,00 kr."] * 11 + ["826,00 kr."]
    due_on = [instalment.due_on for instalment in instalments]
    assert due_on[:3] == [date(2026, 2, 2), date(2026, 3, 2), date(2026, 3, 31)]


@pytest.mark.parametrize(
    ("wish", "rule", "code"),
    [
        ({"months": 12}, AgreementRule(is_offered=False), "agreement-not-offered"),
        ({"owed": NOTHING}, OFFERED, "agreement-nothing-owed"),
        ({"months": 13}, OFFERED, "agreement-too-many-months"),
        ({"months": 12, "owed": Money.kroner(1200)}, OFFERED, "agreement-below-minimum"),
        ({"months": None, "monthly": Money.kroner(249)}, OFFERED, "agreement-below-minimum"),
        ({"months": None, "monthly": Money.kroner(100), "owed": Money.kroner(9000)}, OFFERED,
         "agreement-too-many-months"),
        ({"months": None}, OFFERED, "agreement-months-or-amount"),
        ({"months": 3, "monthly": Money.kroner(500)}, OFFERED, "agreement-months-or-amount"),
        ({"months": 0}, OFFERED, "agreement-months-not-positive"),
        ({"months": None, "monthly": NOTHING}, OFFERED, "agreement-amount-not-positive"),
    ],
)  # fmt: skip
def test_a_plan_the_policy_does_not_allow_is_refused_with_its_reason(wish, rule, code):
    asked = {"owed": Money.kroner(1300), "months": 3, "monthly": None} | wish
    if asked["months"] and asked["months"] > 12:
        asked["owed"] = Money.kroner(100_000)
    with pytest.raises(Invalid) as caught:
        plan(asked["owed"], MARCH, asked["months"], asked["monthly"], rule)
    assert [fault.code for fault in caught.value.faults] == [code]


def test_a_low_income_gives_longer_time():
    owed = Money.kroner(10_000)
    assert len(plan(owed, MARCH, 24, None, OFFERED, has_low_income=True)) == 24


def test_a_debt_below_the_smallest_instalment_is_one_instalment():
    assert len(plan(Money.kroner(120), MARCH, None, Money.kroner(120), OFFERED)) == 1
    with pytest.raises(Invalid):
        plan(Money.kroner(120), MARCH, None, Money.kroner(250), OFFERED)
