"""How much a task weighs today: the parts of its priority that change with the day.

The others are kept by triggers, all by the weights in one table (`task_weights`).
"""

from datetime import date

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.models import TaskWeighing

_AT_ONCE = 10_000
_STANDING = select(TaskWeighing.weighed_on, TaskWeighing.reached)
_BEGIN = insert(TaskWeighing).values(id=1, weighed_on=bindparam("on")).on_conflict_do_nothing()
# Locked, so that two do not weigh the same; whoever finds it locked leaves it to the other.
_MINE = _STANDING.with_for_update(skip_locked=True)
_NOTED = text("update task_weighing set weighed_on = :on, reached = :reached")
# Days repeat: each is weighed once. Only what changes is locked, and a task somebody is busy with
# keeps yesterday's weight until its claim moves or another day comes. What a claim's trigger may
# have missed, because the task and the claim's change came at the same moment, is made good here.
_WEIGH = text("""
with here as materialized (
  select id from tasks where state = 'open' and id > :reached order by id limit :at_once
), told as materialized (
  select t.id, t.due_on, coalesce(c.balance_ore, t.balance_ore) as balance_ore,
    coalesce(c.stage, t.stage) as stage,
    coalesce(c.limitation_date, t.limitation_date) as limitation_date
  from here join tasks t using (id) left join claims c on c.id = t.claim_id
), late as materialized (
  select due_on, points_of('age', '', cast(:on as date) - due_on) as points
  from (select distinct due_on from told) d
), near as materialized (
  select limitation_date, points_of('limitation', '', cast(:on as date) - limitation_date) as points
  from (select distinct limitation_date from told) d
), stale as materialized (
  select told.*, late.points as age_points, near.points as limitation_points
  from told join late using (due_on) join near using (limitation_date) join tasks t using (id)
  where (t.age_points, t.limitation_points, t.balance_ore, t.stage, t.limitation_date)
    is distinct from (late.points, near.points, told.balance_ore, told.stage, told.limitation_date)
), held as materialized (
  select id from tasks where id in (select id from stale) and state = 'open'
  order by id for no key update skip locked
), weighed as (
  update tasks t set age_points = s.age_points, limitation_points = s.limitation_points,
    limitation_date = s.limitation_date, stage = s.stage, balance_ore = s.balance_ore,
    amount_points = case when s.balance_ore <> t.balance_ore
      then points_of('amount', '', s.balance_ore) else t.amount_points end
  from held join stale s using (id) where t.id = held.id
)
select max(id) as reached, count(*) as found from here""")


async def weigh(connection: AsyncConnection, on: date, at_once: int = _AT_ONCE) -> bool:
    """Weigh up to *at_once* tasks for the day *on*; whether all open ones are weighed now."""
    standing = (await connection.execute(_STANDING)).first()
    if standing and (standing.weighed_on, standing.reached is None) >= (on, True):
        return True
    if standing is None:
        await connection.execute(_BEGIN, {"on": date.min})
    mine = (await connection.execute(_MINE)).first()
    if mine is None:
        return False
    reached = (mine.reached or 0) if mine.weighed_on == on else 0
    values = {"on": on, "reached": reached, "at_once": at_once}
    found = (await connection.execute(_WEIGH, values)).one()
    is_done: bool = found.found < at_once
    await connection.execute(_NOTED, {"on": on, "reached": None if is_done else found.reached})
    return is_done
