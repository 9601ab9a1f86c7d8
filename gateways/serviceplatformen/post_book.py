"""What we remember of letters handed to the platform, and of what it has told of them.

The platform itself answers no question on a letter, numbers no receipt, and may tell a thing twice.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import structlog

from gateways.journal import Body, Journal, Page
from gateways.ports import PostOutcome, PostReceipt
from gateways.serviceplatformen.account import DIGITAL_POST, Account
from gateways.serviceplatformen.statuses import Status, UnreadableStatus, read_status

_log = structlog.get_logger()
_BEGINNING = "numbers-begin-after"


class PostBook:
    """One for both kinds of post, for the queue is one. Safe with several processes."""

    def __init__(self, folder: Path, account: Account) -> None:
        self._journal = Journal(folder / "post-book.sqlite")
        self._account = account

    def begin(self, channel: str, message_id: str) -> bool:
        """Whether the letter is to be offered: not when the platform has it already.

        Written down before it leaves, for its receipt may be read by another process than ours.
        """
        with self._journal.open() as page:
            uuid = self._account.uuid_of(channel, message_id)
            page.note(uuid, {"channel": channel, "message_id": message_id})
            return not page.has_taken(_taken(channel, message_id))

    def accept(self, channel: str, message_id: str, now: datetime) -> None:
        with self._journal.open() as page:
            page.take(_taken(channel, message_id), now, {})

    def taken(self, channel: str, message_ids: Sequence[str]) -> list[str]:
        """Those of which the platform has said so: at once, or by telling anything of them."""
        with self._journal.open() as page:
            return [one for one in message_ids if page.has_taken(_taken(channel, one))]

    def tell(self, channel: str, message_id: str, outcome: PostOutcome, now: datetime) -> None:
        """What we know ourselves of a letter that was never handed over."""
        uuid = self._account.uuid_of(channel, message_id)
        with self._journal.open() as page:
            self._keep(page, Status(uuid, message_id, outcome, now))

    def keep(self, envelope: bytes) -> None:
        """Write down what the platform tells, once, however often it does."""
        with self._journal.open() as page:
            try:
                is_ours = self._keep(page, read_status(envelope))
            except UnreadableStatus:
                is_ours = False
            if not is_ours:
                _put_aside(page, envelope)

    def receipts(self, channel: str, after: int) -> list[PostReceipt]:
        """Those with a number above *after*, whichever process wrote them down."""
        with self._journal.open() as page:
            beginning = _beginning(page, after)
            return [
                _receipt(beginning + number, told)
                for number, told in page.told(after - beginning)
                if told["channel"] == channel
            ]

    def _keep(self, page: Page, status: Status) -> bool:
        """Whether it is told of a letter of ours."""
        letter = page.noted(status.uuid) or self._repeated(status)
        if letter is None:
            return False
        page.take(_taken(**letter), status.at, {})
        if status.outcome and _is_news(page, letter, status.outcome, status.at):
            told = {**letter, "outcome": status.outcome, "at": status.at.isoformat()}
            page.will_tell(status.at, told)
            page.tell_due(status.at)
        return True

    def _repeated(self, status: Status) -> Body | None:
        """The letter the platform names itself, should the book have been lost since."""
        letter = {"channel": DIGITAL_POST, "message_id": status.message_id}
        return letter if self._account.uuid_of(**letter) == status.uuid else None


def _is_news(page: Page, letter: Body, outcome: PostOutcome, at: datetime) -> bool:
    """What lies in a mailbox stays there; to be told of it afterwards means it was offered twice.

    A printed letter may come back after it was delivered.
    """
    of = f"{letter['channel']}-{letter['message_id']}"
    if letter["channel"] == DIGITAL_POST and page.has_taken(f"{PostOutcome.DELIVERED}-{of}"):
        return False
    return page.take(f"{outcome}-{of}", at, {})


def _put_aside(page: Page, envelope: bytes) -> None:
    """A queue that stopped at what we cannot read or place would keep back all behind it."""
    digest = sha256(envelope).hexdigest()
    page.note(f"put-aside-{digest}", {"envelope": b64encode(envelope).decode()})
    _log.error("a receipt that says nothing to us was put aside", digest=digest)


def _beginning(page: Page, after: int) -> int:
    """What is added to our numbers.

    Was more heeded than this book ever told, then another one was lost: all that stands in this
    one is told with numbers above *after*. It may be told again so, and is never taken for old.
    """
    beginning: int = (page.noted(_BEGINNING) or {"number": 0})["number"]
    if after > beginning + page.last_told():
        beginning = after
        page.note(_BEGINNING, {"number": beginning})
    return beginning


def _taken(channel: str, message_id: str) -> str:
    return f"taken-{channel}-{message_id}"


def _receipt(number: int, told: Body) -> PostReceipt:
    outcome, at = PostOutcome(told["outcome"]), datetime.fromisoformat(told["at"])
    return PostReceipt(number, told["message_id"], outcome, at)
