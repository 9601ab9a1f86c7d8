"""Sends what is due to the recovery authority, and reads what it tells."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.deliveries import AUTHORITY, check_delivery, delivery_of, moves_of
from activities.failures import told_to_temporal
from activities.silences import handing_over, noting_silence
from activities.tidings import Tidings
from domain.calendar import today, working_days_before
from domain.errors import GatewayRejected, GatewayUnavailable
from domain.policy import Policy
from domain.recovery.actions import ADDING, LESSENING, ActionKind
from domain.recovery.books import Movement
from gateways.ports import NoticeKind, RecoveryAuthority, RecoveryNotice
from persistence.database import Database
from persistence.post.arriving import move_cursor, read_cursor
from persistence.recovery import actions as recovery
from persistence.recovery.handing_over import lay_whole
from persistence.recovery.moves import ask_moves
from persistence.recovery.questions import ActionQuestion
from persistence.recovery.statements import is_statement_read, keep_statement

_BATCH = 100
_NOTICES_AT_ONCE = 500
_APART = 10**12  # between the numbers of two refusals of ours for one action


class ExchangeActivities:
    def __init__(
        self, database: Database, policy: Policy, recovery_authority: RecoveryAuthority
    ) -> None:
        self._database, self._policy = database, policy
        self._authority = recovery_authority
        self._tidings = Tidings(policy)

    @activity.defn(name="exchange.submit-actions")
    @told_to_temporal
    async def submit_actions(self, now: datetime) -> int:
        """Send each claim's next action; how many were answered for, 0 when none is left.

        An action is marked after it was sent; the authority takes the same id once.
        """
        on = today(now)
        async with self._database.transaction() as connection:
            await self._miss(connection, on)
            await recovery.sort_actions(connection, on)
            waiting = await self._prepare(connection, on)
        async with handing_over(self._database, AUTHORITY, now):
            await self._hand_over(waiting, now)
        return len(waiting)

    async def _hand_over(self, waiting: Sequence[RowMapping], now: datetime) -> None:
        """Raises GatewayUnavailable; what was taken before that is marked all the same."""
        submitted, is_down = await self._submit(waiting, now)
        async with self._database.transaction() as connection:
            await recovery.mark_submitted(connection, submitted, today(now))
        if is_down:
            raise GatewayUnavailable(AUTHORITY)

    async def _miss(self, connection: AsyncConnection, on: date) -> None:
        """Ask a person about actions that nobody has answered for too long."""
        before = working_days_before(on, self._policy.receipt_days)
        for row in await recovery.silent_actions(connection, before):
            question = ActionQuestion(row["claim_id"], row["id"], number=row["asked_by"])
            await self._tidings.ask_about_action(connection, question, on)

    async def _prepare(self, connection: AsyncConnection, on: date) -> Sequence[RowMapping]:
        """What each action sends is laid down first, so that a second try sends the same."""
        waiting = await recovery.waiting_actions(connection, _BATCH, on)
        fresh = {row["id"] for row in waiting if not row["facts"].get("laid")}
        if not fresh:
            return waiting
        for row in waiting:
            if row["id"] in fresh:
                await self._lay(connection, row, on)
        for row in await recovery.waiting_actions(connection, _BATCH, on):
            if row["id"] in fresh:
                await self._check(connection, row, on)
        await recovery.mark_laid(connection, sorted(fresh))
        return await recovery.waiting_actions(connection, _BATCH, on)

    async def _lay(self, connection: AsyncConnection, row: RowMapping, on: date) -> None:
        has_facts = bool(row["parts"]) and all(part["facts"] for part in row["parts"])
        if row["kind"] == ActionKind.CREATE and not has_facts:
            await lay_whole(connection, self._policy, row, on)
        elif row["kind"] in LESSENING | ADDING and not row["moves"]:
            kind = Movement.UP if row["kind"] in ADDING else Movement.DOWN
            await ask_moves(connection, row["claim_id"], row["id"], kind, moves_of(row))

    async def _check(self, connection: AsyncConnection, row: RowMapping, on: date) -> None:
        try:
            check_delivery(row, on)
        except GatewayRejected as rejected:
            await self._take_as_rejected(connection, row, rejected, on)

    async def _submit(self, waiting: Sequence[RowMapping], now: datetime) -> tuple[list[int], bool]:
        """The ids that were taken, and whether the authority has stopped answering."""
        submitted: list[int] = []
        for row in waiting:
            try:
                await self._authority.submit(delivery_of(row), now)
            except GatewayRejected as rejected:
                async with self._database.transaction() as connection:
                    await self._take_as_rejected(connection, row, rejected, today(now))
            except GatewayUnavailable:
                return submitted, True
            else:
                submitted.append(row["id"])
        return submitted, False

    async def _take_as_rejected(
        self, connection: AsyncConnection, row: RowMapping, rejected: GatewayRejected, on: date
    ) -> None:
        """A no on the spot is a notice like any other; its number cannot be one of theirs."""
        for number, reference in enumerate(_references(row)):
            notice = RecoveryNotice(
                -(row["id"] + number * _APART), f"action-{row['id']}", reference,
                NoticeKind.REJECTED, on, rejected.code, rejected.reason,
            )  # fmt: skip
            await self._tidings.take(connection, notice, on)
        await recovery.mark_refused(connection, row["id"])

    @activity.defn(name="exchange.read-notices")
    @told_to_temporal
    async def read_notices(self, now: datetime) -> int:
        """Heed what the authority has told since last time, each notice once; 0 when all is read.

        What a notice changes and how far we have read is one transaction.
        """
        async with self._database.transaction() as connection:
            after = await read_cursor(connection, AUTHORITY)
        async with noting_silence(self._database, AUTHORITY, now):
            notices = (await self._authority.notices(after, now))[:_NOTICES_AT_ONCE]
        for notice in notices:
            async with self._database.transaction() as connection:
                await self._heed(connection, notice, today(now))
        return len(notices)

    async def _heed(self, connection: AsyncConnection, notice: RecoveryNotice, on: date) -> None:
        read = await read_cursor(connection, AUTHORITY, is_locked=True)
        if notice.number <= read:
            return
        if notice.number > read + 1:
            await self._tidings.miss(connection, read + 1, notice.number - 1, on)
        await self._tidings.take(connection, notice, on)
        await move_cursor(connection, AUTHORITY, notice.number)

    @activity.defn(name="exchange.read-statement")
    @told_to_temporal
    async def read_statement(self, now: datetime) -> int:
        """The authority's books at the end of last month, once; how many lines were new."""
        on = today(now)
        until = on.replace(day=1) - timedelta(days=1)
        async with self._database.transaction() as connection:
            if await is_statement_read(connection, until):
                return 0
        lines = await self._authority.statement(until, now)
        async with self._database.transaction() as connection:
            await keep_statement(connection, until, on, [asdict(line) for line in lines])
        return len(lines)


def _references(row: RowMapping) -> list[str]:
    """The claims there that an action is about; its own name when it is about none."""
    if row["kind"] == ActionKind.CREATE:
        return [part["reference"] for part in row["parts"]]
    told = row["facts"].get("reference")
    found = [told] if told else [reference for reference, _ in row["moves"] or ()]
    main = [part["reference"] for part in row["parts"] or () if part["parent"] is None]
    return found or main[-1:] or [row["claim_id"]]
