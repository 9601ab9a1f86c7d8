"""Empties the tray: looks once more, writes, hands over, and reads what came of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import RowMapping as Row
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.envelopes import Leaving, kept_text, put_in_envelope, written_letter
from activities.failures import told_to_temporal
from activities.letter_contents import is_needless, unearned_fee, write_content
from domain.calendar import is_working_day, today, working_days_after, working_days_before
from domain.errors import GatewayRejected, GatewayUnavailable
from domain.letters import Letter
from domain.policy import Policy
from gateways.ports import DigitalPost, PhysicalPost, PostOutcome, PostReceipt
from letters.rendering import render
from persistence import post, tray
from persistence.database import Database
from persistence.outbox import tell
from persistence.statements import is_bank_awaited
from persistence.telling import is_settled
from persistence.unearned_fees import take_back_fee

_BATCH = 100
_RECEIPTS_AT_ONCE = 500


class Channel(StrEnum):
    DIGITAL_POST = "digital-post"
    PHYSICAL_POST = "physical-post"


@dataclass(frozen=True, slots=True)
class Emptied:
    """What came of a handful of letters; *goes_on_after* the last of them when there are more."""

    sent: int = 0
    cancelled: int = 0
    held_back: int = 0
    goes_on_after: int | None = None


@dataclass(frozen=True, slots=True)
class _HandedOver:
    taken: list[Leaving]
    refused: list[Leaving]
    not_offered: list[Leaving]
    is_down: bool


class PostRoomActivities:
    def __init__(
        self,
        database: Database,
        policy: Policy,
        digital_post: DigitalPost,
        physical_post: PhysicalPost,
    ) -> None:
        self._database, self._policy = database, policy
        self._gateways = {
            Channel.DIGITAL_POST: digital_post,
            Channel.PHYSICAL_POST: physical_post,
        }

    @activity.defn(name="post-room.dispatch")
    @told_to_temporal
    async def dispatch(self, now: datetime, channel: Channel, after: int = 0) -> Emptied:
        """Send a handful of letters. *now* is the town's time; on closing days nothing leaves.

        A letter is marked as sent after it was handed over: a kill in between is mended by
        handing the same message id over again, which the counterpart takes once.
        """
        on = today(now)
        if not is_working_day(on):
            return Emptied()
        gone = await self._find_gone(channel, on, after)
        async with self._database.transaction() as connection:
            handful = await tray.take_tray(connection, channel, on, after, _BATCH)
            waiting = await self._waiting(connection, handful, gone, now)
            leaving, cancelled = await self._prepare(connection, handful, gone, waiting, on)
        handed = await self._hand_over(channel, leaving, now)
        async with self._database.transaction() as connection:
            await self._note(connection, handed, on)
        if handed.is_down:
            raise GatewayUnavailable(channel)
        held = len(waiting) + sum(row["is_held"] for row in handful.letters)
        return Emptied(len(handed.taken), cancelled, held, handful.last)

    async def _waiting(
        self, connection: AsyncConnection, handful: tray.Tray, gone: set[int], now: datetime
    ) -> set[int]:
        """Letters that must not reach someone who has paid, while the bank has not told all."""
        pressing = {
            row["id"]
            for row in handful.letters
            if Letter(row["letter"]).presses and not row["is_held"] and row["id"] not in gone
        }
        is_awaited = pressing and await is_bank_awaited(connection, self._policy, now)
        return pressing if is_awaited else set()

    async def _find_gone(self, channel: Channel, on: date, after: int) -> set[int]:
        """Letters that left before a kill, as the counterpart says: their texts stand."""
        async with self._database.transaction() as connection:
            doubtful = await post.doubtful_letters(connection, channel, on, after, _BATCH)
        if not doubtful:
            return set()
        taken = await self._gateways[channel].taken(list(doubtful))
        return {doubtful[message_id].id for message_id in taken}

    async def _prepare(
        self,
        connection: AsyncConnection,
        handful: tray.Tray,
        gone: set[int],
        waiting: set[int],
        on: date,
    ) -> tuple[list[Leaving], int]:
        """Cancel what there is no reason to send any more, and write what may leave."""
        free = [row for row in handful.letters if not row["is_held"]]
        needless = [row for row in free if is_needless(self._policy, handful, row, on)]
        await self._cancel(connection, needless, on)
        written, leaving = [], []
        for row in free:
            if row in needless or row["id"] in waiting:
                continue
            content = write_content(self._policy, handful, row, on)
            kept = kept_text(row, content.deadline, has_left=row["id"] in gone)
            rendered = kept or render(content)
            if kept is None:
                written.append(written_letter(row, rendered, content.deadline))
            leaving.append(put_in_envelope(row, rendered, on))
        await tray.keep_texts(connection, written)
        return leaving, len(needless)

    async def _cancel(self, connection: AsyncConnection, needless: Sequence[Row], on: date) -> None:
        """Not sent, so not charged for either; which may be all that was still owed."""
        await tray.cancel_letters(connection, [row["id"] for row in needless])
        charged = {row["claim_id"]: row for row in needless if unearned_fee(row)}
        for claim_id, row in charged.items():
            rest = await take_back_fee(connection, self._policy, claim_id, row["fee"], on)
            if not row["is_withdrawn"] and is_settled(self._policy, row, rest, on):
                await tell(connection, f"claim-{claim_id}", "settled")

    async def _hand_over(
        self, channel: Channel, leaving: Sequence[Leaving], now: datetime
    ) -> _HandedOver:
        """Once the counterpart does not answer, the rest is not offered to it."""
        handed = _HandedOver([], [], [], is_down=False)
        for place, letter in enumerate(leaving):
            try:
                await self._gateways[channel].send(letter.message, now)
                handed.taken.append(letter)
            except GatewayRejected:
                handed.refused.append(letter)
            except GatewayUnavailable:
                rest = list(leaving[place + 1 :])
                return _HandedOver(handed.taken, handed.refused, rest, is_down=True)
        return handed

    async def _note(self, connection: AsyncConnection, handed: _HandedOver, on: date) -> None:
        """Claims before their letters, as everywhere, so that nobody waits in a circle."""
        await tray.tell_new_time(connection, [one.id for one in handed.taken if one.is_late])
        await tray.mark_sent(connection, [letter.id for letter in handed.taken], on)
        await tray.drop_texts(connection, [letter.id for letter in handed.not_offered])
        await self._ask(connection, [letter.id for letter in handed.refused], "refused", on)

    @activity.defn(name="post-room.collect-receipts")
    @told_to_temporal
    async def collect_receipts(self, now: datetime, channel: Channel) -> int:
        """Read what came of the letters: delivered, on by the other channel, or to a person."""
        async with self._database.transaction() as connection:
            after = await post.read_cursor(connection, channel)
        receipts = await self._gateways[channel].receipts(after, now)
        for start in range(0, len(receipts), _RECEIPTS_AT_ONCE):
            await self._heed(channel, receipts[start : start + _RECEIPTS_AT_ONCE], today(now))
        await self._miss(channel, today(now))
        return len(receipts)

    async def _heed(self, channel: Channel, receipts: Sequence[PostReceipt], on: date) -> None:
        """What they change and how far we have read is one transaction."""
        async with self._database.transaction() as connection:
            position = await post.read_cursor(connection, channel, is_locked=True)
            named = [post.letter_of(one.message_id) for one in receipts if one.number > position]
            letters = await post.expected_receipts(connection, {id_ for id_ in named if id_})
            days: dict[PostOutcome | None, dict[int, date]] = defaultdict(dict)
            for receipt in receipts:
                letter = letters.get(receipt.message_id)
                if letter and receipt.number > position:
                    days[_meaning(receipt, letter.state)][letter.id] = today(receipt.at)
            states = {letter.id: letter.state for letter in letters.values()}
            await self._mark_delivered(connection, days[PostOutcome.DELIVERED], states)
            await post.mark_left(connection, days[None])
            failed = [*days[PostOutcome.REFUSED], *days[PostOutcome.EXEMPT]]
            if channel is Channel.DIGITAL_POST:
                await post.turn_to_physical_post(connection, failed)
            else:
                await self._ask(connection, failed, "refused", on)
            await self._ask(connection, list(days[PostOutcome.RETURNED]), "returned", on)
            await post.move_cursor(connection, channel, max(position, receipts[-1].number))

    @staticmethod
    async def _mark_delivered(
        connection: AsyncConnection, days: dict[int, date], states: dict[int, str]
    ) -> None:
        expected = {id_: on for id_, on in days.items() if states[id_] == "dispatched"}
        await post.mark_delivered(connection, expected)
        lost = {"requested", "undelivered", "cancelled"}
        if found := {id_: on for id_, on in days.items() if states[id_] in lost}:
            await post.mark_found(connection, found)

    async def _miss(self, channel: Channel, on: date) -> None:
        """Letters of which nobody has told for too long."""
        before = working_days_before(on, self._policy.receipt_days)
        async with self._database.transaction() as connection:
            silent = await post.silent_letters(connection, channel, before, _RECEIPTS_AT_ONCE)
            await self._ask(connection, silent, "no-receipt", on)

    async def _ask(
        self, connection: AsyncConnection, ids: Sequence[int], reason: str, on: date
    ) -> None:
        due = working_days_after(on, self._policy.exception_days)
        await post.ask_about_undelivered(connection, ids, reason, on, due)


def _meaning(receipt: PostReceipt, state: str) -> PostOutcome | None:
    """None when a cancelled letter did not arrive: it is not sent another way."""
    is_needless = state == "cancelled" and receipt.outcome is not PostOutcome.DELIVERED
    return None if is_needless else receipt.outcome
