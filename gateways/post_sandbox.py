"""A postal counterpart as the real ones behave: accepts, and tells later what came of it."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from domain.errors import GatewayRejected, GatewayUnavailable
from gateways.journal import Body, Journal, Offer, Page, share
from gateways.ports import PostMessage, PostOutcome, PostReceipt

_BEHAVIOUR = "behaviour"


@dataclass(frozen=True, slots=True)
class PostBehaviour:
    """Shares are from 0 to 1 and fall on a recipient always alike; minutes are the town's."""

    is_out: bool = False
    minutes_to_receipt: int = 10
    minutes_more: int = 0  # at most; how many of them is the message's own
    share_failing: float = 0.0
    failing_as: str = ""  # "" is what this counterpart's failures usually are
    share_lost: float = 0.0  # receipts that never come
    seed: int = 1


class PostSandbox:
    name = "post"
    usual_failure = PostOutcome.REFUSED

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / f"{self.name}.sqlite")

    async def send(self, message: PostMessage, now: datetime) -> None:
        if not message.body.strip():
            raise GatewayRejected(self.name, "empty", "a letter without text")
        await asyncio.to_thread(self._accept, message, now)

    async def taken(self, message_ids: Sequence[str]) -> list[str]:
        return await asyncio.to_thread(self._taken, message_ids)

    async def receipts(self, after: int, now: datetime) -> list[PostReceipt]:
        return await asyncio.to_thread(self._receipts, after, now)

    def _accept(self, message: PostMessage, now: datetime) -> None:
        """Taken together with what will come of it, so that no message is left without."""
        with self._journal.open() as page:
            behaviour = self._answering(page)
            if not page.take(message.message_id, now, _seen(message)):
                return
            if share(behaviour.seed, f"lost-{message.message_id}") < behaviour.share_lost:
                return
            at = now + self._delay(behaviour, message.message_id)
            outcome = self._outcome(behaviour, message.recipient.national_id)
            receipt = {"message_id": message.message_id, "outcome": outcome, "at": at.isoformat()}
            page.will_tell(at, receipt)

    def _taken(self, message_ids: Sequence[str]) -> list[str]:
        with self._journal.open() as page:
            self._answering(page)
            return [one for one in message_ids if page.has_taken(one)]

    def _receipts(self, after: int, now: datetime) -> list[PostReceipt]:
        with self._journal.open() as page:
            self._answering(page)
            page.tell_due(now)
            return [_receipt(number, told) for number, told in page.told(after)]

    def _answering(self, page: Page) -> PostBehaviour:
        behaviour = _behaviour(page)
        if behaviour.is_out:
            raise GatewayUnavailable(self.name)
        return behaviour

    @staticmethod
    def _delay(behaviour: PostBehaviour, message_id: str) -> timedelta:
        more = share(behaviour.seed, f"delay-{message_id}") * behaviour.minutes_more
        return timedelta(minutes=behaviour.minutes_to_receipt + more)

    def _outcome(self, behaviour: PostBehaviour, national_id: str) -> str:
        if share(behaviour.seed, f"{self.name}-{national_id}") < behaviour.share_failing:
            return behaviour.failing_as or self.usual_failure.value
        return PostOutcome.DELIVERED.value

    def behave(self, behaviour: PostBehaviour) -> None:
        """From now on, in every process."""
        with self._journal.open() as page:
            page.note(_BEHAVIOUR, asdict(behaviour))

    def behaviour(self) -> PostBehaviour:
        with self._journal.open() as page:
            return _behaviour(page)

    def sent(self) -> list[Offer]:
        """All that arrived, and how often each was offered."""
        with self._journal.open() as page:
            return page.offers()


def _seen(message: PostMessage) -> Body:
    """What is remembered of a message; of its document only which one it was."""
    seen = asdict(replace(message, document=b"", slip=None))
    seen["document"] = hashlib.sha256(message.document).hexdigest() if message.document else None
    seen["slip"] = message.slip and message.slip.line
    return seen


def _behaviour(page: Page) -> PostBehaviour:
    return PostBehaviour(**(page.noted(_BEHAVIOUR) or {}))


def _receipt(number: int, told: Body) -> PostReceipt:
    return PostReceipt(
        number,
        told["message_id"],
        PostOutcome(told["outcome"]),
        datetime.fromisoformat(told["at"]),
    )
