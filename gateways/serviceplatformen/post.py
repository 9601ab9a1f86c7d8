"""Digital Post and physical post through KOMBIT's Serviceplatform (SF1601, SF1461)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from python_serviceplatformen.models.xml_util import (
    dataclass_to_xml,
)

from domain.errors import GatewayRejected
from gateways.digital_post.memo import write_memo
from gateways.physical_post.consignment import write_consignment
from gateways.ports import PostMessage, PostOutcome, PostReceipt
from gateways.serviceplatformen.account import DIGITAL_POST, PHYSICAL_POST, Account
from gateways.serviceplatformen.calls import Platform
from gateways.serviceplatformen.post_book import PostBook
from gateways.serviceplatformen.queue import empty_queue


class _Post:
    """What both kinds have in common. *folder* is where the post book is kept."""

    name: str

    def __init__(self, account: Account, folder: Path) -> None:
        self._account = account
        self._platform = Platform(account)
        self._book = PostBook(folder, account)

    async def send(self, message: PostMessage, now: datetime) -> None:
        """Accepted by the platform, which is not delivered; offered once it has been accepted."""
        if not message.body.strip():
            raise GatewayRejected(self.name, "empty", "a letter without text")
        await asyncio.to_thread(self._send, message, now)

    async def taken(self, message_ids: Sequence[str]) -> list[str]:
        """Those the platform has said it has, at once or by what it has told since.

        It cannot be asked. Of a letter whose answer we never heard and of which nothing was told,
        we say no: written anew, it gives its reader more time and never less.
        """
        return await asyncio.to_thread(self._taken, message_ids)

    async def receipts(self, after: int, now: datetime) -> list[PostReceipt]:
        """Numbered by ourselves, in the order in which they were first read."""
        return await asyncio.to_thread(self._receipts, after, now)

    def _send(self, message: PostMessage, now: datetime) -> None:
        request = self._write(message, now)
        if self._book.begin(self.name, message.message_id):
            self._hand_over(message, request, now)

    def _write(self, message: PostMessage, now: datetime) -> bytes:
        raise NotImplementedError

    def _hand_over(self, message: PostMessage, request: bytes, now: datetime) -> None:
        raise NotImplementedError

    def _taken(self, message_ids: Sequence[str]) -> list[str]:
        taken = self._book.taken(self.name, message_ids)
        if len(taken) < len(message_ids):
            empty_queue(self.name, self._account, None, self._book.keep)
            taken = self._book.taken(self.name, message_ids)
        return taken

    def _receipts(self, after: int, now: datetime) -> list[PostReceipt]:
        empty_queue(self.name, self._account, now, self._book.keep)
        return self._book.receipts(self.name, after)


class ServiceplatformenDigitalPost(_Post):
    name = DIGITAL_POST

    def _write(self, message: PostMessage, now: datetime) -> bytes:
        request = ET.Element("kombi_request")
        ET.SubElement(request, "KombiValgKode").text = "Digital Post"
        request.append(dataclass_to_xml(write_memo(message, self._account, now)))
        content: bytes = ET.tostring(request, encoding="utf-8")
        return content

    def _hand_over(self, message: PostMessage, request: bytes, now: datetime) -> None:
        """A letter to someone exempt stays here, and its receipt says why: it goes by post then."""
        if not self._platform.has_mailbox(self.name, message.recipient.national_id, now):
            self._book.tell(self.name, message.message_id, PostOutcome.EXEMPT, now)
            return
        self._platform.hand_over(self.name, "memos", request, now)
        self._book.accept(self.name, message.message_id, now)


class ServiceplatformenPhysicalPost(_Post):
    name = PHYSICAL_POST

    def _write(self, message: PostMessage, now: datetime) -> bytes:
        del now  # The letter itself bears its date.
        return write_consignment(message, self._account)

    def _hand_over(self, message: PostMessage, request: bytes, now: datetime) -> None:
        self._platform.hand_over(self.name, "kombi", request, now)
        self._book.accept(self.name, message.message_id, now)
