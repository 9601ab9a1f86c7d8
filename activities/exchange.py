"""Sends what is due to the recovery authority, and books what it tells."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import today
from domain.claim import Stage
from domain.ledger import EntryKind
from domain.money import Money
from domain.policy import Policy
from domain.record import News
from gateways.ports import ActionKind, NoticeKind, RecoveryAction, RecoveryAuthority, RecoveryNotice
from persistence import recovery
from persistence.accounts import Line, book_cover
from persistence.claim_facts import read_facts
from persistence.database import Database
from persistence.post import move_cursor, read_cursor

_BATCH = 100
_AUTHORITY = "recovery-authority"
_NEWS = {
    NoticeKind.IN_HEARING: News.IN_HEARING,
    NoticeKind.RETURNED: News.RETURNED,
    NoticeKind.SETTLED: News.SETTLED,
    NoticeKind.WRITTEN_OFF: News.WRITTEN_OFF,
}
_STAGES = {News.EXECUTED: Stage.RECOVERY, News.RETURNED: Stage.DIALOGUE}


class ExchangeActivities:
    def __init__(
        self, database: Database, policy: Policy, recovery_authority: RecoveryAuthority
    ) -> None:
        self._database, self._policy = database, policy
        self._authority = recovery_authority

    @activity.defn(name="exchange.submit-actions")
    @told_to_temporal
    async def submit_actions(self, now: datetime) -> int:
        """Send each claim's next action; the authority takes the same id once."""
        async with self._database.transaction() as connection:
            waiting = await recovery.waiting_actions(connection, _BATCH)
        for row in waiting:
            await self._authority.submit(self._action(row), now)
        if waiting:
            async with self._database.transaction() as connection:
                await recovery.mark_submitted(connection, [row.id for row in waiting], today(now))
        return len(waiting)

    def _action(self, row: Any) -> RecoveryAction:
        """With the master data the authority asks for (stamdata)."""
        claim_type = self._policy.claim_type(row.claim_type)
        return RecoveryAction(
            action_id=f"action-{row.id}",
            kind=ActionKind(row.kind),
            claim_reference=row.claim_id,
            payload={
                "amount_ore": row.amount_ore,
                "principal_ore": row.principal_ore,
                "claim_type": claim_type.recovery_code,
                "description": row.description,
                "period_start": row.period_start.isoformat(),
                "period_end": row.period_end.isoformat(),
                "origination_date": row.origination_date.isoformat(),
                "due_date": row.due_date.isoformat(),
                "last_timely_payment_date": row.last_timely_payment_date.isoformat(),
                "limitation_date": row.limitation_date.isoformat(),
                "reason": row.facts.get("reason"),
            },
        )

    @activity.defn(name="exchange.read-notices")
    @told_to_temporal
    async def read_notices(self, now: datetime) -> int:
        """Book what the authority has told since last time, each notice once."""
        async with self._database.transaction() as connection:
            after = await read_cursor(connection, _AUTHORITY)
        notices = await self._authority.notices(after, now)
        for notice in notices:
            async with self._database.transaction() as connection:
                if await self._keep(connection, notice):
                    await self._heed(connection, notice)
                await move_cursor(connection, _AUTHORITY, notice.number)
        return len(notices)

    @staticmethod
    async def _keep(connection: AsyncConnection, notice: RecoveryNotice) -> bool:
        return await recovery.keep_notice(
            connection,
            number=notice.number,
            claim_id=notice.claim_reference,
            kind=notice.kind.value,
            code=notice.code,
            text=notice.text,
            amount_ore=notice.amount_ore,
            noticed_on=notice.on,
        )

    async def _heed(self, connection: AsyncConnection, notice: RecoveryNotice) -> None:
        if notice.amount_ore:
            await self._book(connection, notice)
        news = _NEWS.get(notice.kind)
        if notice.kind in {NoticeKind.EXECUTED, NoticeKind.REJECTED} and notice.action_id:
            news = await self._answer(connection, notice.action_id, notice.kind)
        if news is None:
            return
        await recovery.tell_news(connection, notice.claim_reference, notice.number, news)
        if news in _STAGES:
            await recovery.move_to_stage(connection, notice.claim_reference, _STAGES[news])

    @staticmethod
    async def _answer(connection: AsyncConnection, action_id: str, kind: NoticeKind) -> News | None:
        """What an answered action means to the story: only its own claim's fate does."""
        action = int(action_id.removeprefix("action-"))
        asked = await recovery.settle_action(connection, action, kind.value)
        match asked, kind:
            case "create", NoticeKind.EXECUTED:
                return News.EXECUTED
            case "create", NoticeKind.REJECTED:
                return News.REJECTED
            case "recall", NoticeKind.EXECUTED:
                return News.RECALLED
            case _:
                return None

    async def _book(self, connection: AsyncConnection, notice: RecoveryNotice) -> None:
        """What the authority has recovered lessens the debt, as far as it reaches."""
        facts = await read_facts(connection, notice.claim_reference, notice.on)
        amount = min(Money(notice.amount_ore), facts.balance)
        if facts.claim["ending"] or amount <= Money(0):
            return
        line = Line(
            EntryKind.PAYMENT, -amount, notice.on, _AUTHORITY, "recovered", "GIL § 4",
            facts={"notice": notice.number},
        )  # fmt: skip
        await book_cover(connection, facts, self._policy, line, notice.on)
