"""Which elements MeMo 1.2 has, in which order, and which of them it cannot do without."""

import re

from lxml import etree
from python_serviceplatformen.models.message import (
    NAME_SPACES,
)

from gateways.serviceplatformen.elements import name_of

MEMO: str = NAME_SPACES["memo"]
VERSION = "1.2"
_LONGEST_TEXT = 256
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_UUID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
)

# One that ends in ! must be there, one that ends in * may be there more than once.
_SHAPES = {
    "Message": "MessageHeader! MessageBody",
    "MessageHeader": (
        "messageType! messageUUID! messageID messageCode label! notification additionalNotification"
        " reply replyByDateTime doNotDeliverUntilDate mandatory legalNotification postType Sender!"
        " Recipient! ContentData ForwardData ReplyData*"
    ),
    "Sender": "senderID! idType! idTypeLabel label! AttentionData ContactPoint Representative",
    "Recipient": "recipientID! idType! idTypeLabel label AttentionData ContactPoint",
    "CaseID": "caseID! caseSystem!",
    "MessageBody": "createdDateTime! MainDocument! AdditionalDocument* TechnicalDocument*",
    "MainDocument": "mainDocumentID label File!* Action*",
    "File": "encodingFormat! filename! language! content!",
    "Action": "label! actionCode! startDateTime endDateTime Reservation EntryPoint",
    "EntryPoint": "url!",
}
_ORDERS = {name: [part.rstrip("!*") for part in shape.split()] for name, shape in _SHAPES.items()}
_VALUES = {
    "messageUUID": _UUID,
    "messageType": re.compile("DIGITALPOST"),
    "mandatory": re.compile("true|false"),
    "legalNotification": re.compile("true|false"),
    "createdDateTime": _TIME,
    "startDateTime": _TIME,
    "endDateTime": _TIME,
    "language": re.compile("[a-z]{2}"),
    "idType": re.compile("CPR|CVR"),
}


def faults_of(message: etree._Element) -> list[str]:
    """What is wrong with a memo, by element; nothing that its sender wrote is repeated."""
    if message.tag != f"{{{MEMO}}}Message":
        return ["Message: not in the namespace of MeMo"]
    found = [] if message.get("memoVersion") == VERSION else ["Message: memoVersion"]
    for element in message.iter(f"{{{MEMO}}}*"):
        found += _faults_of(element)
    return found


def _faults_of(element: etree._Element) -> list[str]:
    name = name_of(element)
    if len(element):
        return _misplaced(element, name) if name in _SHAPES else []
    text = element.text or ""
    is_wrong = name in _VALUES and not _VALUES[name].fullmatch(text)
    is_long = name != "content" and len(text) > _LONGEST_TEXT
    return [name] if is_wrong or is_long else []


def _misplaced(element: etree._Element, name: str) -> list[str]:
    children, order = [name_of(child) for child in element], _ORDERS[name]
    if unknown := [child for child in children if child not in order]:
        return [f"{name}: {child} is not part of it" for child in unknown]
    found = [] if children == sorted(children, key=order.index) else [f"{name}: order"]
    for part in _SHAPES[name].split():
        count = children.count(part.rstrip("!*"))
        if (count == 0 and "!" in part) or (count > 1 and "*" not in part):
            found.append(f"{name}: {count} {part.rstrip('!*')}")
    return found
