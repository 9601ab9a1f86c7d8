"""What a letter is in Digital Post: a message in the format MeMo, version 1.2."""

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta

from python_serviceplatformen.models import message as memo

from domain.calendar import start_of
from domain.errors import GatewayRejected
from domain.money import Money
from gateways.ports import PaySlip, PostMessage
from gateways.serviceplatformen.account import DIGITAL_POST, Account
from gateways.serviceplatformen.texts import on_one_line

_LONGEST_TEXT = 256
_LONGEST_FILENAME = 100
_CASE_SYSTEM = "rettidig"
_KINDS = {10: "CPR", 8: "CVR"}
_NOT_IN_FILENAMES = re.compile(r'[\\/:*?"<>|]+')


def write_memo(message: PostMessage, account: Account, now: datetime) -> memo.Message:
    """Raises GatewayRejected for what Digital Post could never deliver."""
    if not message.document:
        raise GatewayRejected(DIGITAL_POST, "no-document", "a letter without a PDF")
    return memo.Message(
        messageHeader=_header(message, account),
        messageBody=memo.MessageBody(
            createdDateTime=now.astimezone(UTC), mainDocument=_document(message)
        ),
    )


def _header(message: PostMessage, account: Account) -> memo.MessageHeader:
    return memo.MessageHeader(
        messageType="DIGITALPOST",
        messageUUID=account.uuid_of(DIGITAL_POST, message.message_id),
        messageID=message.message_id,
        label=_text(message.subject),
        mandatory=False,
        legalNotification=message.is_legal_notification,
        postType="MYNDIGHEDSPOST",
        sender=memo.Sender(senderID=account.cvr, idType="CVR", label=_text(account.name)),
        recipient=_recipient(message),
        contentData=_content(message.case) if message.case else None,
    )


def _recipient(message: PostMessage) -> memo.Recipient:
    number = message.recipient.national_id
    if len(number) not in _KINDS:
        raise GatewayRejected(DIGITAL_POST, "no-recipient", "neither a CPR nor a CVR number")
    return memo.Recipient(
        recipientID=number, idType=_KINDS[len(number)], label=_text(message.recipient.name) or None
    )


def _content(case: str) -> memo.ContentData:
    return memo.ContentData(caseID=memo.CaseID(caseID=_text(case), caseSystem=_CASE_SYSTEM))


def _document(message: PostMessage) -> memo.MainDocument:
    return memo.MainDocument(
        mainDocumentID=message.message_id,
        label=_text(message.subject),
        files=(
            memo.File(
                encodingFormat="application/pdf",
                filename=_filename(message.subject),
                language=message.language,
                content=b64encode(message.document).decode(),
            ),
        ),
        actions=(_payment(message.slip),) if message.slip else None,
    )


def _payment(slip: PaySlip) -> memo.Action:
    """The recipient's mailbox says what to do in its own words; it is given sum, line and time.

    The last second of the day counts, so that no mailbox shows the day after it.
    """
    end = start_of(slip.pay_by + timedelta(days=1)) - timedelta(seconds=1)
    return memo.Action(
        label=_text(f"{Money(slip.amount_ore)} {slip.line}"),
        actionCode="BETALING",
        endDateTime=end.astimezone(UTC),
    )


def _filename(subject: str) -> str:
    name = on_one_line(_NOT_IN_FILENAMES.sub(" ", subject), _LONGEST_FILENAME)
    return f"{name or 'brev'}.pdf"


def _text(text: str) -> str:
    return on_one_line(text, _LONGEST_TEXT)
