"""Reads what is sent to the platform's two doors, and refuses what the platform would refuse."""

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass

from lxml import etree

from gateways.ports import PostMessage, Recipient
from gateways.serviceplatformen.elements import (
    UnreadableXml,
    all_named,
    name_of,
    read_xml,
    text_of,
)
from gateways.serviceplatformen.sandbox.shapes import MEMO, faults_of

_PDF = b"%PDF-"
_NUMBERS = {"CPR": re.compile("[0-9]{10}"), "CVR": re.compile("[0-9]{8}")}
_PRINT = "urn:oio:fjernprint:1.0.0"
_LONGEST = {"AfsendelseIdentifikator": 38, "PersonName": 130}
_LONGEST_LINE = 34
_NOBODY = "0000000000"


class Refused(Exception):
    """The platform would say no, with this code and reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True)
class Letter:
    """*message* is named by the number under which it was sent; *name* is its sender's own."""

    message: PostMessage
    name: str = ""


def read_memo(request: bytes, cvr: str) -> Letter:
    """*cvr* is whose token came along: nobody sends for somebody else."""
    message = _content_of(request, "Digital Post", f"{{{MEMO}}}Message")
    if faults := faults_of(message):
        raise Refused("memo", "; ".join(faults))
    if text_of(message, "senderID") != cvr:
        raise Refused("sender", "the sender is not who the token is for")
    number = text_of(message, "recipientID")
    [recipient] = all_named(message, "Recipient")
    if not _NUMBERS[text_of(recipient, "idType")].fullmatch(number):
        raise Refused("recipient", "the number is not of its kind")
    return Letter(_memo(message, recipient, number), text_of(message, "messageID"))


def _memo(message: etree._Element, recipient: etree._Element, number: str) -> PostMessage:
    [header] = all_named(message, "MessageHeader")
    return PostMessage(
        message_id=text_of(header, "messageUUID"),
        recipient=Recipient(number, text_of(recipient, "label")),
        subject=text_of(header, "label"),
        body=text_of(message, "filename"),
        is_legal_notification=text_of(header, "legalNotification") == "true",
        document=_document(text_of(message, "content")),
        language=text_of(message, "language"),
        case=text_of(message, "caseID"),
    )


def read_consignment(request: bytes) -> Letter:
    letter = _content_of(request, "Fysisk Post", f"{{{_PRINT}}}ForsendelseISamling")
    for name, longest in _LONGEST.items():
        if not 0 < len(text_of(letter, name)) <= longest:
            raise Refused("consignment", name)
    if text_of(letter, "CPRnummerIdentifikator") != _NOBODY:
        raise Refused("consignment", "CPRnummerIdentifikator")
    if not text_of(letter, "ForsendelseTypeIdentifikator").isdigit():
        raise Refused("consignment", "ForsendelseTypeIdentifikator")
    if not text_of(letter, "CountryIdentificationCode"):
        raise Refused("consignment", "CountryIdentificationCode")
    address = _address(letter)
    return Letter(
        PostMessage(
            message_id=text_of(letter, "AfsendelseIdentifikator"),
            # No number comes along, so whoever lives there is whom it is for.
            recipient=Recipient(", ".join(address), text_of(letter, "PersonName"), address),
            subject=text_of(letter, "TitelTekst"),
            body=text_of(letter, "FilformatNavn"),
            document=_document(text_of(letter, "MeddelelseIndholdData")),
        )
    )


def _address(letter: etree._Element) -> tuple[str, ...]:
    elements = next(all_named(letter, "ModtagerAdresse"), ())
    lines = tuple(one.text or "" for one in elements if name_of(one).startswith("PostalAddress"))
    if not lines or max(map(len, lines)) > _LONGEST_LINE:
        raise Refused("consignment", "PostalAddress")
    return lines


def _content_of(request: bytes, choice: str, tag: str) -> etree._Element:
    """The one thing a kombi_request holds beside the choice of post."""
    try:
        root = read_xml(request)
    except UnreadableXml:
        raise Refused("xml", "the request is not XML") from None
    chosen = root.findtext("KombiValgKode")
    content = root.find(tag)
    if root.tag != "kombi_request" or chosen != choice or content is None or len(root) != 2:  # noqa: PLR2004 - the choice and the letter
        raise Refused("request", f"not a kombi_request for {choice}")
    return content


def _document(text: str) -> bytes:
    try:
        document = b64decode(text, validate=True)
    except binascii.Error:
        raise Refused("document", "not base64") from None
    if not document.startswith(_PDF):
        raise Refused("document", "not a PDF")
    return document
