"""What the authority tells: receipts of our actions (kvitteringer) and notices (underretninger).

The authority's sandbox writes them; we read them, and what we cannot read is told as unreadable
with the message itself, so that a person can.
"""

from dataclasses import dataclass
from datetime import date

from gateways.ports import NoticeKind, RecoveryNotice
from gateways.recovery_authority.messages_v1.elements import (
    Element,
    UnreadableMessage,
    add,
    add_money,
    begin,
    parsed,
    written,
)

_RECEIPT, _NOTICE = "MFKvitteringHent_O", "MFUnderretSamlingHent_O"
_STATUSES = {
    "MODTAGET": NoticeKind.TAKEN,
    "UDFOERT": NoticeKind.EXECUTED,
    "AFVIST": NoticeKind.REJECTED,
    "SAGSBEHANDL": NoticeKind.IN_HEARING,
}
_TIDINGS = {
    "UDLIGNING": NoticeKind.PAID,
    "UDLIGNINGTILBAGE": NoticeKind.REVERSED,
    "RENTER": NoticeKind.INTEREST,
    "AFREGNING": NoticeKind.PAYOUT,
    "AFSKRIVNING": NoticeKind.WRITTEN_OFF,
    "RETUR": NoticeKind.RETURNED,
    "FULDTDAEKKET": NoticeKind.SETTLED,
}
_CODE_OF = {kind: code for code, kind in (_STATUSES | _TIDINGS).items()}
_STATUS = ("FordringInfo", "FordringAktionStatusSamling", "MFAktionStruktur")
_REASON = ("AfvistÅrsagSamling", "AfvistÅrsag")
_AMOUNT = ("FordringBeløbStruktur", "DMIFordringBeløb")


@dataclass(frozen=True, slots=True)
class Told:
    """What one message says; a receipt has the *delivery* it answers."""

    kind: NoticeKind
    reference: str
    on: date
    delivery: str | None = None
    code: str | None = None
    text: str = ""
    ore: int = 0


def write_told(told: Told) -> bytes:
    return _write_receipt(told) if told.delivery else _write_notice(told)


def _write_receipt(told: Told) -> bytes:
    root = begin(_RECEIPT)
    add(root, "MFLeveranceID", told.delivery)
    status = root
    for name in _STATUS:
        status = add(status, name)
    add(status, "DMIFordringFordringHaverRef", told.reference)
    add(status, "MFAktionStatusKode", _CODE_OF[told.kind])
    add(status, "MFAktionStatusÆndretDato", told.on)
    if told.code or told.text:
        reason = add(add(status, _REASON[0]), _REASON[1])
        add(reason, "AfvistÅrsagKode", told.code)
        add(reason, "AfvistÅrsagTekst", told.text or None)
    return written(root)


def _write_notice(told: Told) -> bytes:
    root = begin(_NOTICE)
    notice = add(root, "MFUnderretStruktur")
    add(notice, "MFUnderretKode", _CODE_OF[told.kind])
    add(notice, "DMIFordringFordringHaverRef", told.reference or None)
    add(notice, "MFUnderretDato", told.on)
    add(notice, "MFUnderretTekst", told.text or None)
    if told.ore:
        add_money(notice, *_AMOUNT, told.ore)
    return written(root)


def read_notice(number: int, document: bytes, on: date) -> RecoveryNotice:
    """*on*: the day it is read, for a message that does not tell its own."""
    try:
        told = read_told(document)
    except UnreadableMessage as unreadable:
        return RecoveryNotice(
            number, None, "", NoticeKind.UNREADABLE, on, text=str(unreadable),
            document=document.decode("utf-8", "replace").replace("\0", "�"),
        )  # fmt: skip
    return RecoveryNotice(
        number, told.delivery, told.reference, told.kind, told.on, told.code, told.text, told.ore
    )


def read_told(document: bytes) -> Told:
    """Raises UnreadableMessage."""
    is_receipt = _RECEIPT.encode() in document[:1000]
    root = parsed(document, _RECEIPT if is_receipt else _NOTICE)
    return _receipt(root) if is_receipt else _notice(root.child("MFUnderretStruktur"))


def _receipt(root: Element) -> Told:
    status = root.child(*_STATUS)
    reason = status.maybe(*_REASON)
    return Told(
        _kind(status, "MFAktionStatusKode", _STATUSES),
        status.text("DMIFordringFordringHaverRef"),
        status.day("MFAktionStatusÆndretDato"),
        root.text("MFLeveranceID"),
        reason.text_or_none("AfvistÅrsagKode") if reason else None,
        (reason.text_or_none("AfvistÅrsagTekst") or "") if reason else "",
    )


def _notice(notice: Element) -> Told:
    kind = _kind(notice, "MFUnderretKode", _TIDINGS)
    is_of_all = kind is NoticeKind.PAYOUT
    reference = notice.text_or_none("DMIFordringFordringHaverRef")
    return Told(
        kind,
        (reference or "") if is_of_all else notice.text("DMIFordringFordringHaverRef"),
        notice.day("MFUnderretDato"),
        text=notice.text_or_none("MFUnderretTekst") or "",
        ore=notice.ore(*_AMOUNT) if notice.maybe(_AMOUNT[0]) else 0,
    )


def _kind(element: Element, name: str, kinds: dict[str, NoticeKind]) -> NoticeKind:
    code = element.text(name)
    if code not in kinds:
        raise UnreadableMessage(f"{element.path}/{name}", f"{code} is unknown")
    return kinds[code]
