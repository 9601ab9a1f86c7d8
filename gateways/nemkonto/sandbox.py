"""NemKonto that never leaves the machine: takes payouts, and tells days later what came of them."""

import asyncio
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from domain.calendar import today
from domain.errors import GatewayUnavailable
from gateways.journal import Body, Journal, Page, share
from gateways.ports import Payout, PayoutOutcome, PayoutReceipt

_BEHAVIOUR = "behaviour"
_NO_ACCOUNT = "ingen-nemkonto"


@dataclass(frozen=True, slots=True)
class NemKontoBehaviour:
    """*share_without* of all people, always the same ones, have no account to pay to."""

    is_out: bool = False
    days_to_receipt: int = 1
    share_without: float = 0.0
    seed: int = 1


class SandboxNemKonto:
    name = "nemkonto"

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / f"{self.name}.sqlite")

    async def pay(self, payout: Payout, now: datetime) -> None:
        await asyncio.to_thread(self._pay, payout, now)

    async def receipts(self, after: int, now: datetime) -> list[PayoutReceipt]:
        return await asyncio.to_thread(self._receipts, after, now)

    def _pay(self, payout: Payout, now: datetime) -> None:
        with self._journal.open() as page:
            behaviour = self._answering(page)
            if not page.take(payout.payout_id, now, asdict(payout)):
                return
            at = now + timedelta(days=behaviour.days_to_receipt)
            is_without = share(behaviour.seed, payout.national_id) < behaviour.share_without
            outcome = PayoutOutcome.REJECTED if is_without else PayoutOutcome.PAID
            told = {"payout_id": payout.payout_id, "outcome": outcome.value, "on": str(today(at))}
            page.will_tell(at, told | {"code": _NO_ACCOUNT if is_without else ""})

    def _receipts(self, after: int, now: datetime) -> list[PayoutReceipt]:
        with self._journal.open() as page:
            self._answering(page)
            page.tell_due(now)
            return [_receipt(number, told) for number, told in page.told(after)]

    def _answering(self, page: Page) -> NemKontoBehaviour:
        behaviour = NemKontoBehaviour(**(page.noted(_BEHAVIOUR) or {}))
        if behaviour.is_out:
            raise GatewayUnavailable(self.name)
        return behaviour

    def behave(self, behaviour: NemKontoBehaviour) -> None:
        """From now on, in every process."""
        with self._journal.open() as page:
            page.note(_BEHAVIOUR, asdict(behaviour))

    def paid(self) -> dict[str, Body]:
        """All payouts that arrived, by their id."""
        with self._journal.open() as page:
            return {offer.id: offer.body for offer in page.offers()}


def _receipt(number: int, told: Body) -> PayoutReceipt:
    on = date.fromisoformat(told["on"])
    return PayoutReceipt(
        number, told["payout_id"], PayoutOutcome(told["outcome"]), on, told["code"]
    )
