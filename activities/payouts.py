"""Pays back what is to be paid back, and reads what came of it."""

from datetime import datetime

from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import is_working_day, today
from domain.policy import Policy
from gateways.ports import NemKonto, Payout, PayoutOutcome, PayoutReceipt
from persistence.database import Database
from persistence.money import refunding
from persistence.post.arriving import move_cursor, read_cursor

_AT_ONCE = 100
_NEMKONTO = "nemkonto"


class PayoutActivities:
    def __init__(self, database: Database, policy: Policy, nemkonto: NemKonto) -> None:
        self._database, self._policy, self._nemkonto = database, policy, nemkonto

    @activity.defn(name="payouts.send")
    @told_to_temporal
    async def send(self, now: datetime) -> int:
        """Send a handful of approved refunds; how many left, 0 when none is to leave now.

        They are booked as gone before they are sent, and marked after: the counterpart takes the
        same id once, whoever dies in between.
        """
        if not is_working_day(today(now)):
            return 0
        async with self._database.transaction() as connection:
            leaving = await refunding.let_leave(connection, today(now), _AT_ONCE)
        for row in leaving:
            payout = Payout(
                f"refund-{row['id']}", row["national_id"], row["amount_ore"],
                self._policy.municipality,
            )  # fmt: skip
            await self._nemkonto.pay(payout, now)
            async with self._database.transaction() as connection:
                await refunding.mark_sent(connection, row["id"])
        return len(leaving)

    @activity.defn(name="payouts.read-receipts")
    @told_to_temporal
    async def read_receipts(self, now: datetime) -> int:
        """Heed what NemKonto has told since last time, each receipt once; 0 when all is read."""
        async with self._database.transaction() as connection:
            after = await read_cursor(connection, _NEMKONTO)
        receipts = (await self._nemkonto.receipts(after, now))[:_AT_ONCE]
        for receipt in receipts:
            await self._heed(receipt, now)
        return len(receipts)

    async def _heed(self, receipt: PayoutReceipt, now: datetime) -> None:
        async with self._database.transaction() as connection:
            if receipt.number <= await read_cursor(connection, _NEMKONTO, is_locked=True):
                return
            _, _, number = receipt.payout_id.partition("refund-")
            is_paid = receipt.outcome is PayoutOutcome.PAID
            await refunding.note_receipt(
                connection, self._policy, int(number), today(now), is_paid=is_paid
            )
            await move_cursor(connection, _NEMKONTO, receipt.number)
