"""Sends what is due to the recovery authority, and books what it tells."""

from collections.abc import Sequence
from datetime import date, datetime

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import today, working_days_after, working_days_before
from domain.claim import Stage
from domain.errors import GatewayRejected, GatewayUnavailable
from domain.ledger import EntryKind
from domain.limitation import LimitationKind
from domain.money import NOTHING, Money
from domain.policy import Policy
from domain.record import News
from gateways.ports import ActionKind, NoticeKind, RecoveryAction, RecoveryAuthority, RecoveryNotice
from persistence import recovery
from persistence.accounts import Line, book_cover
from persistence.claim_facts import read_facts
from persistence.database import Database
from persistence.limitation import note_limitation
from persistence.post import move_cursor, read_cursor
from persistence.unplaced_money import ask_about_money

_log = structlog.get_logger()
_BATCH = 100
_NOTICES_AT_ONCE = 500
_LONGEST_DESCRIPTION = 100
_AUTHORITY = "recovery-authority"
_NEWS = {
    NoticeKind.RETURNED: News.RETURNED,
    NoticeKind.SETTLED: News.SETTLED,
    NoticeKind.WRITTEN_OFF: News.WRITTEN_OFF,
}
_ANSWERS = {NoticeKind.EXECUTED, NoticeKind.REJECTED, NoticeKind.IN_HEARING}
STAGES_AFTER = {
    News.EXECUTED: Stage.RECOVERY,
    News.REJECTED: Stage.ASSESSMENT,
    News.RETURNED: Stage.DIALOGUE,
    News.RECALLED: Stage.DIALOGUE,
}
_MOVES = {
    News.EXECUTED: LimitationKind.RECEIVED,
    News.RETURNED: LimitationKind.RETURNED,
    News.RECALLED: LimitationKind.RETURNED,
}
"""What begins or ends the authority's limitation; a claim in hearing has not been received."""


