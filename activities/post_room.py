"""Empties the tray: looks once more, writes, prints, and hands over; each letter once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.envelopes import Leaving, with_print
from activities.failures import told_to_temporal
from activities.letter_desk import LetterDesk, Prepared
from activities.silences import handing_over
from domain.calendar import COPENHAGEN, is_working_day, today, working_days_after
from domain.errors import GatewayRejected, GatewayUnavailable
from domain.policy import Policy
from gateways.ports import DigitalPost, PhysicalPost, RegisterEntry, Registers
from persistence.database import Database
from persistence.debtors import registers as debtors
from persistence.post import arriving as post
from persistence.post import documents as letter_documents
from persistence.post import log as letter_log
from persistence.post import stops as post_stops
from persistence.post import tray
from persistence.post.log import HELD_BACK, Happening
from persistence.post.origins import Origin, read_origins
from traces.carrying import resumed

_DEBTORS = 60
_AT_ONCE = 8
_ENOUGH = 3  # letters in a handful without an answer: the counterpart is away
_ONE_AT_A_TIME = text("select pg_try_advisory_xact_lock(hashtext('post-room'), hashtext(:channel))")


class Channel(StrEnum):
    DIGITAL_POST = "digital-post"
    PHYSICAL_POST = "physical-post"


@dataclass(frozen=True, slots=True)
class Emptied:
    """What came of a handful of letters; *goes_on_after* the last debtor when there are more."""

    sent: int = 0
    cancelled: int = 0
    held_back: int = 0
    goes_on_after: int | None = None


@dataclass(slots=True)
class _HandedOver:
    taken: list[Leaving] = field(default_factory=list)
    refused: list[Leaving] = field(default_factory=list)
    unprintable: list[Leaving] = field(default_factory=list)
    not_offered: list[Leaving] = field(default_factory=list)
    unanswered: list[Leaving] = field(default_factory=list)

    @property
    def is_down(self) -> bool:
        """One letter without an answer may be the letter's own fault."""
        return len(self.unanswered) >= _ENOUGH

    @property
    def is_in_vain(self) -> bool:
        return self.is_down or bool(self.unanswered and not self.taken)


