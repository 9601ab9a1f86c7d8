"""What we send the authority is what it reads, and what nobody could mean is not read at all."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from domain.money import Money
from domain.recovery.actions import RULES, ActionKind, ActionReason
from domain.recovery.claim import Part, RecoveryClaim, RecoveryLiability
from gateways.ports import NoticeKind, RecoveryAction, RecoveryDelivery
from gateways.recovery_authority.messages_v1.deliveries import (
    Claimant,
    read_delivery,
    write_delivery,
)
from gateways.recovery_authority.messages_v1.elements import UnreadableMessage
from gateways.recovery_authority.messages_v1.notices import (
    Told,
    read_notice,
    read_told,
    write_told,
)
from tests.builders import CPR_NUMBERS

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUSE = Claimant("12345678", "1234")
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=20)
ORE = st.integers(0, 99_999_999_00).map(Money)


def liabilities():
    return st.builds(RecoveryLiability, st.integers(1, 2), DAYS, st.none() | DAYS, st.none() | DAYS)


def claims(parent=None):
    return st.builds(
        RecoveryClaim,
        reference=NAMES,
        part=st.just(Part.PRINCIPAL if parent is None else Part.INTEREST),
        type_code=st.just("KFDAINS" if parent is None else "REOPDAG"),
        principal=ORE,
        amount=ORE,
        description=NAMES | st.just(""),
        period_start=DAYS,
        period_end=DAYS,
        originated_on=DAYS,
        due_on=DAYS,
        last_timely_on=DAYS,
        liabilities=st.lists(
            liabilities(), min_size=1, max_size=2, unique_by=lambda one: one.debtor_id
        ).map(lambda found: tuple(sorted(found, key=lambda one: one.debtor_id))),
        parent=st.just(parent),
    )


@given(claims(), st.lists(claims("K-1"), max_size=2))
def test_a_new_claim_is_read_as_it_was_written(claim, related):
    ids = {1: CPR_NUMBERS[0], 2: "12345678"}
    action = RecoveryAction(
        ActionKind.CREATE, claim.reference, claim=claim, related=tuple(related), national_ids=ids
    )
    document = write_delivery(RecoveryDelivery("action-7", (action,)), HOUSE, NOW)
    [read] = read_delivery(document).actions
    assert (read.claim.reference, read.claim.amount) == (claim.reference, claim.amount)
    for before, after in zip((claim, *related), (read.claim, *read.related), strict=True):
        assert _without_debtors(after) == _without_debtors(before)
        assert _debtors(after, read.national_ids) == _debtors(before, ids)


def _without_debtors(claim):
    fields = (name for name in RecoveryClaim.__slots__ if name != "liabilities")
    return {name: getattr(claim, name) for name in fields}


def _debtors(claim, national_ids):
    return [
        (national_ids[one.debtor_id], one.limitation_date, one.judged_on, one.settled_on)
        for one in claim.liabilities
    ]


@pytest.mark.parametrize(
    "rule",
    [rule for rule in RULES if rule.kind not in {ActionKind.CREATE, ActionKind.RESEND}],
    ids=lambda rule: f"{rule.kind}-{rule.reason}",
)
def test_every_action_is_read_as_it_was_written_under_the_authoritys_name(rule):
    action = RecoveryAction(
        rule.kind,
        "2026-000123-4",
        rule.reason,
        12_345,
        date(2026, 3, 1),
        "action-3",
        "Sådan er det",
    )
    document = write_delivery(RecoveryDelivery("action-7", (action,)), HOUSE, NOW)
    assert read_delivery(document) == RecoveryDelivery("action-7", (action,))
    assert f"<MFAktionKode>{rule.code}</MFAktionKode>" in document.decode()


def test_the_elements_of_a_new_claim_stand_where_the_published_sample_has_them():
    claim = RecoveryClaim(
        "2026-000123", Part.PRINCIPAL, "KFDAINS", Money(100_00), Money(90_50), "Maja, plads 7",
        date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 1), date(2026, 1, 1), date(2026, 2, 1),
        (RecoveryLiability(5, date(2029, 1, 1)),),
    )  # fmt: skip
    action = RecoveryAction(
        ActionKind.CREATE, claim.reference, claim=claim, national_ids={5: CPR_NUMBERS[0]}
    )
    root = etree.fromstring(write_delivery(RecoveryDelivery("action-7", (action,)), HOUSE, NOW))
    told = {
        "/".join(
            etree.QName(one).localname for one in reversed([element, *element.iterancestors()])
        ): element.text
        for element in root.iter()
        if not len(element)
    }
    new = "MFFordringIndberet_I/FordringAktionSamling/FordringAktion/AktionValg/OpretFordringAktion"
    claim_at = f"{new}/MFOpretFordringStruktur"
    liable_at = f"{claim_at}/FordringHæftelseSamling/MFHæftelseStruktur"
    expected = {
        "MFFordringIndberet_I/MFLeveranceID": "action-7",
        "MFFordringIndberet_I/FordringhaverSystemIDStruktur/VirksomhedSENummer": "12345678",
        f"{claim_at}/DMIFordringFordringArtKode": "INDR",
        f"{claim_at}/DMIFordringTypeKode": "KFDAINS",
        f"{claim_at}/DMIFordringSRBDato": "2026-02-01",
        f"{claim_at}/FordringBeløbStruktur/DMIFordringBeløb": "90.50",
        f"{claim_at}/FordringOprindeligBeløbStruktur/EFIFordringOprindeligBeløb": "100.00",
        f"{claim_at}/FordringPeriodeStruktur/DMIFordringPeriodeFraDato": "2026-01-01",
        f"{liable_at}/MFKundeStruktur/Valg/PersonCPRNummer": CPR_NUMBERS[0],
        f"{liable_at}/HæftelseForældelseDato": "2029-01-01",
    }
    assert expected.items() <= told.items()


@given(
    st.builds(
        Told,
        st.sampled_from([NoticeKind.EXECUTED, NoticeKind.REJECTED, NoticeKind.IN_HEARING]),
        NAMES,
        DAYS,
        NAMES,
        st.none() | NAMES,
        NAMES,
    )
    | st.builds(
        Told,
        st.sampled_from([NoticeKind.PAID, NoticeKind.RETURNED, NoticeKind.INTEREST]),
        NAMES,
        DAYS,
        text=NAMES,
        ore=st.integers(0, 10**9),
    )
)
def test_what_the_authority_tells_is_read_as_it_told_it(told):
    assert read_told(write_told(told)) == told


def test_nothing_cut_off_is_taken_for_a_message():
    told = write_told(Told(NoticeKind.PAID, "K-1", date(2026, 3, 2), ore=500_00))
    for end in range(len(told) - 1):
        notice = read_notice(7, told[:end], date(2026, 3, 3))
        assert (notice.kind, notice.amount_ore) == (NoticeKind.UNREADABLE, 0)


@pytest.mark.parametrize(
    ("what", "instead", "where"),
    [
        (b"UDLIGNING", b"GAVE", "MFUnderretKode"),
        (b"2026-03-02", b"2026-13-02", "MFUnderretDato"),
        (b"500.00", b"500.005", "DMIFordringBel"),
        (b"500.00", b"-500.00", "DMIFordringBel"),
        (b"500.00", b"1e99", "DMIFordringBel"),
        (b"500.00", b"NaN", "DMIFordringBel"),
        (b"DKK", b"EUR", "ValutaKode"),
        (b">K-1<", b"> <", "DMIFordringFordringHaverRef"),
        (b"MFUnderretStruktur", b"Andet", "MFUnderretStruktur"),
    ],
)
def test_what_cannot_be_read_says_where_and_keeps_the_message(what, instead, where):
    told = write_told(Told(NoticeKind.PAID, "K-1", date(2026, 3, 2), ore=500_00))
    assert what in told
    broken = told.replace(what, instead)
    notice = read_notice(7, broken, date(2026, 3, 3))
    assert (notice.kind, notice.on) == (NoticeKind.UNREADABLE, date(2026, 3, 3))
    assert where in notice.text
    assert instead.decode() in notice.document


def test_a_message_can_make_us_read_nothing_else():
    told = write_told(Told(NoticeKind.PAID, "K-1", date(2026, 3, 2), text="TEXT"))
    head, _, body = told.partition(b"?>")
    bad = head + b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + body
    notice = read_notice(7, bad.replace(b"TEXT", b"&e;"), date(2026, 3, 3))
    assert notice.kind is NoticeKind.UNREADABLE


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        (b"TILBAGEKALD", b"FOLD"),
        (b"<MFAarsagKode>FEJL", b"<MFAarsagKode>HVAD"),
        (b"<MFAktionKode>TILBAGEKALD", b"<MFAktionKode>NEDSKRIV"),
    ],
)
def test_the_authority_refuses_what_is_no_action(what, instead):
    action = RecoveryAction(ActionKind.RECALL, "K-1", ActionReason.FEJL)
    document = write_delivery(RecoveryDelivery("action-7", (action,)), HOUSE, NOW)
    assert what in document
    with pytest.raises(UnreadableMessage):
        read_delivery(document.replace(what, instead, 1))
