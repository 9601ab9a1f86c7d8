"""Reads what came of the letters: delivered, on by the other channel, or to a person."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.failures import told_to_temporal
from activities.post_room import Channel
from activities.silences import noting_silence
from domain.calendar import today, working_days_after, working_days_before
from domain.policy import Policy
from gateways.ports import DigitalPost, PhysicalPost, PostOutcome, PostReceipt
from persistence.database import Database
from persistence.post import arriving as post
from persistence.post import log as letter_log
from persistence.post.log import RECEIPT, Happening

_AT_ONCE = 500


class PostReceiptActivities:
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

    @activity.defn(name="post-room.collect-receipts")
    @told_to_temporal
    async def collect_receipts(self, now: datetime, channel: Channel) -> int:
        """Heed what the counterpart has told since we last read; returns how many it told."""
        async with self._database.transaction() as connection:
            after = await post.read_cursor(connection, channel)
        async with noting_silence(self._database, channel, now):
            receipts = await self._gateways[channel].receipts(after, now)
        for start in range(0, len(receipts), _AT_ONCE):
            await self._heed(channel, receipts[start : start + _AT_ONCE], today(now))
        await self._miss(channel, today(now))
        return len(receipts)

    async def _heed(self, channel: Channel, receipts: Sequence[PostReceipt], on: date) -> None:
        """What they change and how far we have read is one transaction."""
        async with self._database.transaction() as connection:
            position = await post.read_cursor(connection, channel, is_locked=True)
            named = [post.letter_of(one.message_id) for one in receipts if one.number > position]
            letters = await post.expected_receipts(connection, {id_ for id_ in named if id_})
            days: dict[PostOutcome | None, dict[int, date]] = defaultdict(dict)
            told = []
            for receipt in receipts:
                letter = letters.get(receipt.message_id)
                if letter and receipt.number > position:
                    days[_meaning(receipt, letter.state)][letter.id] = today(receipt.at)
                    told.append(_happening(letter.id, receipt))
            await letter_log.log(connection, told, on)
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
            silent = await post.silent_letters(connection, channel, before, _AT_ONCE)
            await self._ask(connection, silent, "no-receipt", on)

    async def _ask(
        self, connection: AsyncConnection, ids: Sequence[int], reason: str, on: date
    ) -> None:
        due = working_days_after(on, self._policy.exception_days)
        await post.ask_about_undelivered(connection, ids, reason, on, due)


def _happening(letter_id: int, receipt: PostReceipt) -> Happening:
    facts = {"message": receipt.message_id, "at": receipt.at.isoformat()}
    return Happening(letter_id, RECEIPT, receipt.outcome.value, facts)


def _meaning(receipt: PostReceipt, state: str) -> PostOutcome | None:
    """None when a cancelled letter did not arrive: it is not sent another way."""
    is_needless = state == "cancelled" and receipt.outcome is not PostOutcome.DELIVERED
    return None if is_needless else receipt.outcome
