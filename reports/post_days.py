"""What left the house on a day, what was held back, what was cancelled, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# A claim that ended takes its letters with it; the post room need not have seen them.
_DAY = text("""
with told as (
  select l.id, 'left' as what, '' as reason, o.message_id,
    case when o.message_id like '%-p%' then 'physical-post' else 'digital-post' end as channel
  from letter_documents o join letters l on l.id = o.letter_id or l.goes_with = o.letter_id
  where o.written_on = :day and o.pdf is not null
  union all
  select e.letter_id, e.event, e.reason, null, l.channel
  from letter_events e join letters l on l.id = e.letter_id
  where e.happened_on = :day and e.event in ('held-back', 'cancelled', 'recalled')
  union all
  select l.id, 'cancelled', c.ending, null, l.channel
  from letters l join claims c on c.id = l.claim_id
  where l.state = 'cancelled' and c.ended_on = :day and l.planned_on <= :day
    and l.dispatched_on is null
    and not exists (select from letter_events e where e.letter_id = l.id
      and e.event = 'cancelled')
  union all
  select l.id, 'held-back', 'waits', null, l.channel from letters l
  where l.state = 'requested' and l.planned_on <= :day and l.requested_on <= :day
    and not exists (select from letter_events e where e.letter_id = l.id
      and e.happened_on = :day and e.event = 'held-back')
)
select t.what, t.reason, t.channel, t.message_id, l.id, l.letter, l.claim_id, l.deadline,
  l.goes_with, d.id as debtor_id, d.name,
  (select e.reason from letter_events e where e.letter_id = l.id and e.event = 'receipt'
    and e.facts ->> 'message' = t.message_id order by e.id desc limit 1) as receipt
from told t join letters l on l.id = t.id join debtors d on d.id = l.debtor_id
order by t.what desc, d.name, coalesce(l.goes_with, l.id), l.goes_with nulls first, l.id""")


@dataclass(frozen=True, slots=True)
class PostLine:
    """One letter on one day. *what*: left, held-back, cancelled or recalled; *reason* why.

    *goes_with* is the letter whose text it had, when it left as one with others; *receipt* what
    the counterpart has told of it, if anything yet.
    """

    what: str
    reason: str
    channel: str
    message_id: str | None
    letter_id: int
    letter: str
    claim_id: str
    deadline: date
    goes_with: int | None
    debtor_id: int
    name: str
    receipt: str | None


async def post_day(connection: AsyncConnection, day: date) -> Sequence[PostLine]:
    rows = (await connection.execute(_DAY, {"day": day})).all()
    return [PostLine(*row) for row in rows]
