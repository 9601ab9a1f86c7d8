"""What each suspension asks for, and the days that follow from it: one row, one paragraph."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import is_working_day
from domain.claim import HoldReason
from domain.endings.suspension import (
    Need,
    Told,
    course,
    faults_of,
    filing_due,
    ground_of,
    is_in_time,
)
from policies.loading import load_policy

TODAY = date(2026, 3, 16)  # a Monday
RULES = load_policy("skanderborg").endings


def told(contact="", **days):
    return Told({Need[name.upper()]: day for name, day in days.items()}, contact)


# Reason; what is told; last day to file; day to look again; the paragraph.
COURSES = [
    ("death", told(died_on=date(2026, 3, 1), notice_on=date(2026, 3, 10)),
     date(2026, 5, 5), date(2026, 4, 9), "dødsboskifteloven § 81: 8 uger efter proklama"),
    ("death", told(died_on=date(2026, 3, 1)),
     None, date(2026, 4, 9), "proklama er endnu ikke indrykket"),
    ("bankruptcy", told("Kurator", opened_on=date(2026, 3, 2)),
     date(2026, 3, 30), date(2026, 6, 17), "konkursloven § 82: 4 uger"),
    ("debt-relief", told("Skifteretten", opened_on=date(2026, 3, 2)),
     date(2026, 4, 27), date(2026, 6, 17), "konkursloven § 208: 8 uger"),
    ("deferral", told(until=date(2026, 6, 15)),
     None, None, "GIL § 2, stk. 3: udsættelsen slutter af sig selv"),
    ("hardship", told(review_on=date(2026, 4, 1)),
     None, date(2026, 4, 1), "kommunens strategi"),
    ("hardship", told(until=date(2026, 4, 15)),
     None, None, "en sidste dag er også en dag at se på det"),
    ("investigation", told(),
     None, date(2026, 3, 30), "undersøgelsesprincippet: 10 arbejdsdage"),
    ("missing-address", told(),
     None, date(2026, 6, 17), "GIL § 2, stk. 4: 60 arbejdsdage"),
    ("complaint", told("Ankestyrelsen", complained_on=date(2026, 3, 2)),
     None, date(2026, 5, 18), "forældelsesloven § 21: 40 arbejdsdage"),
    ("objection", told(), None, date(2026, 4, 16), "G.A.1.3.1: 20 arbejdsdage"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "facts", "file_by", "review_on", "why"), COURSES)
def test_the_days_of_a_suspension(reason, facts, file_by, review_on, why):
    rule = RULES.suspension(HoldReason(reason), TODAY)
    assert list(faults_of(rule, facts, TODAY)) == [], why
    plan = course(rule, facts, TODAY)
    assert (plan.file_by, plan.review_on) == (file_by, review_on), why


# Reason; of all the debtor owes; no creditor takes alone; what it does to the limitation; why the
# claim is given up when it ends with nothing, or never; the paragraph, as a jurist would cite it.
RULES_OF = [
    ("objection", False, False, "nothing", None,
     "G.A.1.3.1: kommunen afklarer selv eksistens og størrelse; en indsigelse afbryder ikke"),
    ("complaint", False, False, "provisional", None,
     "forældelsesloven §§ 20-21: foreløbigt, tidligst et år efter afgørelsen"),
    ("deferral", False, False, "deferral", None,
     "forældelsesloven § 2, stk. 2; SKM2015.403.ØLR: fristen begynder efter sidste dag"),
    ("hardship", False, False, "nothing", None, "kommunens strategi: forældelsen løber"),
    ("missing-address", False, False, "nothing", None,
     "GIL § 2, stk. 4; G.A.1.3.2: dokumenteres, og kravet kan stadig overdrages"),
    ("investigation", False, False, "nothing", None, "undersøgelsesprincippet"),
    ("death", True, True, "estate", "insolvent-estate",
     "dødsboskifteloven §§ 81-83 og 18; forældelsesloven § 17; G.A.3.4.6"),
    ("bankruptcy", True, True, "estate", "bankruptcy",
     "konkursloven §§ 31 og 82; forældelsesloven § 17: ingen enkeltforfølgning"),
    ("debt-relief", True, True, "estate", "debt-relief",
     "konkursloven §§ 207, 208 og 226: kendelsen frigør skyldneren, medskyldnere hæfter"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "of_debtor", "bars", "interrupts", "ground", "why"), RULES_OF)
def test_the_rule_of_a_suspension(reason, of_debtor, bars, interrupts, ground, why):
    rule = RULES.suspension(HoldReason(reason), TODAY)
    assert (rule.is_of_debtor, rule.bars_enforcement) == (of_debtor, bars), why
    assert (rule.interrupts, ground_of(rule.reason)) == (interrupts, ground), why
    assert rule.legal_basis
    assert rule.source


def test_what_an_estate_is_given_up_for_frees_its_debtor_alone():
    """Konkursloven § 226, dødsboskifteloven § 18: who owes it too is liable as before."""
    grounds = [RULES.write_off(TODAY).rule_for(one) for one in map(ground_of, HoldReason) if one]
    assert [(one.is_personal, one.needs_date, one.needs_document) for one in grounds] == [
        (True, True, True)
    ] * 3


def test_the_tables_have_every_rule():
    known = {rule.reason for rule in RULES.suspensions.on_or_first(TODAY)}
    assert {row[0] for row in RULES_OF} == known
    assert {row[0] for row in COURSES} == known


def test_every_reason_a_person_gives_has_a_rule():
    """An agreement's hold is its story's, and insolvency of before was told apart later."""
    known = {rule.reason for rule in RULES.suspensions.on_or_first(TODAY)}
    assert known == set(HoldReason) - {HoldReason.AGREEMENT, HoldReason.INSOLVENCY}


def test_no_creditor_takes_alone_from_an_estate():
    """Konkursloven §§ 31 og 207; dødsboskifteloven."""
    bars = {rule.reason for rule in RULES.suspensions.on_or_first(TODAY) if rule.bars_enforcement}
    assert bars == {HoldReason.DEATH, HoldReason.BANKRUPTCY, HoldReason.DEBT_RELIEF}


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 200))
def test_somebody_must_file_on_a_working_day_that_is_not_too_late(notice, days_ago):
    rule = RULES.suspension(HoldReason.DEATH, TODAY)
    on = notice + timedelta(days=days_ago)
    by = notice + timedelta(days=56)
    due = filing_due(rule, by, on)
    assert due >= on
    assert due <= max(by, on)
    assert is_working_day(due) or due == on


@pytest.mark.parametrize(
    ("filed_on", "in_time"),
    [(date(2026, 5, 4), True), (date(2026, 5, 5), True), (date(2026, 5, 6), False)],
)
def test_what_is_filed_after_the_last_day_is_late(filed_on, in_time):
    assert is_in_time(date(2026, 5, 5), filed_on) is in_time
    assert is_in_time(None, filed_on) is True
