"""Who has how much to do, what has waited longest, and what rests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.steering.flow import AGE_STEPS_DAYS
from persistence.steering.teams import IS_TASK_WITH, Team

LATELY = timedelta(days=30)
_OLDEST = 10
LONG, LONGER, _ = AGE_STEPS_DAYS
_AGES = {"long": LONG, "longer": LONGER}

# Of the tasks that lie open now: those of a team, where one is asked for.
_OPEN = f"""t.state = 'open' and (t.snoozed_until is null or t.snoozed_until <= :on)
  and (cast(:team as text) is null or {IS_TASK_WITH})"""
# Whoever works here, with nothing to do too; and one row for what nobody has taken.
_PEOPLE = text(f"""
with held as (
  select coalesce(t.claimed_by, '') as person, count(*) as open,
    count(*) filter (where t.due_on < :on) as overdue, min(t.opened_on) as oldest
  from tasks t where {_OPEN} group by 1
), done as (
  select decided_by as person, count(*) as decided from decisions
  where decided_at >= :since group by 1
)
select u.id as person, u.name, u.role, u.team, coalesce(h.open, 0) as open,
  coalesce(h.overdue, 0) as overdue, h.oldest, coalesce(d.decided, 0) as decided,
  (select a.name from substitutions s join users a on a.id = s.substitute
    where s.absent = u.id and s.ended_at is null and :on between s.since and s.until
    limit 1) as substitute
from (select id, name, role, team from users where role = any(:roles)
    and (cast(:team as text) is null or team = :team)
  union all select '', '', '', null) u
left join held h on h.person = u.id left join done d on d.person = u.id
order by u.id = '' desc, coalesce(h.open, 0) desc, u.name""")
_KINDS = text(f"""
select t.kind, count(*) as open, count(*) filter (where t.due_on < :on) as overdue,
  min(t.opened_on) as oldest, sum(t.balance_ore)::bigint as ore,
  max(t.balance_ore) as largest_ore,
  percentile_disc(0.5) within group (order by cast(:on as date) - t.opened_on) as median_days
from tasks t where {_OPEN} group by t.kind order by 3 desc, 2 desc, t.kind""")
_WAITING_LONGEST = text(f"""
select t.id, t.kind, t.claim_id, t.opened_on, t.due_on, u.name as holder
from tasks t left join users u on u.id = t.claimed_by
where {_OPEN} order by t.opened_on, t.id limit {_OLDEST}""")
_HOLDS = text("""
select h.reason, count(*) as claims, sum(c.balance_ore)::bigint as ore,
  min(h.since) as oldest,
  percentile_disc(0.5) within group (order by cast(:on as date) - h.since) as median_days,
  count(*) filter (where h.until < :on) as past,
  count(*) filter (where cast(:on as date) - h.since >= :long) as long,
  count(*) filter (where cast(:on as date) - h.since >= :longer) as longer
from holds h join claims c on c.id = h.claim_id
where h.released_on is null and c.ending is null
group by h.reason order by 2 desc, h.reason""")
_HELD = text("""
select h.id, h.claim_id, h.since, h.until, h.note, h.placed_by, c.balance_ore, c.claim_type,
  d.name as debtor_name
from holds h join claims c on c.id = h.claim_id join debtors d on d.id = c.debtor_id
where h.released_on is null and c.ending is null and h.reason = :reason
  and (h.since, h.id) > (cast(:day as date), :after)
order by h.since, h.id limit :limit""")
_ENQUIRIES = text(f"""
select count(*) as open, count(*) filter (where t.due_on < :on) as overdue,
  min(t.opened_on) as oldest
from tasks t where {_OPEN} and t.kind = 'enquiry'""")


@dataclass(frozen=True, slots=True)
class Workload:
    """*people*: nobody first, whose tasks anyone may take."""

    people: Sequence[RowMapping]
    kinds: Sequence[RowMapping]
    oldest: Sequence[RowMapping]
    holds: Sequence[RowMapping]
    enquiries: RowMapping


async def read_workload(
    connection: AsyncConnection, roles: Sequence[str], on: date, team: Team | None = None
) -> Workload:
    """Of tasks that lie open on the day *on*; what is put off is not counted.

    *team*: only its people, and the tasks that are with it. What rests is not narrowed.
    """
    asked: dict[str, Any] = {"on": on, "team": None, "types": []}
    if team is not None:
        asked |= {"team": team.name, "types": list(team.types)}
    people = await connection.execute(_PEOPLE, asked | {"since": on - LATELY, "roles": list(roles)})
    enquiries = await connection.execute(_ENQUIRIES, asked)
    return Workload(
        people.mappings().all(),
        (await connection.execute(_KINDS, asked)).mappings().all(),
        (await connection.execute(_WAITING_LONGEST, asked)).mappings().all(),
        (await connection.execute(_HOLDS, {"on": on} | _AGES)).mappings().all(),
        enquiries.mappings().one(),
    )


async def list_held(
    connection: AsyncConnection, reason: str, after: tuple[date, int] | None, limit: int
) -> Sequence[RowMapping]:
    """The claims that rest for *reason*, those that have rested longest first."""
    day, number = after or (date.min, 0)
    values = {"reason": reason, "day": day, "after": number, "limit": limit}
    return (await connection.execute(_HELD, values)).mappings().all()
