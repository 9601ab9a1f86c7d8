"""The town's own enforcement: the tables of its days, and the hour of a hearing."""

from datetime import date, datetime, time, timedelta

import pytest

from domain.calendar import COPENHAGEN, is_working_day
from domain.decisions import ANSWERS, NO_LONGER_GIVEN, Outcome, TaskKind
from domain.distraints.distraint import (
    AT_A_HEARING,
    INTERRUPTING,
    AssetKind,
    Slot,
    faults_of_assets,
    faults_of_slot,
    first_demand_day,
    first_hearing_day,
    interrupting_days,
    is_near,
    lapses_on,
    lien_until,
    objection_until,
    overlap,
    why_not_ours,
)
from domain.limitation.dates import (
    LimitationEvent,
    LimitationKind,
    first_limitation,
    moved_limitation,
)
from tests.domain.test_situations import POLICY, situations

RULE = POLICY.distraint_rule(date(2026, 3, 2))
TUESDAY = date(2026, 4, 7)


@situations("distraint_days")
def test_a_distraint_keeps_the_days_that_the_table_says(row):
    match row["rule"]:
        case "demand":
            found = first_demand_day(RULE, row["last_timely"])
        case "hearing":
            found = first_hearing_day(RULE, row["demanded"], row["noticed"])
        case "objection":
            found = objection_until(RULE, row["held"])
        case "lapse":
            found = lapses_on(RULE, AssetKind(row["kind"]), row["held"])
        case "lien":
            found = lien_until(RULE, row["due"], row.get("ordered"))
    assert found == row.get("expect")


@situations("own_enforcement")
def test_the_town_enforces_only_what_the_table_says(row):
    claim_type = POLICY.claim_type(row["claim_type"])
    fault = why_not_ours(claim_type, row["period_end"], row["on"])
    assert (fault.code if fault else "") == row["expect"]


@pytest.mark.parametrize(
    ("day", "at", "place", "codes"),
    [
        (TUESDAY, time(10, 30), "Prøvevej 1", []),
        (TUESDAY, time(8), "Prøvevej 1", []),
        (TUESDAY, time(15, 30), "Prøvevej 1", []),
        (TUESDAY, time(15, 31), "Prøvevej 1", ["hearing-outside-hours"]),
        (TUESDAY, time(7, 59), " ", ["hearing-outside-hours", "hearing-without-place"]),
        (TUESDAY - timedelta(days=1), time(10), "Prøvevej 1", ["hearing-too-early"]),
        (date(2026, 4, 11), time(10), "Prøvevej 1", ["hearing-on-closing-day"]),
        (date(2026, 12, 24), time(10), "Prøvevej 1", ["hearing-on-closing-day"]),
    ],
)
def test_a_hearing_is_set_only_when_it_may_be(day, at, place, codes):
    assert [f.code for f in faults_of_slot(RULE, Slot(day, at, place), TUESDAY)] == codes


def test_the_first_day_of_a_hearing_is_a_working_day_that_gives_all_their_time():
    for n in range(400):
        demanded = date(2026, 1, 1) + timedelta(days=n)
        first = first_hearing_day(RULE, demanded, demanded + timedelta(days=3))
        assert is_working_day(first)
        assert first >= demanded + timedelta(days=10)


def test_nobody_holds_two_hearings_within_half_an_hour():
    at = datetime(2026, 4, 7, 10, tzinfo=COPENHAGEN)
    assert overlap(RULE, at, at + timedelta(minutes=29))
    assert not overlap(RULE, at, at + timedelta(minutes=30))


def test_the_bailiff_is_warned_before_a_right_is_lost_and_after():
    ends = date(2026, 8, 1)
    assert not is_near(RULE, ends, ends - timedelta(days=61))
    assert is_near(RULE, ends, ends - timedelta(days=60))
    assert is_near(RULE, ends, ends + timedelta(days=1))


@pytest.mark.parametrize(
    ("outcome", "kinds", "codes"),
    [
        (Outcome.PROPERTY_TAKEN, (AssetKind.PROPERTY,), []),
        (Outcome.PROPERTY_TAKEN, (AssetKind.PROPERTY, AssetKind.MOVABLES), []),
        (Outcome.PROPERTY_TAKEN, (AssetKind.MOVABLES,), ["property-missing"]),
        (Outcome.ASSETS_TAKEN, (AssetKind.OTHER,), []),
        (Outcome.ASSETS_TAKEN, (), ["assets-missing"]),
        (Outcome.ASSETS_TAKEN, (AssetKind.PROPERTY,), ["assets-hold-property"]),
        (Outcome.IN_VAIN, (), []),
        (Outcome.IN_VAIN, (AssetKind.OTHER,), ["assets-not-taken"]),
    ],
)
def test_a_distraint_names_what_was_taken(outcome, kinds, codes):
    assert [fault.code for fault in faults_of_assets(outcome, kinds)] == codes


def test_all_that_can_come_of_a_hearing_is_an_answer_and_what_is_in_vain_interrupts():
    """Forældelseslovens § 18, stk. 2."""
    assert ANSWERS[TaskKind.DISTRAINT] > AT_A_HEARING
    assert Outcome.IN_VAIN in INTERRUPTING
    assert AT_A_HEARING.isdisjoint(NO_LONGER_GIVEN)


@situations("distraint_interruption")
def test_a_distraint_interrupts_on_the_days_that_the_table_says(row):
    days = interrupting_days(RULE, row["began"], row["held"])
    assert list(days) == row["interrupts"]
    limitation = first_limitation(POLICY.claim_type("household-waste"), row["payable"])
    for day in days:
        event = LimitationEvent(LimitationKind.DISTRAINT, day)
        limitation = moved_limitation(limitation, 3, [event], POLICY.limitation)
    assert limitation == row["expect"]
