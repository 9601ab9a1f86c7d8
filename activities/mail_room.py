"""Mails to those who work here: laid down first, then sent, so that nobody gets two."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.failures import told_to_temporal
from domain.authority import Right, may
from domain.calendar import today
from domain.errors import GatewayUnavailable
from domain.telling.mail_wishes import MailKind, MailState, is_digest_time
from gateways.message_ports import Mail, MailAnswer, Mailer, MailOutcome
from letters.digests import CHOICES, MailText, write_digest, write_escalations
from persistence.database import Database
from persistence.telling import mails
from persistence.telling.digests import open_escalations, read_digest
from persistence.telling.mails import Reader, Written

_AT_ONCE = 50
_ENOUGH = 3  # mails in a handful without an answer: the server is away
_NO_ANSWER = MailAnswer(MailOutcome.PUT_OFF)
_ONE_AT_A_TIME = text("select pg_try_advisory_xact_lock(hashtext('mail-room'))")


class MailRoomActivities:
    """*mailer* None: no mail server is set up, and nobody is mailed. *pages*: where ours are."""

    def __init__(self, database: Database, mailer: Mailer | None, pages: str) -> None:
        self._database, self._mailer, self._pages = database, mailer, pages

    @activity.defn(name="mail-room.lay-down")
    @told_to_temporal
    async def lay_down(self, now: datetime) -> None:
        """Write the digests whose hour has come, and what is escalated, one person at a time."""
        if self._mailer is None:
            return
        async with self._database.transaction() as connection:
            readers = await mails.readers(connection, today(now))
        for reader in readers:
            async with self._database.transaction() as connection:
                if (await connection.execute(_ONE_AT_A_TIME)).scalar():
                    await self._lay_down(connection, reader, now)

    async def _lay_down(self, connection: AsyncConnection, reader: Reader, now: datetime) -> None:
        if reader.wish.is_told_at_once and may(reader.actor, Right.STEER):
            await self._escalate(connection, reader, now)
        if not reader.is_told and is_digest_time(reader.wish, now):
            digest = await read_digest(connection, reader.actor, today(now))
            words = None
            if not digest.is_empty:
                words = _kept(write_digest(digest, reader.wish.language, self._pages))
            await mails.lay_down(connection, reader, MailKind.DIGEST, words, now, today(now))

    async def _escalate(self, connection: AsyncConnection, reader: Reader, now: datetime) -> None:
        known = await mails.told_of(connection, reader.actor.id)
        new = [one for one in await open_escalations(connection) if one.key not in known]
        if new:
            words = _kept(write_escalations(new, reader.wish.language, self._pages))
            about = [one.key for one in new]
            await mails.lay_down(
                connection, reader, MailKind.ESCALATION, words, now, today(now), about
            )

    @activity.defn(name="mail-room.send")
    @told_to_temporal
    async def send(self, now: datetime) -> int:
        """Send a handful of those that wait; how many were settled, 0 when no more are due.

        One is marked after it was handed over: a kill in between sends it again, the same bytes
        under the same id, which a mailbox takes once.
        """
        if self._mailer is None:
            return 0
        async with self._database.transaction() as turn:
            if not (await turn.execute(_ONE_AT_A_TIME)).scalar():
                return 0
            return await self._send(self._mailer, now)

    async def _send(self, mailer: Mailer, now: datetime) -> int:
        async with self._database.transaction() as connection:
            rows = await mails.due_mails(connection, now, _AT_ONCE)
        unanswered = 0
        for row in rows:
            is_late = row["kind"] == MailKind.DIGEST and row["day"] < today(now)
            answer = None if is_late else await _offer(mailer, self._mail(row))
            async with self._database.transaction() as connection:
                await _note(connection, row, answer, now)
            unanswered += answer == _NO_ANSWER
            if unanswered == _ENOUGH:
                return 0
        return len(rows)

    def _mail(self, row: Any) -> Mail:
        return Mail(
            mail_id=f"mail-{row['id']}",
            address=row["address"],
            subject=row["subject"],
            plain=row["plain"],
            html=row["html"],
            unsubscribe=f"{self._pages}{CHOICES}",
            at=row["laid_at"],
        )


async def _offer(mailer: Mailer, mail: Mail) -> MailAnswer:
    try:
        return await mailer.send(mail)
    except GatewayUnavailable:
        return _NO_ANSWER


async def _note(
    connection: AsyncConnection, row: Any, answer: MailAnswer | None, now: datetime
) -> None:
    """*answer* None: the day it tells of is over."""
    match answer:
        case None:
            await mails.settle(connection, row["id"], MailState.GIVEN_UP, now, "mail-trouble-late")
        case MailAnswer(MailOutcome.TAKEN):
            await mails.settle(connection, row["id"], MailState.SENT, now)
        case MailAnswer(MailOutcome.REFUSED):
            trouble = "mail-trouble-refused"
            await mails.settle(connection, row["id"], MailState.REFUSED, now, trouble)
        case _:
            trouble = "mail-trouble-away" if answer == _NO_ANSWER else "mail-trouble-put-off"
            await mails.put_off(connection, row["id"], row["tries"], now, trouble)


def _kept(words: MailText) -> Written:
    return Written(words.subject, words.plain, words.html, words.sha256)
