"""Empties the tray: looks once more, writes, hands over, and reads what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.failures import told_to_temporal
from domain.authority import HOUSE
from domain.calendar import is_working_day, today, working_days_after, working_days_before
from domain.claim import Stage
from domain.deadlines import deadline_after
from domain.errors import GatewayRejected
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.money import Money
from domain.payment_reference import payment_line
from domain.policy import Policy
from gateways.ports import DigitalPost, PhysicalPost, PostMessage, PostOutcome, Recipient
from letters.catalogue import sentence
from letters.content import LetterContent, OwedLine
from letters.rendering import RenderedLetter, render
from persistence import post
from persistence.accounts import Line, book_cover
from persistence.booking import is_settled
from persistence.claim_facts import read_facts
from persistence.database import Database
from persistence.outbox import tell

_BATCH = 100
_DIGITAL, _PHYSICAL = "digital-post", "physical-post"


@dataclass(frozen=True, slots=True)
class Emptied:
    """What one round of the post room did."""

    sent: int = 0
    cancelled: int = 0
    held_back: int = 0


class PostRoomActivities:
    def __init__(
        self,
        database: Database,
        policy: Policy,
        digital_post: DigitalPost,
        physical_post: PhysicalPost,
    ) -> None:
        self._database, self._policy = database, policy
        self._gateways = {_DIGITAL: digital_post, _PHYSICAL: physical_post}

    @activity.defn(name="post-room.dispatch")
    @told_to_temporal
    async def dispatch(self, now: datetime) -> Emptied:
        """Send what may leave today. *now* is the town's time; on closing days nothing leaves.

        A letter is marked as sent after it was handed over: a kill in between is mended by
        handing the same message id over again, which the counterpart takes once.
        """
        on = today(now)
        emptied, after = Emptied(), 0
        while is_working_day(on):
            async with self._database.transaction() as connection:
                tray = await post.read_tray(connection, on, after, _BATCH)
            if not tray:
                break
            after = tray[-1].id
            emptied = await self._empty(tray, now, on, emptied)
        return emptied

    async def _empty(
        self, tray: Sequence[Any], now: datetime, on: date, so_far: Emptied
    ) -> Emptied:
        held = [row for row in tray if row.is_held]
        needless = [row for row in tray if not row.is_held and self._is_needless(row, on)]
        leaving = [row for row in tray if row not in held and row not in needless]
        sent = [await self._send(row, now, on) for row in leaving]
        async with self._database.transaction() as connection:
            for row in needless:
                await self._cancel(connection, row, on)
            await post.mark_sent(connection, [letter for letter in sent if letter], on)
        return Emptied(
            so_far.sent + len(sent),
            so_far.cancelled + len(needless),
            so_far.held_back + len(held),
        )

    def _is_needless(self, row: Any, on: date) -> bool:
        """Paid, withdrawn or ended since the story asked; the letter's own fee does not count."""
        if row.ending or row.is_withdrawn:
            return True
        if Stage(row.stage).is_with_the_collector or not Letter(row.letter).is_reminder:
            return False
        return is_settled(self._policy, row._mapping, Money(row.balance_ore - row.fee_ore), on)  # noqa: SLF001

    async def _cancel(self, connection: AsyncConnection, row: Any, on: date) -> None:
        """Not written, so not charged for either."""
        await post.cancel_letters(connection, [row.id])
        if not row.fee_ore or row.ending:
            return
        facts = await read_facts(connection, row.claim_id, on)
        fee = min(Money(row.fee_ore), facts.balance)
        if fee:
            line = Line(EntryKind.CORRECTION, -fee, on, HOUSE.id, "letter cancelled", "")
            await book_cover(connection, facts, self._policy, line, on)
        await tell(connection, f"claim-{row.claim_id}", "settled")

    async def _send(self, row: Any, now: datetime, on: date) -> post.SentLetter | None:
        is_late = on > row.planned_on
        deadline = max(row.deadline, deadline_after(on, row.days)) if is_late else row.deadline
        rendered = render(self._content(row, deadline))
        try:
            await self._gateways[row.channel].send(self._message(row, rendered), now)
        except GatewayRejected:
            await self._give_to_a_person([row.id], on)
            return None
        return post.SentLetter(
            row.id, row.subject, row.key, deadline, is_late,
            rendered.template, rendered.title, rendered.body, rendered.sha256,
        )  # fmt: skip

    @staticmethod
    def _message(row: Any, rendered: RenderedLetter) -> PostMessage:
        suffix = "-p" if row.channel == _PHYSICAL else ""
        return PostMessage(
            message_id=f"letter-{row.id}{suffix}",
            recipient=Recipient(row.national_id, row.name, tuple(row.address)),
            subject=rendered.title,
            body=rendered.body,
            is_legal_notification=Letter(row.letter).has_legal_effect,
        )

    def _content(self, row: Any, deadline: date) -> LetterContent:
        claim_type = self._policy.claim_type(row.claim_type)
        return LetterContent(
            letter=Letter(row.letter),
            name=row.name,
            address=tuple(row.address),
            claim_id=row.claim_id,
            claim_type=claim_type.name,
            description=row.description,
            legal_basis=claim_type.legal_basis,
            lines=tuple(
                OwedLine(sentence(f"owed-{kind}", "da"), Money(int(ore)))
                for kind, ore in row.owed or ()
            ),
            deadline=deadline,
            payment_line=payment_line(row.payment_reference, self._policy.creditor_number),
            municipality=self._policy.municipality,
            sender=self._policy.sender,
            phone=self._policy.phone,
            carries_transfer_notice=row.letter == row.transfer_notice_with,
        )

    @activity.defn(name="post-room.collect-receipts")
    @told_to_temporal
    async def collect_receipts(self, now: datetime) -> int:
        """Read what came of the letters: delivered, on by the other channel, or to a person."""
        on = today(now)
        read = 0
        for channel in (_DIGITAL, _PHYSICAL):
            read += await self._collect(channel, now, on)
        async with self._database.transaction() as connection:
            before = working_days_before(on, self._policy.receipt_days)
            due = working_days_after(on, self._policy.exception_days)
            await post.ask_about_unconfirmed(connection, before, on, due)
        return read

    async def _collect(self, channel: str, now: datetime, on: date) -> int:
        async with self._database.transaction() as connection:
            after = await post.read_cursor(connection, channel)
        receipts = await self._gateways[channel].receipts(after, now)
        if not receipts:
            return 0
        by_outcome: dict[PostOutcome, list[int]] = {outcome: [] for outcome in PostOutcome}
        for receipt in receipts:
            by_outcome[receipt.outcome].append(int(receipt.message_id.split("-")[1]))
        unreachable = by_outcome[PostOutcome.REFUSED] + by_outcome[PostOutcome.EXEMPT]
        async with self._database.transaction() as connection:
            await post.mark_delivered(connection, by_outcome[PostOutcome.DELIVERED], on)
            if channel == _DIGITAL:
                await post.redirect_to_physical_post(connection, unreachable)
            await post.move_cursor(connection, channel, receipts[-1].number)
        returned = by_outcome[PostOutcome.RETURNED] + (unreachable if channel == _PHYSICAL else [])
        await self._give_to_a_person(returned, on)
        return len(receipts)

    async def _give_to_a_person(self, ids: Sequence[int], on: date) -> None:
        due = working_days_after(on, self._policy.exception_days)
        async with self._database.transaction() as connection:
            await post.ask_about_undelivered(connection, ids, on, due)
