"""What waits for someone on a day, read for their digest; and what is escalated to who steers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import APPROVALS, Actor, Right, kinds_for, may
from domain.decisions import TaskKind
from domain.telling.digest import MOST_LINES, Digest, Escalation, Pile, StandIn, TaskLine
from persistence.files.notes import count_unseen
from persistence.people.substituting import people_behind
from persistence.post.stops import stops_in_force

_AWAKE = "t.state = 'open' and (t.snoozed_until is null or t.snoozed_until <= :on)"


def _pile(day: str, which: str, order: str) -> Any:
    """The first tasks, and on each how many there are in all."""
    return text(
        f"select t.id, t.kind, t.claim_id, t.{day} as day, count(*) over () as in_all "
        f"from tasks t where {_AWAKE} and {which} order by {order}, t.id limit {MOST_LINES}"
    )


_OVERDUE = _pile("due_on", "t.claimed_by = any(:holders) and t.due_on < :on", "t.due_on")
_ASKED = _pile("due_on", "t.claimed_by = :user and t.delegated_by is not null", "t.due_on")
_APPROVALS = _pile(
    "opened_on",
    "t.kind = any(:kinds) and t.asked_by is distinct from :user "
    "and (t.claimed_by is null or t.claimed_by = any(:holders))",
    "t.opened_on, t.balance_ore desc",
)
_STAND_INS = text("""
select a.name, s.until, (select count(*) from tasks t
    where t.claimed_by = s.absent and t.state = 'open') as tasks
from substitutions s join users a on a.id = s.absent
where s.substitute = :user and s.ended_at is null and :on between s.since and s.until
order by s.until, s.id""")
_PAUSED = text("""
select name from webhook_endpoints where state = 'paused' and paused_because is not null
order by id""")
_ESCALATED = text("""
select 'stop-' || id as key, 'post-stopped' as code, null::bigint as number, null as claim_id
from post_stops where released_at is null
union all
select 'task-' || id, kind, id, claim_id from tasks where state = 'open' and kind = :unoffered
order by 1""")


async def read_digest(connection: AsyncConnection, reader: Actor, on: date) -> Digest:
    """What waits for *reader* on the day, of their own and of those they stand in for."""
    holders = [reader.id, *await people_behind(connection, reader.id, on)]
    kinds = [kind.value for kind in kinds_for(reader) if kind in APPROVALS]
    values = {"user": reader.id, "holders": holders, "kinds": kinds, "on": on}
    rows = await connection.execute(_STAND_INS, {"user": reader.id, "on": on})
    steers = may(reader, Right.STEER)
    return Digest(
        day=on,
        overdue=await _read(connection, _OVERDUE, values),
        asked=await _read(connection, _ASKED, values),
        approvals=await _read(connection, _APPROVALS, values),
        mentions=await count_unseen(connection, reader.id),
        stand_ins=tuple(StandIn(*row) for row in rows),
        stops=len(await stops_in_force(connection)) if steers else 0,
        endpoints=await _paused(connection) if steers else (),
    )


async def _read(connection: AsyncConnection, found: Any, values: dict[str, Any]) -> Pile:
    rows = (await connection.execute(found, values)).all()
    first = (TaskLine(row.id, TaskKind(row.kind), row.claim_id, row.day) for row in rows)
    return Pile(rows[0].in_all, tuple(first)) if rows else Pile()


async def _paused(connection: AsyncConnection) -> tuple[str, ...]:
    return tuple((await connection.execute(_PAUSED)).scalars())


async def open_escalations(connection: AsyncConnection) -> Sequence[Escalation]:
    """The post that stands still, and claims that are lost because nobody offers them."""
    unoffered = {"unoffered": TaskKind.LIMITATION_UNOFFERED.value}
    rows = await connection.execute(_ESCALATED, unoffered)
    return [Escalation(*row) for row in rows]