class ExchangeActivities:
    def __init__(
        self, database: Database, policy: Policy, recovery_authority: RecoveryAuthority
    ) -> None:
        self._database, self._policy = database, policy
        self._authority = recovery_authority

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
            waiting = await recovery.waiting_actions(connection, _BATCH)
        submitted, is_down = await self._submit(waiting, now)
        async with self._database.transaction() as connection:
            await recovery.mark_submitted(connection, submitted, on)
        if is_down:
            raise GatewayUnavailable(_AUTHORITY)
        return len(waiting)

    async def _miss(self, connection: AsyncConnection, on: date) -> None:
        """Ask a person about actions that nobody has answered for too long."""
        before = working_days_before(on, self._policy.receipt_days)
        for row in await recovery.silent_actions(connection, before):
            await self._ask_about_action(connection, row["claim_id"], row["id"], on)

    async def _submit(self, waiting: Sequence[RowMapping], now: datetime) -> tuple[list[int], bool]:
        """The ids that were taken, and whether the authority has stopped answering."""
        submitted: list[int] = []
        for row in waiting:
            try:
                await self._authority.submit(self._action(row), now)
            except GatewayRejected as rejected:
                await self._take_as_rejected(row, rejected, today(now))
            except GatewayUnavailable:
                return submitted, True
            else:
                submitted.append(row["id"])
        return submitted, False

    async def _take_as_rejected(self, row: RowMapping, rejected: GatewayRejected, on: date) -> None:
        """A no on the spot is a notice like any other; its number cannot be one of theirs."""
        notice = RecoveryNotice(
            -row["id"], f"action-{row['id']}", row["claim_id"], NoticeKind.REJECTED, on,
            rejected.code, rejected.reason,
        )  # fmt: skip
        async with self._database.transaction() as connection:
            await self._take(connection, notice, on)

    def _action(self, row: RowMapping) -> RecoveryAction:
        claim_type = self._policy.claim_type(row["claim_type"])
        dates = (
            "period_start", "period_end", "origination_date", "due_date",
            "last_timely_payment_date", "limitation_date",
        )  # fmt: skip
        payload: dict[str, str | int | None] = {
            "amount_ore": row["amount_ore"],
            "principal_ore": row["principal_ore"],
            "art": "INDR",
            "claim_type": claim_type.recovery_code,
            "description": row["description"][:_LONGEST_DESCRIPTION],
            "reason": row["facts"].get("reason") or ("INDB" if row["paid_on"] else None),
            "effective_on": row["paid_on"].isoformat() if row["paid_on"] else None,
        }
        payload |= {name: row[name].isoformat() for name in dates}
        for number, (national_id, limitation) in enumerate(row["debtors"], start=1):
            payload[f"debtor_{number}"] = national_id
            payload[f"limitation_{number}"] = limitation
        return RecoveryAction(
            f"action-{row['id']}", ActionKind(row["kind"]), row["claim_id"], payload
        )

    @activity.defn(name="exchange.read-notices")
    @told_to_temporal
    async def read_notices(self, now: datetime) -> int:
        """Heed what the authority has told since last time, each notice once; 0 when all is read.

        What a notice changes and how far we have read is one transaction.
        """
        async with self._database.transaction() as connection:
            after = await read_cursor(connection, _AUTHORITY)
        notices = (await self._authority.notices(after, now))[:_NOTICES_AT_ONCE]
        for notice in notices:
            async with self._database.transaction() as connection:
                if notice.number > await read_cursor(connection, _AUTHORITY, is_locked=True):
                    await self._take(connection, notice, today(now))
                    await move_cursor(connection, _AUTHORITY, notice.number)
        return len(notices)

    async def _take(self, connection: AsyncConnection, notice: RecoveryNotice, on: date) -> None:
        stage = await recovery.lock_claim(connection, notice.claim_reference)
        if stage is None:
            _log.warning("notice about an unknown claim", number=notice.number)
            await self._ask_about(connection, notice, None, Money(notice.amount_ore), on)
            return
        is_new = await recovery.keep_notice(
            connection,
            number=notice.number,
            claim_id=notice.claim_reference,
            kind=notice.kind.value,
            code=notice.code,
            text=notice.text,
            amount_ore=notice.amount_ore,
            noticed_on=notice.on,
        )
        if is_new:
            await self._heed(connection, notice, stage, on)

    async def _heed(
        self, connection: AsyncConnection, notice: RecoveryNotice, stage: Stage, on: date
    ) -> None:
        """A claim that is not with the authority has nothing more to hear from it."""
        claim_id, news = notice.claim_reference, _NEWS.get(notice.kind)
        await self._book(connection, notice, stage, on)
        if notice.kind in _ANSWERS:
            news = await self._answer(connection, notice, on)
        if news and stage.is_with_the_collector:
            await recovery.tell_news(connection, claim_id, notice.number, news)
            if kind := _MOVES.get(news):
                source = f"notice-{notice.number}"
                await note_limitation(connection, self._policy, claim_id, kind, notice.on, source)
            if news in STAGES_AFTER:
                await recovery.move_to_stage(connection, claim_id, STAGES_AFTER[news], on)

    async def _answer(
        self, connection: AsyncConnection, notice: RecoveryNotice, on: date
    ) -> News | None:
        """What an answered action means to the story: only its own claim's fate does."""
        _, _, number = (notice.action_id or "").partition("action-")
        if not number.isdecimal():
            return None
        kind = await recovery.answer_action(connection, int(number), notice.kind.value)
        match kind, notice.kind:
            case "create", _:
                return News(notice.kind.value)
            case "recall", NoticeKind.EXECUTED:
                return News.RECALLED
            case str(), NoticeKind.REJECTED:
                claim_id = notice.claim_reference
                await self._ask_about_action(connection, claim_id, int(number), on)
            case _:
                pass
        return None

    async def _book(
        self, connection: AsyncConnection, notice: RecoveryNotice, stage: Stage, on: date
    ) -> None:
        """What the authority has recovered lessens the debt, as far as it reaches."""
        if not notice.amount_ore:
            return
        facts = await read_facts(connection, notice.claim_reference, on)
        owed = facts.balance if stage.is_with_the_collector else NOTHING
        amount = max(min(Money(notice.amount_ore), owed), NOTHING)
        if amount:
            line = Line(
                EntryKind.PAYMENT, -amount, notice.on, _AUTHORITY, "recovered", "GIL § 4",
                facts={"notice": notice.number},
            )  # fmt: skip
            await book_cover(connection, facts, self._policy, line, on)
        rest = Money(notice.amount_ore) - amount
        await self._ask_about(connection, notice, notice.claim_reference, rest, on)

    async def _ask_about(
        self,
        connection: AsyncConnection,
        notice: RecoveryNotice,
        claim_id: str | None,
        unused: Money,
        on: date,
    ) -> None:
        """What the authority has recovered and no claim can take."""
        if unused > NOTHING:
            subject = f"notice-{notice.number}"
            await ask_about_money(
                connection, self._policy, subject, claim_id, unused, on, notice=notice.number
            )

    async def _ask_about_action(
        self, connection: AsyncConnection, claim_id: str, action_id: int, on: date
    ) -> None:
        due = working_days_after(on, self._policy.exception_days)
        await recovery.ask_about_action(connection, claim_id, action_id, on, due)
