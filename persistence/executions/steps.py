"""What was asked to be done about stories: written down here, carried out by the caretaker.

The tables are the queue: whoever is killed while at it leaves the step to be taken again, and each
act bears being done twice.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.errors import ClaimHasEnded, Conflict, Fault, Invalid, NotFound
from domain.executions.troubles import StepState, StoryAct
from persistence.columns import every
from persistence.executions.looks import ask_looks
from persistence.models import StoryStep
from persistence.trail.audit import note

_IS_ALIVE = text("""
select ending is null as is_alive, id as subject from claims where 'claim-' || id = :story
union all
select state = 'active', id from agreements where 'agreement-' || id = :story""")
_IS_ASKED = text("""
select 1 from story_steps where story = :story and act = :act and state = 'asked' limit 1""")
# Those of a batch only while it runs. What nobody has come back from is taken again.
_TAKE = text("""
update story_steps set taken_until = clock_timestamp() + cast(:minute as interval),
  attempts = attempts + 1
where id in (
  select s.id from story_steps s left join story_batches b on b.id = s.batch_id
  where s.state = 'asked' and (s.batch_id is null or b.state = 'running')
    and (s.taken_until is null or s.taken_until < clock_timestamp())
  order by s.batch_id is not null, s.id limit :limit for update of s skip locked)
returning id, story, act, batch_id""")
_PUT_OFF = text("""
update story_steps set trouble = :trouble,
  taken_until = clock_timestamp() + cast(:rest as interval)
where id = :step and state = 'asked'""")
_OF_STORY = text(f"""
select {every(StoryStep, "s")}, coalesce(u.name, s.asked_by) as asked_by_name from story_steps s
left join users u on u.id = s.asked_by
where s.story = :story and s.act <> 'look' order by s.id desc limit :limit""")
_OPEN_LOOK = text("""
select min(asked_at) from story_steps
where story = :story and act = 'look' and state = 'asked'""")
# Whose round the story waits for: the post room's, the exchange's.
_ROUNDS = text("""
select 'post-room' where exists (select from letters l where l.claim_id = :claim
  and l.state = 'requested' and l.planned_on <= :on)
union all
select 'exchange' where exists (select from recovery_actions a where a.claim_id = :claim
  and a.state = 'requested')""")
_TURN = timedelta(minutes=1)
_REST = timedelta(seconds=5)


async def ask_step(
    connection: AsyncConnection,
    story: str,
    act: StoryAct,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Have *act* done about one story; a look needs no reason.

    Raises NotAllowed, NotFound, ClaimHasEnded; Invalid without a reason; Conflict when the same was
    asked and is not done yet.
    """
    subject = await require_living(connection, story)
    if act is StoryAct.LOOK:
        await ask_looks(connection, [story], actor.id, now)
        return
    require(actor, Right.STEER)
    require_reason(reason)
    if await connection.scalar(_IS_ASKED, {"story": story, "act": act.value}):
        raise Conflict(f"{act} was asked of {story}")
    values: dict[str, Any] = {"story": story, "act": act.value, "reason": reason.strip()}
    values |= {"asked_by": actor.id, "asked_at": now}
    await connection.execute(insert(StoryStep), values)
    await note(connection, subject, actor.id, f"story-{act}", reasons=reason.strip())


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(Fault("reason", "reasons-missing"))


async def require_living(connection: AsyncConnection, story: str) -> str:
    """The claim's or the agreement's id. Raises NotFound, ClaimHasEnded."""
    row = (await connection.execute(_IS_ALIVE, {"story": story})).first()
    if row is None:
        raise NotFound("claim", story.partition("-")[2])
    if not row.is_alive:
        raise ClaimHasEnded(story)
    return str(row.subject)


async def take_steps(connection: AsyncConnection, limit: int) -> Sequence[RowMapping]:
    """Some that nobody is at, the single ones first; they are ours for a minute."""
    values = {"minute": _TURN, "limit": limit}
    return (await connection.execute(_TAKE, values)).mappings().all()


async def end_step(
    connection: AsyncConnection, step: int, now: datetime, trouble: str | None = None
) -> None:
    """Done; or failed by *trouble*, a word of the catalogue or the kind of the failure."""
    state = StepState.FAILED if trouble else StepState.DONE
    ended = update(StoryStep).where(StoryStep.id == step, StoryStep.state == "asked")
    await connection.execute(ended.values(state=state.value, ended_at=now, trouble=trouble))


async def put_off(connection: AsyncConnection, step: int, trouble: str) -> None:
    """Temporal or the database is away: again in a while."""
    await connection.execute(_PUT_OFF, {"step": step, "trouble": trouble, "rest": _REST})


async def steps_of(connection: AsyncConnection, story: str, limit: int) -> Sequence[RowMapping]:
    """What was asked to be done about it, the latest first."""
    values = {"story": story, "limit": limit}
    return (await connection.execute(_OF_STORY, values)).mappings().all()


async def open_look(connection: AsyncConnection, story: str) -> datetime | None:
    """Since when a look is asked for that has not come."""
    asked: datetime | None = await connection.scalar(_OPEN_LOOK, {"story": story})
    return asked


async def rounds_of(connection: AsyncConnection, story: str, on: date) -> Sequence[str]:
    """The rounds of the house that have something to do for the claim on the day *on*."""
    kind, _, subject = story.partition("-")
    if kind != "claim":
        return ()
    return (await connection.execute(_ROUNDS, {"claim": subject, "on": on})).scalars().all()
