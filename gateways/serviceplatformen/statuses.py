"""What Beskedfordeleren (SF1461) tells of a letter: an envelope, and in it a PKO_PostStatus."""

import binascii
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from domain.calendar import COPENHAGEN
from gateways.ports import PostOutcome
from gateways.serviceplatformen.elements import UnreadableXml, all_named, read_xml, text_of

FAILED = "e225a75c-4b63-46c4-9423-77f5c8762445"  # Fejlet
RECEIVED_DIGITALLY = "eb866ca2-b871-4387-b501-12cde577bd58"  # Modtaget Digital Post
DELIVERED_DIGITALLY = "f7161a89-5068-4023-bc80-d7f4daad2a2e"  # Afleveret Digital Post
RECEIVED_BY_PRINTER = "dd98e71c-41ac-4305-a47b-8f86b00e639b"  # Modtaget Fjernprint
TAKEN_BY_THE_POST = "e94a0a8b-60a0-42ad-8b83-52c9e15d0fb3"  # Modtaget Post Danmark
NEWS_FROM_THE_POST = "f4e6eb11-0261-4198-8b5d-be92a9b1a35d"  # Opdatering fra Post Danmark
RECALLED = "f03904aa-df6e-417f-bd74-6a01a61adbcf"  # Tilbagekaldt

# All others, such as "ready" and "received", say only that the letter is on its way.
_OUTCOMES = {
    FAILED: PostOutcome.REFUSED,
    RECALLED: PostOutcome.REFUSED,
    DELIVERED_DIGITALLY: PostOutcome.DELIVERED,
    TAKEN_BY_THE_POST: PostOutcome.DELIVERED,
    # It also tells of new addresses and signatures, for neither of which we ask.
    NEWS_FROM_THE_POST: PostOutcome.RETURNED,
}


class UnreadableStatus(ValueError):
    """It is no envelope, holds no status, or does not say of which letter."""


@dataclass(frozen=True, slots=True)
class Status:
    """*uuid* is the number under which we sent the letter; no *outcome*: it is on its way.

    *message_id* is our own name of the letter, where the platform repeats it.
    """

    uuid: str
    message_id: str
    outcome: PostOutcome | None
    at: datetime


def read_status(envelope: bytes) -> Status:
    """Raises UnreadableStatus."""
    try:
        root = read_xml(envelope)
        status = read_xml(b64decode(text_of(root, "Base64"), validate=True))
        uuid = text_of(status, "MessageUUID") or text_of(status, "AfsendelseIdentifikator")
        at = datetime.fromisoformat(text_of(status, "TransaktionsDatoTid"))
    except (UnreadableXml, binascii.Error, ValueError):
        raise UnreadableStatus from None
    if not uuid:
        raise UnreadableStatus
    outcome = _OUTCOMES.get(_happening(root))
    if outcome is None and text_of(status, "FejlKode", "FejlTekst"):
        outcome = PostOutcome.REFUSED
    if at.tzinfo is None:
        at = at.replace(tzinfo=COPENHAGEN)
    return Status(uuid.lower(), text_of(status, "MessageId"), outcome, at)


def _happening(envelope: etree._Element) -> str:
    """What happened last, by the code that stays the same when its words are changed."""
    happenings = [
        text_of(one, "UUIDIdentifikator") for one in all_named(envelope, "ObjektHandling")
    ]
    return happenings[-1].lower() if happenings else ""
