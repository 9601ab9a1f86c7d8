"""A postal counterpart as the real ones behave: accepts, and tells later what came of it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from domain.errors import GatewayRejected, GatewayUnavailable
from gateways.journal import Journal, Offer, share
from gateways.ports import PostMessage, PostOutcome, PostReceipt


@dataclass(frozen=True, slots=True)
class PostBehaviour:
    """Shares are from 0 to 1 and fall on a recipient always alike; minutes are the town's."""

    is_out: bool = False
    minutes_to_receipt: int = 10
    share_failing: float = 0.0
    failing_as: str = PostOutcome.EXEMPT.value
    share_lost: float = 0.0  # receipts that never come
    seed: int = 1


class PostSandbox:
    name = "post"

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / f"{self.name}.sqlite")

    async def send(self, message: PostMessage, now: datetime) -> None:
        behaviour = self.behaviour()
        if behaviour.is_out:
            raise GatewayUnavailable(self.name)
        if not message.body.strip():
            raise GatewayRejected(self.name, "empty", "a letter without text")
        if not self._journal.take(message.message_id, now, asdict(message)):
            return
        if share(behaviour.seed, f"lost-{message.message_id}") < behaviour.share_lost:
            return
        at = now + timedelta(minutes=behaviour.minutes_to_receipt)
        outcome = self._outcome(behaviour, message.recipient.national_id)
        receipt = {"message_id": message.message_id, "outcome": outcome, "at": at.isoformat()}
        self._journal.will_tell(at, receipt)

    async def receipts(self, after: int, now: datetime) -> list[PostReceipt]:
        if self.behaviour().is_out:
            raise GatewayUnavailable(self.name)
        return [
            PostReceipt(
                number,
                told["message_id"],
                PostOutcome(told["outcome"]),
                datetime.fromisoformat(told["at"]),
            )
            for number, told in self._journal.told(after, now)
        ]

    def _outcome(self, behaviour: PostBehaviour, national_id: str) -> str:
        if share(behaviour.seed, f"{self.name}-{national_id}") < behaviour.share_failing:
            return behaviour.failing_as
        return PostOutcome.DELIVERED.value

    def behave(self, behaviour: PostBehaviour) -> None:
        """From now on, in every process."""
        self._journal.note("behaviour", asdict(behaviour))

    def behaviour(self) -> PostBehaviour:
        return PostBehaviour(**(self._journal.noted("behaviour") or {}))

    def sent(self) -> list[Offer]:
        """All that arrived, and how often each was offered."""
        return self._journal.offers()
