"""What goes to the recovery authority, and what its answers change."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.record import News
from persistence.models import Claim, RecoveryAction, RecoveryNotice
from persistence.outbox import tell

# One action is under way at a time for each claim: the authority rejects a second (418).
_WAITING = text("""
select distinct on (a.claim_id) a.id, a.claim_id, a.kind, a.amount_ore, a.facts,
  c.claim_type, c.principal_ore, c.description, c.period_start, c.period_end,
  c.origination_date, c.due_date, c.last_timely_payment_date, c.limitation_date
from recovery_actions a join claims c on c.id = a.claim_id
where a.state = 'requested' and not exists (
  select from recovery_actions b where b.claim_id = a.claim_id and b.state = 'submitted')
order by a.claim_id, a.id limit :limit""")


async def waiting_actions(connection: AsyncConnection, limit: int) -> Sequence[Any]:
    return (await connection.execute(_WAITING, {"limit": limit})).all()


async def mark_submitted(connection: AsyncConnection, ids: Sequence[int], on: date) -> None:
    await connection.execute(
        update(RecoveryAction)
        .where(RecoveryAction.id.in_(ids), RecoveryAction.state == "requested")
        .values(state="submitted", submitted_on=on)
    )


async def settle_action(connection: AsyncConnection, action_id: int, state: str) -> str | None:
    """The authority has answered the action; returns its kind, None when it is not ours."""
    statement = (
        update(RecoveryAction)
        .where(RecoveryAction.id == action_id)
        .values(state=state)
        .returning(RecoveryAction.kind)
    )
    return (await connection.execute(statement)).scalar()


async def keep_notice(connection: AsyncConnection, **notice: Any) -> bool:
    """Whether the notice is new."""
    statement = insert(RecoveryNotice).values(notice).on_conflict_do_nothing()
    kept = await connection.execute(statement.returning(RecoveryNotice.number))
    return kept.first() is not None


async def tell_news(connection: AsyncConnection, claim_id: str, number: int, news: News) -> None:
    """Let the claim's story hear *news*, which came with the authority's notice *number*."""
    lock = select(Claim.id).where(Claim.id == claim_id).with_for_update(key_share=True)
    await connection.execute(lock)
    latest = select(func.coalesce(func.max(RecoveryNotice.story_number), 0)).where(
        RecoveryNotice.claim_id == claim_id
    )
    story_number = ((await connection.execute(latest)).scalar_one() or 0) + 1
    await connection.execute(
        update(RecoveryNotice)
        .where(RecoveryNotice.number == number)
        .values(story_number=story_number, kind=news.value)
    )
    payload = {"number": story_number, "kind": news.value}
    await tell(connection, f"claim-{claim_id}", "news_arrived", payload)


async def move_to_stage(connection: AsyncConnection, claim_id: str, stage: Stage) -> None:
    await connection.execute(
        update(Claim)
        .where(Claim.id == claim_id, Claim.ending.is_(None))
        .values(stage=stage.value, next_on=None)
    )
