"""What Skanderborg's policy must hold, whatever its figures."""

from dataclasses import fields, is_dataclass
from datetime import date

import pytest

from domain.dated import Dated, Entry
from domain.errors import NotFound
from domain.ledger import DEBT
from domain.letters import Letter
from domain.policy import Regime, Route
from policies.loading import load_policy, policy_names

POLICY = load_policy("skanderborg")
TODAY = date(2026, 11, 1)
CODES = {
    "day-care", "after-school-care", "property-tax", "cash-benefit-repayment", "rent",
    "household-waste", "rat-control", "property-contribution", "parking-fee", "music-school",
    "invoice",
}  # fmt: skip


def all_parts(value):
    """Every dated entry and every rule in the policy."""
    if isinstance(value, Dated | Entry) or is_dataclass(value):
        yield value
        for field in fields(value):
            yield from all_parts(getattr(value, field.name))
    elif isinstance(value, dict):
        for one in value.values():
            yield from all_parts(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from all_parts(one)


def test_it_comes_with_the_house_and_knows_eleven_types_of_claim():
    assert "skanderborg" in policy_names()
    assert set(POLICY.claim_types) == CODES
    assert all(claim_type.code == code for code, claim_type in POLICY.claim_types.items())


def test_every_figure_has_a_source():
    sources = [
        getattr(part, name)
        for part in all_parts(POLICY)
        for name in ("source", "legal_basis")
        if name in {field.name for field in fields(part)}
    ]
    assert len(sources) > 100
    assert all(source.strip() for source in sources)


def test_no_series_has_a_gap_an_overlap_or_a_step_back():
    series = [part for part in all_parts(POLICY) if isinstance(part, Dated)]
    assert len(series) > 50
    for one in series:
        days = [entry.since for entry in one.entries]
        assert days == sorted(set(days))


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_type_has_its_way_to_the_dialogue_in_force(code):
    claim_type = POLICY.claim_type(code)
    steps = claim_type.steps.on(TODAY)
    assert steps[0].letter is Letter.DEMAND
    assert [step.carries_transfer_notice for step in steps].count(True) == 1
    assert steps[-1].carries_transfer_notice
    assert claim_type.agreement.on(TODAY) is not None
    assert claim_type.small_amounts.on(TODAY) is not None


@pytest.mark.parametrize("code", sorted(CODES))
def test_fees_and_interest_follow_the_regime(code):
    claim_type = POLICY.claim_type(code)
    has_figures = (bool(claim_type.fee.on(TODAY)), bool(claim_type.interest.on(TODAY)))
    assert has_figures == ((False, False) if claim_type.regime is Regime.NONE else (True, True))


@pytest.mark.parametrize("letter", [Letter.TRANSFER_NOTICE, Letter.DISTRAINT_NOTICE])
def test_the_letters_of_the_ends_give_days_to_every_type(letter):
    for code in CODES:
        assert POLICY.letter_step(code, letter, TODAY).days >= 7


def test_the_types_differ_where_the_council_means_them_to():
    def letters(code):
        return [step.letter for step in POLICY.claim_type(code).steps.on(TODAY)]

    assert Letter.COURTESY_NOTICE in letters("day-care")
    assert Letter.COURTESY_NOTICE not in letters("parking-fee")
    assert not POLICY.claim_type("day-care").agreement.on(TODAY).is_offered
    assert POLICY.claim_type("cash-benefit-repayment").agreement.on(TODAY).by_income_table
    assert POLICY.claim_type("parking-fee").agreement.on(TODAY).max_months == 2
    routes = {rule.route for rule in POLICY.claim_type("property-tax").routing}
    assert routes == {Route.MUNICIPALITY, Route.RECOVERY_AUTHORITY}


def test_payments_cover_every_kind_of_debt():
    assert set(POLICY.coverage_order.on(TODAY)) == DEBT


def test_reference_rates_are_known_for_every_half_year():
    days = [entry.since for entry in POLICY.reference_rates.entries]
    halves = [date(year, month, 1) for year in range(2020, 2027) for month in (1, 7)]
    assert days == halves
    assert str(POLICY.reference_rates.on(date(2022, 3, 1))) == "-0.45"


def test_what_is_not_fixed_by_law_says_so():
    steps = POLICY.claim_type("day-care").steps.entry_on(TODAY)
    assert "ikke lovbestemt" in steps.source
    assert "skal bekræftes" in POLICY.reference_rates.entry_on(TODAY).source


def test_a_type_it_does_not_know_is_not_found():
    with pytest.raises(NotFound):
        POLICY.claim_type("dog-licence")


def test_a_policy_is_only_data():
    """Loading it twice gives the same policy, so that two processes agree."""
    assert load_policy("skanderborg") == POLICY
