"""What each suspension asks for, and the days that follow from it: one row, one paragraph."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import is_working_day
from domain.claim import HoldReason
from domain.suspension import Need, Told, course, faults_of, filing_due, is_in_time
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
