"""Which stories do not go on as they should, why, and since when.

What the tables tell is asked when somebody looks; what only Temporal knows is what the newest look
at the story found (`persistence/executions/looks.py`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import today, working_days_before
from domain.executions.troubles import Trouble

_TIME_TO_HEAR = timedelta(minutes=5)
_DAYS_LATE = 2  # working days: the same patience as the watch has before it tells stories again
_ORDER = json.dumps({trouble.value: number for number, trouble in enumerate(Trouble)})

# A letter that waits for its claim's hold waits rightly. When the outbox was written is real time;
# how long ago that was is the town's too, where its time is not hurried.
_FOUND = """
with held as (
  select claim_id from holds where released_on is null and (until is null or until >= :on)
), past as (
  select claim_id, since, least(released_on, until + 1) as ended from holds
  where least(released_on, until + 1) is not null
), tray as (
  select l.claim_id, l.channel, l.letter, l.planned_on, l.subject from letters l
  where l.state = 'requested' and l.planned_on <= :on
    and l.claim_id not in (select claim_id from held)
), stop as (
  select min(stopped_at) as since from post_stops where released_at is null
), actions as (
  select distinct on (a.claim_id) a.claim_id, a.kind, a.requested_on from recovery_actions a
  where a.state = 'requested' and not exists (select from recovery_actions b
    where b.claim_id = a.claim_id and b.state in ('submitted', 'in-hearing'))
  order by a.claim_id, a.id
), found (trouble, story, since, facts) as (
  select k.trouble, k.story, k.troubled_since, k.facts from story_looks k
  where k.trouble is not null
  union all
  select 'message', o.target, cast(:now as timestamptz) - (clock_timestamp() - min(o.created_at)),
    jsonb_build_object('messages', count(*), 'attempts', max(o.attempts),
      'failure', max(o.trouble))
  from outbox o where o.delivered_at is null
    and coalesce(o.not_before, o.created_at) < clock_timestamp() - cast(:patience as interval)
    and (o.target like 'claim-%' or o.target like 'agreement-%')
  group by o.target
  union all
  select 'overdue', 'claim-' || c.id, cast(c.next_on + 1 as timestamp) at time zone :zone,
    jsonb_build_object('waiting_for', c.waiting_for, 'next_on', c.next_on)
  from claims c where c.ending is null and c.next_on < :overdue
    and c.id not in (select claim_id from held)
    and c.next_on + coalesce((select sum(p.ended - p.since) from past p
      where p.claim_id = c.id and p.since <= c.next_on), 0)::int < :overdue
    and not exists (select from letters l where l.subject = c.id and l.key = c.waiting_for
      and l.state in ('requested', 'undelivered'))
  union all
  select 'gateway', 'claim-' || t.claim_id, max(s.since),
    jsonb_build_object('gateway', s.gateway, 'letter', min(t.letter), 'tries', max(s.tries))
  from tray t join gateway_silences s on s.gateway = t.channel and s.ended_at is null
  group by t.claim_id, s.gateway
  union all
  select 'gateway', 'claim-' || a.claim_id, s.since,
    jsonb_build_object('gateway', s.gateway, 'action', a.kind, 'tries', s.tries)
  from actions a join gateway_silences s
    on s.gateway = 'recovery-authority' and s.ended_at is null
  union all
  select distinct 'stopped', 'claim-' || t.claim_id, s.since, cast('{}' as jsonb)
  from tray t cross join stop s where s.since is not null
  union all
  select 'unsent', 'claim-' || t.claim_id,
    cast(min(t.planned_on) + 1 as timestamp) at time zone :zone,
    jsonb_build_object('letter', min(t.letter))
  from tray t cross join stop s where s.since is null and t.planned_on < :overdue
    and not exists (select from gateway_silences g where g.gateway = t.channel
      and g.ended_at is null)
  group by t.claim_id
  union all
  select 'unsent', 'claim-' || a.claim_id,
    cast(a.requested_on + 1 as timestamp) at time zone :zone,
    jsonb_build_object('action', a.kind)
  from actions a where a.requested_on < :overdue and a.kind <> 'raise'
    and not exists (select from gateway_silences g where g.gateway = 'recovery-authority'
      and g.ended_at is null)
), troubled as (
  select f.*, c.id as claim_id, c.serial, c.stage, c.claim_type, c.department,
    substr(f.story, 11) as agreement_id, cast(cast(:order as text) as jsonb) ->> f.trouble as place
  from found f cross join lateral (
    select c.id, c.serial, c.stage, c.claim_type, c.department from claims c
    where c.ending is null and (f.story like 'claim-%' and c.id = substr(f.story, 7)
      or f.story like 'agreement-%' and c.agreement_id = substr(f.story, 11))
    order by c.serial limit 1) c
)"""
_COUNTS = text(_FOUND + " select trouble, count(*) as stories from troubled group by trouble")
_ROWS = text(
    _FOUND
    + """
select story, trouble, since, facts, claim_id, serial, stage, claim_type, department,
  case when story like 'agreement-%' then agreement_id end as agreement_id,
  cast(extract(epoch from since) * 1000000 as bigint) as since_us,
  cast(place as int) * 2 + cast(story like 'agreement-%' as int) as number
from troubled
where (cast(:trouble as text) is null or trouble = :trouble)
  and (cast(extract(epoch from since) * 1000000 as bigint), serial,
    cast(place as int) * 2 + cast(story like 'agreement-%' as int)) > (:us, :serial, :number)
order by since_us, serial, number limit :limit"""
)
_OF_STORY = text(
    _FOUND
    + " select story, trouble, since, facts from troubled where story = :story order by place"
)

Place = tuple[int, int, int]
"""Where a list goes on: microseconds of the moment, the claim's number, and which trouble."""
_TOP: Place = (-(2**62), 0, -1)


@dataclass(frozen=True, slots=True)
class Patience:
    """*now* is the town's moment at which it is asked."""

    now: datetime

    @property
    def on(self) -> date:
        return today(self.now)

    @property
    def values(self) -> dict[str, Any]:
        return {
            "now": self.now,
            "on": self.on,
            "overdue": working_days_before(self.on, _DAYS_LATE),
            "patience": _TIME_TO_HEAR,
            "zone": "Europe/Copenhagen",
            "order": _ORDER,
        }


async def count_troubled(connection: AsyncConnection, now: datetime) -> Mapping[Trouble, int]:
    """How many stories have each trouble; one may have two."""
    found = await connection.execute(_COUNTS, Patience(now).values)
    counts = {row.trouble: row.stories for row in found}
    return {trouble: counts[trouble] for trouble in Trouble if trouble in counts}


async def list_troubled(
    connection: AsyncConnection,
    now: datetime,
    trouble: Trouble | None,
    after: Place | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Those that have stood still longest come first."""
    us, serial, number = after or _TOP
    more = {"trouble": trouble, "us": us, "serial": serial, "number": number, "limit": limit}
    return (await connection.execute(_ROWS, Patience(now).values | more)).mappings().all()


async def troubles_of(
    connection: AsyncConnection, story: str, now: datetime
) -> Sequence[RowMapping]:
    values = Patience(now).values | {"story": story}
    return (await connection.execute(_OF_STORY, values)).mappings().all()


async def stories_troubled(
    connection: AsyncConnection, now: datetime, trouble: Trouble | None, limit: int
) -> Sequence[str]:
    """Their workflow ids, each once, those that have stood still longest first."""
    rows = await list_troubled(connection, now, trouble, None, limit)
    return list(dict.fromkeys(row["story"] for row in rows))
