"""Which reasons may be used, what proves them, and who must agree: one row, one paragraph."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.authority import Actor, Role
from domain.endings.write_off import (
    Approval,
    CommitteeDecision,
    NewWriteOff,
    WriteOffFacts,
    WriteOffReason,
    faults_of_committee,
    faults_of_proposal,
    require_approval,
)
from domain.errors import NotAllowed
from domain.money import Money
from policies.loading import load_policy

TODAY = date(2026, 3, 16)
RULE = load_policy("skanderborg").endings.write_off(TODAY)
DAY, PAPER = TODAY - timedelta(days=20), 17
OWED = WriteOffFacts(Money.kroner(1000), date(2028, 1, 1), 1)
BARRED = replace(OWED, barred_after=TODAY - timedelta(days=1))
TWO = replace(OWED, liable=2)
SMALL = replace(OWED, owed=Money.kroner(200))

# Reason; what is told; the facts; the fault, or none; and why, as a jurist would say it.
SITUATIONS = [
    ("limitation", {}, BARRED, None, "forældelsesloven § 23: den er forældet i går"),
    ("limitation", {}, replace(BARRED, barred_after=TODAY), "write-off-not-barred",
     "forældelsesloven § 27: kravet er gyldigt til og med sidste dag"),
    ("limitation", {}, OWED, "write-off-not-barred", "forældelsesloven § 3"),
    ("debt-relief", {"on": DAY, "attachment_id": PAPER}, OWED, None, "konkursloven § 226"),
    ("debt-relief", {"on": DAY, "journal": "SKS 17"}, OWED, None, "dokumentet ligger i journalen"),
    ("debt-relief", {"attachment_id": PAPER}, OWED, "write-off-date-missing", "kendelsens dag"),
    ("debt-relief", {"on": DAY}, OWED, "write-off-document-missing", "kendelsen selv"),
    ("debt-relief", {"on": DAY, "journal": " "}, OWED, "write-off-document-missing", "tomt nummer"),
    ("debt-relief", {"on": DAY, "journal": "x"}, TWO, "write-off-others-liable",
     "konkursloven § 226: medskyldnere hæfter fortsat"),
    ("composition", {"on": DAY, "journal": "x"}, TWO, "write-off-others-liable", "akkord"),
    ("insolvent-estate", {"on": DAY, "journal": "x"}, TWO, "write-off-others-liable", "boudlæg"),
    ("lapse", {"on": DAY}, TWO, None, "bortfald: pligten er væk for alle"),
    ("lapse", {"on": TODAY + timedelta(days=1)}, OWED, "day-in-the-future", "ikke bortfaldet"),
    ("statutory", {"on": DAY, "journal": "x"}, OWED, None, "lov om billån"),
    ("irrecoverable", {"on": DAY, "journal": "x"}, OWED, "write-off-reason-not-allowed",
     "strategien: intet tabt retsgrundlag, og ikke tilladt"),
    ("small-amount", {}, SMALL, None, "kasse- og regnskabsregulativet: 200 kr."),
    ("small-amount", {}, replace(SMALL, owed=Money(20_001)), "write-off-not-small", "en øre over"),
    ("other", {"on": DAY, "attachment_id": PAPER}, OWED, None, "foreningen er opløst"),
    ("other", {"on": DAY}, OWED, "write-off-document-missing", "andet kræver bilag"),
    ("", {}, OWED, "write-off-reason-missing", "ingen grund valgt"),
    ("boredom", {}, OWED, "write-off-reason-unknown", "findes ikke"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "told", "facts", "code", "why"), SITUATIONS)
def test_a_proposal_is_held_against_its_rule(reason, told, facts, code, why):
    found = faults_of_proposal(RULE, NewWriteOff(reason, **told), facts, TODAY)
    assert [fault.code for fault in found] == ([code] if code else []), why


def test_every_reason_has_a_rule_and_only_lost_grounds_or_allowed_ones_are_usable():
    assert [rule.reason for rule in RULE.reasons] == list(WriteOffReason)
    usable = {rule.reason for rule in RULE.usable}
    assert usable == set(WriteOffReason) - {WriteOffReason.IRRECOVERABLE}
    forbidden = replace(RULE.reasons[0], loses_basis=False)
    assert not forbidden.is_usable


# Kroner and who must agree: kasse- og regnskabsregulativet; ØU over 20.000 kr. (Fredensborg 2015).
BANDS = [
    ("0,01", Approval.SECOND_PERSON),
    ("5000,00", Approval.SECOND_PERSON),
    ("5000,01", Approval.TEAM_LEADER),
    ("20000,00", Approval.TEAM_LEADER),
    ("20000,01", Approval.COMMITTEE),
    ("999999,99", Approval.COMMITTEE),
]


@pytest.mark.parametrize(("kroner", "approval"), BANDS)
def test_more_money_asks_for_more(kroner, approval):
    assert RULE.approval_of(Money(int(kroner.replace(",", "")))) is approval


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_larger_amount_never_asks_for_less(one, other):
    order = list(Approval)
    less, more = (RULE.approval_of(Money(ore)) for ore in sorted((one, other)))
    assert order.index(less) <= order.index(more)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("approval", Approval)
def test_who_may_agree(role, approval):
    may = {
        Role.SUPERVISOR: set(Approval),
        Role.CASEWORKER: {Approval.SECOND_PERSON},
    }.get(role, set())
    if approval in may:
        require_approval(Actor("x", role), approval)
        return
    with pytest.raises(NotAllowed):
        require_approval(Actor("x", role), approval)


@pytest.mark.parametrize(
    ("decision", "codes"),
    [
        (None, ["committee-date-missing", "committee-item-missing", "committee-document-missing"]),
        (CommitteeDecision(DAY, "Punkt 14", PAPER), []),
        (CommitteeDecision(DAY, "Punkt 14", journal="ØU 7"), []),
        (CommitteeDecision(DAY, " ", PAPER), ["committee-item-missing"]),
        (CommitteeDecision(DAY, "Punkt 14"), ["committee-document-missing"]),
        (CommitteeDecision(TODAY + timedelta(days=1), "4", PAPER), ["day-in-the-future"]),
    ],
)
def test_what_the_committee_decided_must_be_told_whole(decision, codes):
    assert [fault.code for fault in faults_of_committee(decision, TODAY)] == codes
