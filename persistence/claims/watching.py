"""What the daily watch looks for in the stories: words they should have heard, and missed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.claims.facts import IS_GIVEN_UP

# The facts say one thing, and what the claim waits for says that its story has not heard it.
_UNHEARD = f"""
with held as (
  select claim_id from holds where released_on is null and (until is null or until >= :overdue)
), past as (
  select claim_id, since, least(released_on, until + 1) as ended from holds
  where least(released_on, until + 1) is not null
), answered as (
  select c.id, t.key, d.outcome, d.look_again_on, d.agreement_id, g.state as agreement_state
  from claims c join tasks t on t.subject = c.id and t.key = c.waiting_for
  join decisions d on d.task_id = t.id left join agreements g on g.id = d.agreement_id
  where c.ending is null and c.agreement_id is null and d.decided_at < :heard_by
    and (d.look_again_on is null or d.look_again_on < :overdue)
    and c.id not in (select claim_id from held)
), unheard (target, name, payload) as (
  select 'claim-' || id, 'task_decided', jsonb_build_object('task', key, 'answer',
    jsonb_build_object('outcome', outcome, 'on', look_again_on, 'agreement', agreement_id))
  from answered
  union all
  select 'claim-' || id, 'agreement_ended',
    jsonb_build_object('agreement', agreement_id, 'outcome', agreement_state)
  from answered where agreement_state <> 'active'
  union all
  select 'claim-' || id, 'withdrawn', '{{}}' from claims
  where ending is null and is_withdrawn and stage not in ('transfer', 'recovery')
  union all
  select 'claim-' || c.id, 'settled', '{{}}' from claims c
  join unnest(cast(:types as text[]), cast(:tolerances as bigint[])) as s (claim_type, ore)
    using (claim_type)
  where c.ending is null and not c.is_withdrawn and c.balance_ore <= s.ore
    and c.stage not in ('transfer', 'recovery')
  union all
  select 'claim-' || c.id, 'written_off', '{{}}' from claims c
  where c.ending is null and {IS_GIVEN_UP} and c.id in (select claim_id from write_offs
    where state = 'approved' and booked_on is null and batch_id is not null)
  union all
  select 'claim-' || c.id, 'nudged', '{{}}' from claims c
  where c.ending is null and c.next_on < :overdue and c.id not in (select claim_id from held)
    and c.next_on + coalesce((select sum(p.ended - p.since) from past p
      where p.claim_id = c.id and p.since <= c.next_on), 0)::int < :overdue
    and not exists (select from letters l where l.subject = c.id and l.key = c.waiting_for
      and l.state in ('requested', 'undelivered'))
  union all
  select 'agreement-' || g.id, 'instalments_covered', jsonb_build_object('covered', n.number)
  from agreements g cross join lateral (select i.number, i.total_ore from instalments i
    where i.agreement_id = g.id order by i.number desc limit 1) n
  where g.state = 'active' and n.total_ore <= g.paid_ore
  union all
  select 'agreement-' || g.id, 'dissolved', '{{}}' from agreements g where g.state = 'active'
    and not exists (select from claims c where c.agreement_id = g.id and c.ending is null)
)"""

# Handlers take a message twice without harm; one already on its way is not doubled.
_TELL_AGAIN = text(
    _UNHEARD
    + """
insert into outbox (target, name, payload, attempts)
select u.target, u.name, u.payload, 0 from unheard u where not exists (select from outbox o
  where o.target = u.target and o.delivered_at is null
    and (o.name = u.name or o.name like 'start%'))
returning name"""
)


async def tell_again(
    connection: AsyncConnection,
    tolerances: Mapping[str, int],
    heard_by: datetime,
    overdue: date,
) -> Sequence[str]:
    """Tell the stories what they should have heard; the names of the messages.

    *tolerances*: the øre that settle a claim of each type. Decisions before the moment *heard_by*,
    and days before *overdue*, should have had their effect.
    """
    values = {
        "types": list(tolerances),
        "tolerances": list(tolerances.values()),
        "heard_by": heard_by,
        "overdue": overdue,
    }
    return (await connection.execute(_TELL_AGAIN, values)).scalars().all()
