"""One act asked for about many stories: how far it has come, and held, let go on or stopped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.executions.troubles import AT_ONCE, BatchState, StoryAct, Trouble
from persistence.columns import every
from persistence.executions.steps import require_reason
from persistence.executions.troubles import stories_troubled
from persistence.models import StoryBatch
from persistence.trail.audit import note

_FILL = text("""
insert into story_steps (story, act, reason, batch_id, state, asked_by, asked_at, attempts)
select story, :act, :reason, :batch, 'asked', :by, :now, 0
from unnest(cast(:stories as text[])) as story""")
_BATCHES = text(f"""
select {every(StoryBatch, "b")}, u.name as asked_by_name,
  count(*) as stories, count(*) filter (where s.state = 'done') as done,
  count(*) filter (where s.state = 'failed') as failed,
  count(*) filter (where s.state = 'asked') as waiting,
  count(*) filter (where s.state = 'dropped') as dropped
from story_batches b join users u on u.id = b.asked_by join story_steps s on s.batch_id = b.id
where cast(:batch as bigint) is null or b.id = :batch
group by b.id, u.name order by b.id desc limit :limit""")
_FAILED = text("""
select story, trouble, ended_at from story_steps
where batch_id = :batch and state = 'failed' order by id limit :limit""")
_LOCK = select(StoryBatch.state).with_for_update()
_MOVE = text("""
update story_batches set state = :state, ended_at = :ended where id = :batch""")
_DROP = text("""
update story_steps set state = 'dropped', ended_at = :now
where batch_id = :batch and state = 'asked'""")
_END = text("""
update story_batches b set state = 'done', ended_at = :now
where b.state = 'running'
  and not exists (select from story_steps s where s.batch_id = b.id and s.state = 'asked')""")
_FROM: dict[BatchState, frozenset[BatchState]] = {
    BatchState.RUNNING: frozenset({BatchState.PAUSED}),
    BatchState.PAUSED: frozenset({BatchState.RUNNING}),
    BatchState.STOPPED: frozenset({BatchState.RUNNING, BatchState.PAUSED}),
}
MOST_FAILED = 200
_LATEST = 20


async def ask_batch(
    connection: AsyncConnection,
    trouble: Trouble | None,
    act: StoryAct,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """The batch's number. Of all stories with *trouble*, those that stand still longest first.

    Raises NotAllowed; Invalid without a reason, and when there is none.
    """
    require(actor, Right.STEER)
    require_reason(reason)
    stories = await stories_troubled(connection, now, trouble, AT_ONCE)
    if not stories:
        raise Invalid(Fault("trouble", "batch-of-none"))
    number = await _write_down(connection, trouble, act, reason.strip(), actor, now)
    values: dict[str, Any] = {"act": act.value, "reason": reason.strip(), "batch": number}
    values |= {"by": actor.id, "now": now, "stories": list(stories)}
    await connection.execute(_FILL, values)
    told = {"reasons": reason.strip(), "stories": len(stories)}
    await note(connection, f"story-batch-{number}", actor.id, f"story-batch-{act}", **told)
    return number


async def _write_down(
    connection: AsyncConnection,
    trouble: Trouble | None,
    act: StoryAct,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    values = {"act": act.value, "reason": reason, "trouble": trouble, "asked_by": actor.id}
    made = insert(StoryBatch).values(values | {"asked_at": now}).returning(StoryBatch.id)
    return int((await connection.execute(made)).scalar_one())


async def move_batch(
    connection: AsyncConnection, number: int, to: BatchState, actor: Actor, now: datetime
) -> None:
    """Hold it, let it go on, or stop it for good: what has not been begun is dropped.

    Raises NotAllowed, NotFound; Conflict when it cannot come there any more.
    """
    require(actor, Right.STEER)
    state = await connection.scalar(_LOCK.where(StoryBatch.id == number))
    if state is None:
        raise NotFound("batch", number)
    if BatchState(state) not in _FROM.get(to, ()):
        raise Conflict(f"batch {number} is {state}")
    is_over = to is BatchState.STOPPED
    if is_over:
        await connection.execute(_DROP, {"batch": number, "now": now})
    values = {"batch": number, "state": to.value, "ended": now if is_over else None}
    await connection.execute(_MOVE, values)
    await note(connection, f"story-batch-{number}", actor.id, f"story-batch-{to}")


async def end_batches(connection: AsyncConnection, now: datetime) -> None:
    """Those of which every story is done or has failed."""
    await connection.execute(_END, {"now": now})


async def read_batch(
    connection: AsyncConnection, number: int
) -> tuple[RowMapping, Sequence[RowMapping]]:
    """How far it has come, and the stories that failed, `MOST_FAILED` at most. Raises NotFound."""
    row = (await connection.execute(_BATCHES, {"batch": number, "limit": 1})).mappings().first()
    if row is None:
        raise NotFound("batch", number)
    failed = await connection.execute(_FAILED, {"batch": number, "limit": MOST_FAILED})
    return row, failed.mappings().all()


async def latest_batches(connection: AsyncConnection) -> Sequence[RowMapping]:
    """The newest first."""
    values = {"batch": None, "limit": _LATEST}
    return (await connection.execute(_BATCHES, values)).mappings().all()
