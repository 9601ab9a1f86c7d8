"""What stops the post: a brake that too many letters pull, and a button that a person presses."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE, Actor, Right, require
from domain.decisions import TaskKind
from domain.errors import Conflict, Fault, Invalid
from domain.house_rules import PostRoomRule
from persistence.models import PostForecast, PostStop
from persistence.trail.audit import note

BRAKE, BUTTON = "brake", "button"

# Letters about claims that came after the forecast were made known by the file they came in.
_VOLUME = text("""
select count(*) from letters l join claims c on c.id = l.claim_id
where l.planned_on = :day and l.state <> 'cancelled'
  and c.registered_on <= (cast(:made_at as timestamptz) at time zone 'Europe/Copenhagen')::date""")
_WAS_RELEASED = text("""
select exists (select from post_stops where kind = 'brake' and facts ->> 'day' = :day)""")
_ASK = text("""
insert into tasks (subject, key, kind, state, department, opened_on, due_on, facts)
values ('post-room', 'brake-' || :day, :kind, 'open', 'collection', :on, :on,
  jsonb_build_object('code', 'post-braked', 'day', cast(:day as text), 'foreseen',
    cast(:foreseen as int), 'volume', cast(:volume as int)))
on conflict do nothing""")
_ANSWERED = text("""
update tasks set state = 'cancelled' where kind = :kind and subject = 'post-room'
  and state = 'open'""")


async def stops_in_force(connection: AsyncConnection) -> Sequence[Any]:
    """Kind, reason, when and by whom, and what the brake saw; none when letters may leave."""
    found = select(PostStop).where(PostStop.released_at.is_(None)).order_by(PostStop.id)
    return (await connection.execute(found)).all()


async def stop_post(connection: AsyncConnection, reason: str, now: datetime, actor: Actor) -> None:
    """Nothing leaves until someone lets it. Raises Invalid without a reason."""
    require(actor, Right.WORK_ON_TASKS)
    if not reason.strip():
        raise Invalid(Fault("reason", "reasons-missing"))
    if not await _pull(connection, BUTTON, reason.strip(), now, actor.id, {}):
        raise Conflict("the post is stopped already")
    await note(connection, "post-room", actor.id, "post-stopped", reason=reason.strip())


async def release_post(connection: AsyncConnection, now: datetime, actor: Actor) -> None:
    """Let letters leave again, at the pace they always leave at. Raises Conflict."""
    require(actor, Right.STEER)
    free = (
        update(PostStop)
        .where(PostStop.released_at.is_(None))
        .values(released_at=now, released_by=actor.id)
    )
    if not (await connection.execute(free)).rowcount:
        raise Conflict("the post is not stopped")
    await connection.execute(_ANSWERED, {"kind": TaskKind.POST_STOPPED.value})
    await note(connection, "post-room", actor.id, "post-released")


async def keep_forecast(
    connection: AsyncConnection, day: date, letters: int, made_at: datetime
) -> None:
    """The first forecast of a day stands."""
    values = {"day": day, "letters": letters, "made_at": made_at}
    await connection.execute(insert(PostForecast).values(values).on_conflict_do_nothing())


async def read_forecast(connection: AsyncConnection, day: date) -> Any:
    found = select(PostForecast).where(PostForecast.day == day)
    return (await connection.execute(found)).first()


async def brake_if_needed(
    connection: AsyncConnection, rule: PostRoomRule, day: date, now: datetime
) -> bool:
    """Stop the post when more letters are to leave on *day* than anyone foresaw, once a day."""
    forecast = await read_forecast(connection, day)
    if forecast is None:
        return False
    values = {"day": day, "made_at": forecast.made_at}
    volume = int((await connection.execute(_VOLUME, values)).scalar_one())
    if volume <= most_letters(rule, forecast.letters):
        return False
    facts = {"day": day.isoformat(), "foreseen": forecast.letters, "volume": volume}
    if (await connection.execute(_WAS_RELEASED, {"day": day.isoformat()})).scalar():
        return False
    await _pull(connection, BRAKE, "more-than-foreseen", now, HOUSE.id, facts)
    await connection.execute(_ASK, {**facts, "on": day, "kind": TaskKind.POST_STOPPED.value})
    await note(connection, "post-room", HOUSE.id, "post-braked", **facts)
    return True


def most_letters(rule: PostRoomRule, foreseen: int) -> int:
    """How many may leave on a day for which so many were foreseen."""
    return max(rule.brake_from, foreseen * (100 + rule.brake_percent) // 100)


async def _pull(
    connection: AsyncConnection,
    kind: str,
    reason: str,
    now: datetime,
    by: str,
    facts: dict[str, Any],
) -> bool:
    """Whether it was not in force already."""
    values = {"kind": kind, "reason": reason, "stopped_at": now, "stopped_by": by, "facts": facts}
    pulled = insert(PostStop).values(values).on_conflict_do_nothing().returning(PostStop.id)
    return (await connection.execute(pulled)).first() is not None
