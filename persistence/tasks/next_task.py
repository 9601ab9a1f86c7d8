"""Which task a person goes on with, given to them alone."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.decisions import TaskKind
from persistence.trail.audit import note

# A debtor is known to who answered about them lately, among the last answers of all. Whoever meets
# a task, or a claim, that another is busy with goes on to the next one.
_CANDIDATES = text("""
with familiar as materialized (
  select distinct t.debtor_id from (select task_id from decisions where decided_by = :me
      and id > (select coalesce(max(id), 0) - 20000 from decisions)
    order by id desc limit 200) d
  join tasks t on t.id = d.task_id where t.debtor_id is not null
), known as (
  select 0 as place, t.id, t.claim_id, t.points from tasks t
  where t.state = 'open' and t.debtor_id in (select debtor_id from familiar)
    and t.claimed_by is null and t.kind = any(:kinds) and t.asked_by is distinct from :me
    and (t.snoozed_until is null or t.snoozed_until <= :today)
  order by t.points desc, t.id limit 10
), others as (
  select 1 as place, t.id, t.claim_id, t.points from tasks t
  where t.state = 'open' and t.claimed_by is null and t.kind = any(:kinds)
    and t.asked_by is distinct from :me
    and (t.snoozed_until is null or t.snoozed_until <= :today)
  order by t.points desc, t.id limit :many
)
select id, claim_id from (select * from known union all select * from others) c
order by place, points desc, id""")
_TAKE = text("""
with claim as (
  select id from claims where id = cast(:claim as text) for no key update skip locked
), free as (
  select id from tasks where id = :task and state = 'open' and claimed_by is null
    and (claim_id is null or exists (select from claim)) for no key update skip locked
)
update tasks t set claimed_by = :me, claimed_at = :now from free where t.id = free.id
returning t.subject""")
_OWN = text("""
select id from tasks where state = 'open' and claimed_by = :me and kind = any(:kinds)
  and asked_by is distinct from :me
  and (snoozed_until is null or snoozed_until <= :today)
order by points desc, id limit 1""")
_MANY = 60


async def take_next(
    connection: AsyncConnection,
    actor: Actor,
    kinds: Collection[TaskKind],
    now: datetime,
    on: date,
) -> int | None:
    """The task to go on with: one's own first, then of a debtor one knows, then the weightiest.

    What is taken is taken by one person alone.
    """
    wish = {"me": actor.id, "kinds": [kind.value for kind in kinds], "today": on}
    own = (await connection.execute(_OWN, wish)).scalar()
    if own is not None:
        return int(own)
    for task in (await connection.execute(_CANDIDATES, wish | {"many": _MANY})).all():
        values = {"task": task.id, "claim": task.claim_id, "me": actor.id, "now": now}
        if subject := (await connection.execute(_TAKE, values)).scalar():
            await note(connection, subject, actor.id, "task-claimed", task=task.id)
            return int(task.id)
    return None
