"""A recovery authority that answers days later, rejects, hears, recovers, returns and settles.

What we say and what it says pass between the two as XML, signed; each side reads what it gets.
"""

import asyncio
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from domain.calendar import add_months, today
from domain.errors import GatewayRejected, GatewayUnavailable
from gateways.journal import Body, Journal, Offer, Page
from gateways.ports import (
    NoticeKind,
    RecoveryDelivery,
    RecoveryNotice,
    RecoveryStatementLine,
)
from gateways.recovery_authority.answering import Answer, say_again
from gateways.recovery_authority.behaviour import RecoveryBehaviour
from gateways.recovery_authority.messages_v1.deliveries import (
    Claimant,
    read_delivery,
    write_delivery,
)
from gateways.recovery_authority.messages_v1.elements import UnreadableMessage
from gateways.recovery_authority.messages_v1.notices import Told, read_notice, write_told
from gateways.recovery_authority.register import happen, statement
from gateways.recovery_authority.signing import SandboxSigner

_BEHAVIOUR = "behaviour"
_CLAIMANT = Claimant("12345678", "1234")
_UNREADABLE = "900"


class SandboxRecoveryAuthority:
    """What it will say of a claim is decided when it is said: the claim may be recalled before."""

    name = "recovery-authority"

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / f"{self.name}.sqlite")
        self._signer = SandboxSigner()

    async def submit(self, delivery: RecoveryDelivery, now: datetime) -> None:
        envelope = self._signer.sign(write_delivery(delivery, _CLAIMANT, now))
        await asyncio.to_thread(self.receive, envelope, now)

    async def notices(self, after: int, now: datetime) -> list[RecoveryNotice]:
        documents = await asyncio.to_thread(self._told, after, now)
        return [read_notice(number, document, today(now)) for number, document in documents]

    async def statement(self, until: date, now: datetime) -> list[RecoveryStatementLine]:
        return await asyncio.to_thread(self._statement, until, now)

    def receive(self, envelope: bytes, now: datetime) -> None:
        """The authority's own side. Taken together with its answers: no action is left without."""
        document, delivery = self._open(envelope)
        with self._journal.open() as page:
            behaviour = self._answering(page)
            if not page.take(delivery.delivery_id, now, {"document": document.decode()}):
                say_again(page, delivery.delivery_id, now)
                return
            page.tell_due(now, lambda event: happen(page, event))
            for action in delivery.actions:
                Answer(page, behaviour, delivery.delivery_id, action, now).give()

    def _open(self, envelope: bytes) -> tuple[bytes, RecoveryDelivery]:
        try:
            document = self._signer.opened(envelope)
            return document, read_delivery(document)
        except UnreadableMessage as unreadable:
            raise GatewayRejected(self.name, _UNREADABLE, str(unreadable)) from unreadable

    def _told(self, after: int, now: datetime) -> list[tuple[int, bytes]]:
        with self._journal.open() as page:
            kept = self._answering(page).months_kept
            page.tell_due(now, lambda event: happen(page, event))
            oldest = add_months(today(now), -kept).isoformat()
            told = [one for one in page.told(after) if one[1]["on"] >= oldest]
            return [(number, _document(body)) for number, body in told]

    def _statement(self, until: date, now: datetime) -> list[RecoveryStatementLine]:
        with self._journal.open() as page:
            self._answering(page)
            page.tell_due(now, lambda event: happen(page, event))
            return list(statement(page, until))

    def _answering(self, page: Page) -> RecoveryBehaviour:
        behaviour = _behaviour(page)
        if behaviour.is_out:
            raise GatewayUnavailable(self.name)
        return behaviour

    def behave(self, behaviour: RecoveryBehaviour) -> None:
        """From now on, in every process."""
        with self._journal.open() as page:
            page.note(_BEHAVIOUR, asdict(behaviour))

    def behaviour(self) -> RecoveryBehaviour:
        with self._journal.open() as page:
            return _behaviour(page)

    def sent(self) -> list[Offer]:
        """All deliveries that arrived, and how often each was offered."""
        with self._journal.open() as page:
            return page.offers()

    def deliveries(self) -> list[RecoveryDelivery]:
        """What arrived, as the authority reads it."""
        return [read_delivery(offer.body["document"].encode()) for offer in self.sent()]


def _behaviour(page: Page) -> RecoveryBehaviour:
    return RecoveryBehaviour(**(page.noted(_BEHAVIOUR) or {}))


def _document(told: Body) -> bytes:
    document = write_told(
        Told(
            NoticeKind(told["kind"]), told["claim"], date.fromisoformat(told["on"]),
            told["delivery"], told["code"], told["text"], told["ore"],
        )
    )  # fmt: skip
    return document[: len(document) // 2] if told.get("is_garbled") else document


__all__ = ["RecoveryBehaviour", "SandboxRecoveryAuthority"]
