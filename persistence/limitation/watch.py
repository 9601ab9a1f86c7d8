"""What the nightly sweep does about limitation: who is asked, in time or when it is late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import add_months
from domain.decisions import OFFERS_A_DECISION
from domain.policy import Policy

# Once the recovery authority has received a claim the limitation is the authority's to watch. One
# that is on its way there, or in hearing, is ours, and so is its limitation.
_OURS = "c.ending is null and c.stage <> 'recovery'"

# The nearest step alone raises its task, and replaces those of the steps before it. A date that has
# moved is neared anew.
_NEAR = text(f"""
with opened as (
  insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, facts)
  select c.id, 'limitation-near-' || s.months || case when c.limitation_date = (
      select min(l.first_limitation_date) from liabilities l where l.claim_id = c.id)
      then '' else '-' || c.limitation_date end,
    c.id, 'limitation-near', 'open', c.department,
    :on, :due, jsonb_build_object('limitation_date', c.limitation_date)
  from claims c cross join lateral (
    select months from unnest(cast(:months as int[]), cast(:until as date[])) as s (months, until)
    where c.limitation_date <= s.until order by months limit 1) s
  where {_OURS} and c.limitation_date <= :last
  on conflict (subject, key) do nothing returning subject, key
), replaced as (
  update tasks t set state = 'cancelled' from opened o
  where t.subject = o.subject and t.kind = 'limitation-near' and t.state = 'open'
)
select count(*) from opened""")

# A task that was given an answer was before a person until then.
_UNOFFERED = text(f"""
with opened as (
  insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, facts)
  select c.id, 'limitation-unoffered-' || c.limitation_date, c.id, 'limitation-unoffered', 'open',
    c.department, :on, :due, jsonb_build_object('limitation_date', c.limitation_date)
  from claims c
  where {_OURS} and c.limitation_date <= cast(:on as date) + cast(:days as int)
    and not exists (
    select from tasks t left join decisions d on d.task_id = t.id
    where t.claim_id = c.id and t.kind = any(cast(:offers as text[]))
      and t.opened_on <= c.limitation_date - cast(:days as int)
      and (t.state = 'open' or greatest(t.opened_on,
          cast(d.decided_at at time zone 'Europe/Copenhagen' as date))
        > c.limitation_date - cast(:window as int)))
  on conflict (subject, key) do nothing returning subject
)
select count(*) from opened""")

_FAR_AGAIN = text("""
update tasks t set state = 'cancelled' from claims c
where c.id = t.claim_id and t.state = 'open'
  and t.kind in ('limitation-near', 'limitation-unoffered') and c.limitation_date > :last""")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many claims a person is newly asked about, and how many of them too late."""

    near: int
    unoffered: int


async def sweep_limitation(
    connection: AsyncConnection, policy: Policy, on: date, due_on: date
) -> Swept:
    """Ask about each claim near its limitation, and tell the supervisor what came too late."""
    steps = {months: add_months(on, months) for months in policy.limitation_alarm_months}
    last = max(steps.values())
    await connection.execute(_FAR_AGAIN, {"last": last})
    values = {
        "on": on,
        "due": due_on,
        "days": policy.limitation_offer_days,
        "window": (last - on).days,
        "offers": sorted(OFFERS_A_DECISION),
    }
    near = await open_limitation_tasks(connection, steps, on, due_on)
    unoffered = int((await connection.execute(_UNOFFERED, values)).scalar_one())
    return Swept(near, unoffered)


async def open_limitation_tasks(
    connection: AsyncConnection, steps: Mapping[int, date], on: date, due_on: date
) -> int:
    """One task a step for each claim near its limitation; how many are new.

    *steps*: by number of months before, the last limitation date that is so near.
    """
    values = {
        "months": list(steps),
        "until": list(steps.values()),
        "last": max(steps.values()),
        "on": on,
        "due": due_on,
    }
    return int((await connection.execute(_NEAR, values)).scalar_one())