class PostRoomActivities:
    def __init__(
        self,
        database: Database,
        policy: Policy,
        digital_post: DigitalPost,
        physical_post: PhysicalPost,
        registers: Registers,
        *,
        keeps_hours: bool = True,
    ) -> None:
        """*keeps_hours* is false for a town whose hours pass faster than letters can be handed
        over.
        """
        self._database, self._policy = database, policy
        self._desk, self._registers = LetterDesk(database, policy), registers
        self._keeps_hours = keeps_hours
        self._gateways = {
            Channel.DIGITAL_POST: digital_post,
            Channel.PHYSICAL_POST: physical_post,
        }

    @activity.defn(name="post-room.dispatch")
    @told_to_temporal
    async def dispatch(self, now: datetime, channel: Channel, after: int = 0) -> Emptied:
        """Send the letters of a handful of debtors, those after the debtor *after*.

        *now* is the town's time; outside the hours of the policy nothing leaves. A letter is
        marked as sent after it was handed over: when a kill comes in between, the counterpart
        tells us that it has it.
        """
        if not self._is_staffed(now):
            return Emptied()
        async with self._database.transaction() as turn:
            # One who was thought dead may still be at it: it has its turn to the end.
            if not (await turn.execute(_ONE_AT_A_TIME, {"channel": channel})).scalar():
                return Emptied()
            return await self._dispatch(now, channel, after)

    def _is_staffed(self, now: datetime) -> bool:
        rule, hour = self._policy.post_rule(today(now)), now.astimezone(COPENHAGEN).hour
        is_open = rule.opens_at_hour <= hour < rule.closes_at_hour
        return is_working_day(today(now)) and (is_open or not self._keeps_hours)

    async def _dispatch(self, now: datetime, channel: Channel, after: int) -> Emptied:
        async with self._database.transaction() as connection:
            if await self._is_stopped(connection, now):
                return Emptied()
        async with handing_over(self._database, channel, now):
            return await self._empty(now, channel, after)

    async def _empty(self, now: datetime, channel: Channel, after: int) -> Emptied:
        on = today(now)
        async with self._database.transaction() as connection:
            people = await tray.next_debtors(connection, channel, on, after, _DEBTORS)
            ids = [person["id"] for person in people]
            doubtful = await post.doubtful_letters(connection, channel, ids)
        taken = await self._gateways[channel].taken(list(doubtful)) if doubtful else []
        entries = await self._look_up([person["national_id"] for person in people], on)
        async with self._database.transaction() as connection:
            await debtors.heed_registers(connection, entries)
            handful = await tray.take_tray(connection, channel, on, ids)
            gone = {doubtful[message_id].id: message_id for message_id in taken}
            prepared = await self._desk.prepare(connection, handful, gone, now)
            ids_left = [one.id for one in (*prepared.left, *prepared.leaving)]
            origins = await read_origins(connection, ids_left)
        handed = await self._hand_over(channel, prepared, now, origins)
        async with self._database.transaction() as connection:
            await self._note(connection, prepared, handed, on)
        if handed.is_in_vain:
            raise GatewayUnavailable(channel)
        last = ids[-1] if len(ids) == _DEBTORS else None
        return Emptied(len(handed.taken), prepared.cancelled, prepared.held_back, last)

    async def _is_stopped(self, connection: AsyncConnection, now: datetime) -> bool:
        if await post_stops.stops_in_force(connection):
            return True
        rule = self._policy.post_rule(today(now))
        if await post_stops.brake_if_needed(connection, rule, today(now), now):
            return True
        return self._keeps_hours and await self._has_done_enough(connection, now)

    async def _has_done_enough(self, connection: AsyncConnection, now: datetime) -> bool:
        """Whether as many have left as may by this hour: the rest waits for the next."""
        rule, hour = self._policy.post_rule(today(now)), now.astimezone(COPENHAGEN).hour
        may_leave = (hour - rule.opens_at_hour + 1) * rule.letters_per_hour
        return await post.sent_on(connection, today(now)) >= may_leave

    async def _look_up(self, national_ids: Sequence[str], on: date) -> list[RegisterEntry]:
        found = [await self._registers.look_up(one, on) for one in national_ids]
        return [entry for entry in found if entry]

    async def _hand_over(
        self, channel: Channel, prepared: Prepared, now: datetime, origins: Mapping[int, Origin]
    ) -> _HandedOver:
        """Once the counterpart does not answer any more, the rest is not offered to it."""
        handed, places = _HandedOver(), asyncio.Semaphore(_AT_ONCE)

        async def offer(letter: Leaving) -> None:
            async with places:
                with resumed(origins.get(letter.id)):  # of the act that asked for it
                    await self._offer(channel, letter, now, handed)

        letters = (*prepared.left, *prepared.leaving)
        offers = [asyncio.create_task(offer(letter)) for letter in letters]
        try:
            await asyncio.gather(*offers)
        finally:  # nothing is handed over behind the back of one who has given up
            for one in offers:
                one.cancel()
            await asyncio.gather(*offers, return_exceptions=True)
        return handed

    async def _offer(
        self, channel: Channel, letter: Leaving, now: datetime, handed: _HandedOver
    ) -> None:
        if handed.is_down and letter.message:
            handed.not_offered.append(letter)
            return
        try:
            printed = await with_print(letter)
        except RuntimeError:
            handed.unprintable.append(letter)
            return
        try:
            if printed.message:
                await self._gateways[channel].send(printed.message, now)
            handed.taken.append(printed)
        except GatewayRejected:
            handed.refused.append(letter)
        except GatewayUnavailable:
            handed.unanswered.append(letter)

    async def _note(
        self, connection: AsyncConnection, prepared: Prepared, handed: _HandedOver, on: date
    ) -> None:
        """Claims before their letters, as everywhere, so that nobody waits in a circle."""
        await tray.tell_new_time(connection, [id_ for one in handed.taken for id_ in one.moved])
        sent = [id_ for letter in handed.taken for id_ in letter.members]
        await tray.mark_sent(connection, sent, on)
        prints = [letter.print for letter in handed.taken if letter.print]
        await letter_documents.keep_prints(connection, prints)
        unsent = [letter.id for letter in (*handed.not_offered, *handed.unprintable)]
        await letter_documents.drop_texts(connection, unsent)
        wrong = {**prepared.wrong, "refused": [letter.id for letter in handed.refused]}
        wrong["letter-not-printable"] = [letter.id for letter in handed.unprintable]
        due = working_days_after(on, self._policy.exception_days)
        for reason, ids in wrong.items():
            told = [Happening(id_, HELD_BACK, "faulty", {"code": reason}) for id_ in ids]
            await letter_log.log(connection, told, on)
            await post.ask_about_undelivered(connection, ids, reason, on, due)
