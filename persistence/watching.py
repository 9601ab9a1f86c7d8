"""What the daily watch looks for: claims near their limitation, and stories that missed a word."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import TaskKind
from persistence.models import Task
from persistence.outbox import tell

_NEAR = text("""
select id, department, limitation_date from claims
where ending is null and limitation_date <= :until and not exists (
  select from tasks t where t.subject = claims.id and t.key = :key) limit 500""")

# The facts say one thing and the story, by what it waits for, has not heard it; nothing about it
# is on its way either.
_UNHEARD = text("""
select 'claim-' || c.id as target, 'task_decided' as name, jsonb_build_object('task', t.key,
    'answer', jsonb_build_object('outcome', d.outcome, 'on', d.look_again_on,
      'agreement', d.agreement_id)) as payload
  from claims c join tasks t on t.subject = c.id and t.key = c.waiting_for
  join decisions d on d.task_id = t.id
  where c.ending is null and c.agreement_id is null and d.look_again_on is null
    and d.decided_at < :heard_by
union all
select 'claim-' || id, 'withdrawn', '{}'::jsonb from claims
  where ending is null and is_withdrawn and stage not in ('transfer', 'recovery')
union all
select 'claim-' || id, 'settled', '{}'::jsonb from claims
  where ending is null and balance_ore <= 0 and stage not in ('transfer', 'recovery')
union all
select 'claim-' || id, 'nudged', '{}'::jsonb from claims
  where ending is null and next_on < :overdue and not exists (select from holds h
    where h.claim_id = claims.id and h.released_on is null
      and (h.until is null or h.until >= :overdue))
union all
select 'agreement-' || g.id, 'instalments_covered', jsonb_build_object('covered', n.covered)
  from agreements g cross join lateral (select count(*) as covered, (select count(*)
    from instalments where agreement_id = g.id) as total from instalments i
    where i.agreement_id = g.id and i.total_ore <= g.paid_ore) n
  where g.state = 'active' and n.covered = n.total""").columns(payload=JSONB)


async def open_limitation_tasks(
    connection: AsyncConnection, until: date, months: int, on: date, due_on: date
) -> int:
    """One task for each claim whose limitation date is on *until* or before; returns how many."""
    key = f"{TaskKind.LIMITATION_NEAR}-{months}"
    near = (await connection.execute(_NEAR, {"until": until, "key": key})).all()
    for claim in near:
        values = {
            "subject": claim.id,
            "key": key,
            "claim_id": claim.id,
            "kind": TaskKind.LIMITATION_NEAR.value,
            "department": claim.department,
            "opened_on": on,
            "due_on": due_on,
            "facts": {"limitation_date": claim.limitation_date.isoformat()},
        }
        await connection.execute(insert(Task).values(values).on_conflict_do_nothing())
    return len(near)


async def unheard_messages(
    connection: AsyncConnection, heard_by: Any, overdue: date
) -> Sequence[Any]:
    """Messages that should have been heard by the moment *heard_by*, and were not."""
    values = {"heard_by": heard_by, "overdue": overdue}
    return (await connection.execute(_UNHEARD, values)).all()


async def tell_again(connection: AsyncConnection, messages: Sequence[Any]) -> int:
    """Handlers take a message twice without harm; one already on its way is not doubled."""
    pending = text("select target || name from outbox where delivered_at is null")
    on_its_way = set((await connection.execute(pending)).scalars())
    missing = [m for m in messages if m.target + m.name not in on_its_way]
    for message in missing:
        await tell(connection, message.target, message.name, message.payload)
    return len(missing)
