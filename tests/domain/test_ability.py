"""What somebody can pay by the state's table, and that a proposal keeps within the policy."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreements.ability import Income, ProposalKind, ability_to_pay, propose, table_on
from domain.agreements.agreement import plan
from domain.agreements.budget import Budget
from domain.errors import Invalid
from domain.money import NOTHING, Money
from domain.policy import AgreementRule
from policies.loading import load_policy

ON = date(2026, 3, 16)
TABLE = table_on(load_policy("skanderborg").income_table, ON)
STEP = TABLE.rounded_down_to

# Net yearly income, percent without and with children: the rows of the table in force from
# 1 January 2026 (gældsinddrivelsesbekendtgørelsens § 11, stk. 1; SKM2025.686) as Den juridiske
# vejledning 2026-1, G.A.3.1.1.1.2.1, gives them. The first and the last krone of each row.
PUBLISHED = [
    (0, 4, 3), (145_459, 4, 3),
    (145_460, 5, 3), (181_389, 5, 3),
    (181_390, 6, 4), (222_459, 13, 4),
    (222_460, 14, 5), (227_599, 14, 5),
    (458_610, 60, 51), (463_739, 60, 51),
    (504_800, 60, 60), (2_000_000, 60, 60),
]  # fmt: skip

# A twelfth of the year's part, down to the nearest whole or half hundred (§ 11, stk. 2).
MONTHLY = [
    (0, False, 0),
    (120_000, False, 400),  # 4 % of 120,000 is 4,800: 400 a month
    (120_000, True, 300),
    (145_460, False, 600),  # 606.08
    (180_000, True, 450),
    (222_460, True, 900),  # 926.92
    (504_800, False, 25_200),  # 25,240
]


@pytest.mark.parametrize(("income", "percent", "with_children"), PUBLISHED)
def test_the_table_says_what_the_state_has_published(income, percent, with_children):
    assert ability_to_pay(Income(Money.kroner(income)), TABLE).percent == percent
    assert ability_to_pay(Income(Money.kroner(income), True), TABLE).percent == with_children


@pytest.mark.parametrize(("income", "has_children", "monthly"), MONTHLY)
def test_a_months_instalment_is_rounded_down_to_half_hundreds(income, has_children, monthly):
    ability = ability_to_pay(Income(Money.kroner(income), has_children), TABLE)
    assert ability.monthly == Money.kroner(monthly)


@pytest.mark.parametrize("n", range(len(TABLE.rows)), ids=lambda n: str(TABLE.rows[n].from_income))
def test_each_row_holds_from_its_first_krone_to_the_last_before_the_next(n):
    """§ 11, stk. 1: every row of the file, so that none is passed over or overlaps."""
    row, first = TABLE.rows[n], TABLE.rows[n].from_income
    following = TABLE.rows[n + 1 :]
    last = following[0].from_income - Money.kroner(1) if following else Money.kroner(9_999_999)
    for yearly in (first, last):
        alone, parent = (ability_to_pay(Income(yearly, has), TABLE) for has in (False, True))
        assert (alone.percent, parent.percent) == (row.percent, row.percent_with_children)
        assert alone.monthly.ore % TABLE.rounded_down_to.ore == 0
        left_over = yearly.ore * row.percent // 1200 - alone.monthly.ore
        assert 0 <= left_over < TABLE.rounded_down_to.ore
        assert alone.is_derived is row.is_derived


def test_the_table_says_where_it_comes_from():
    entry = load_policy("skanderborg").income_table.entry_on(ON)
    for words in ("§ 11", "SKM2025.686", "Den juridiske vejledning", "kommunens valg"):
        assert words in entry.source


def test_between_published_rows_a_point_is_added_for_each_5130_kroner_and_marked_derived():
    derived = [n for n, row in enumerate(TABLE.rows) if row.is_derived]
    assert len(derived) > 50
    for n in derived:
        row, before = TABLE.rows[n], TABLE.rows[n - 1]
        step = row.from_income - before.from_income
        assert Money.kroner(5_120) <= step <= Money.kroner(5_140)
        assert row.percent - before.percent in {0, 1}
        assert row.percent_with_children - before.percent_with_children in {0, 1}


@given(st.integers(0, 900_000), st.integers(0, 50_000), st.booleans())
def test_who_earns_more_never_can_pay_less(income, more, has_children):
    less = ability_to_pay(Income(Money.kroner(income), has_children), TABLE)
    after = ability_to_pay(Income(Money.kroner(income + more), has_children), TABLE)
    assert after.monthly >= less.monthly
    assert after.percent >= less.percent


def test_children_leave_less_to_pay_with():
    with_children = ability_to_pay(Income(Money.kroner(250_000), True), TABLE)
    assert with_children.monthly < ability_to_pay(Income(Money.kroner(250_000)), TABLE).monthly


def test_an_income_below_145460_is_low():
    """Lavindkomstgrænsen: the least income with 5 per cent without children (§ 11, stk. 1)."""
    assert ability_to_pay(Income(Money.kroner(145_459)), TABLE).is_low
    assert not ability_to_pay(Income(Money.kroner(145_460)), TABLE).is_low


def test_a_negative_income_is_refused():
    with pytest.raises(Invalid) as refused:
        Income(Money.kroner(-1))
    assert refused.value.faults[0].code == "income-negative"


RULE = AgreementRule(
    is_offered=True, minimum_instalment=Money.kroner(250), max_months=12, max_months_low_income=24
)
BY_TABLE = AgreementRule(is_offered=True, max_months=60, by_income_table=True)


def proposal(owed, *, income=None, budget=None, rule=RULE, has_children=False):
    ability = income and ability_to_pay(Income(Money.kroner(income), has_children), TABLE)
    left = budget if budget is None else Budget(Money.kroner(budget))
    return propose(Money.kroner(owed), ability or None, left, rule, STEP)


def codes(found):
    return [why.code for why in found.why]


def test_knowing_nothing_we_take_the_time_the_policy_gives():
    found = proposal(6000)
    assert (found.kind, found.monthly, found.months) == ("instalments", Money.kroner(500), 12)
    assert codes(found) == ["proposal-longest"]


def test_a_small_debt_is_not_cut_below_the_least_instalment():
    assert proposal(900).monthly == Money.kroner(250)
    assert proposal(100).monthly == Money.kroner(100)


def test_who_can_pay_more_is_done_sooner():
    found = proposal(6000, income=200_000)  # 9 %: 1,500 a month
    assert (found.monthly, found.months) == (Money.kroner(1500), 4)
    assert codes(found) == ["proposal-ability"]


def test_the_lesser_of_table_and_budget_decides():
    found = proposal(6000, income=200_000, budget=730)
    assert found.monthly == Money.kroner(700)
    assert codes(found) == ["proposal-ability", "proposal-budget"]


def test_a_low_income_gets_the_longer_time():
    found = proposal(9000, income=120_000)  # 400 a month
    assert (found.monthly, found.months, found.has_low_income) == (Money.kroner(400), 23, True)
    assert codes(found)[-1] == "proposal-low-income"


def test_where_nothing_is_left_no_instalment_is_proposed():
    found = proposal(9000, budget=100)
    assert (found.kind, found.monthly) == (ProposalKind.TOO_LITTLE, None)
    assert codes(found)[-1] == "proposal-least"


def test_a_type_without_agreements_says_so():
    found = proposal(9000, rule=AgreementRule(is_offered=False))
    assert found.kind is ProposalKind.NOT_OFFERED
    assert codes(found) == ["agreement-not-offered"]


def test_cash_benefit_is_repaid_by_the_table_however_long_it_takes():
    assert proposal(50_000, rule=BY_TABLE).kind is ProposalKind.INCOME_NEEDED
    found = proposal(50_000, income=120_000, rule=BY_TABLE)
    assert (found.kind, found.monthly, found.months) == ("by-table", Money.kroner(400), 125)
    assert proposal(50_000, income=10_000, rule=BY_TABLE).kind is ProposalKind.TOO_LITTLE


@given(
    owed=st.integers(100, 5_000_000),
    income=st.none() | st.integers(0, 700_000),
    budget=st.none() | st.integers(-5_000, 60_000),
    has_children=st.booleans(),
    rule=st.sampled_from([RULE, AgreementRule(True, Money.kroner(250), 2, 2)]),
)
def test_what_is_proposed_can_be_agreed_upon_and_borne(owed, income, budget, has_children, rule):
    known = None if income is None else Income(Money.kroner(income), has_children)
    ability = None if known is None else ability_to_pay(known, TABLE)
    left = None if budget is None else Budget(Money.kroner(budget))
    found = propose(Money(owed), ability, left, rule, STEP)
    assert found.why
    if found.monthly is None:
        assert found.kind is ProposalKind.TOO_LITTLE
        return
    agreed = plan(Money(owed), ON, None, found.monthly, rule, has_low_income=found.has_low_income)
    assert len(agreed) == found.months
    assert sum((one.amount for one in agreed), NOTHING) == Money(owed)
    for limit in (ability and ability.monthly, left and left.disposable):
        assert limit is None or found.monthly <= max(limit, NOTHING)
