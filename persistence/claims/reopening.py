"""A claim that was paid with money that has gone again lives on, from where it stood."""

from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.deadlines import dispatch_day
from domain.decisions import STORY_TASKS
from persistence.models import Claim
from persistence.outbox import REOPEN_CLAIM, tell

# The claim stands where its last letter or question left it; an agreement that others keep alive
# goes on, one that has ended does not hold it any more.
_REOPEN = text("""
with last as (
  select key, kind, deadline from acts
  where subject = :claim and kind in ('letter', 'task') order by id desc limit 1
), kept as (
  select g.id from claims c join agreements g on g.id = c.agreement_id
  where c.id = :claim and g.state = 'active'
), reopening as (
  insert into acts (subject, key, kind, done_on, facts)
  select :claim, 'reopened-' || count(*) + 1, 'reopen', :on, '{}' from acts
  where subject = :claim and kind = 'reopen' returning key
)
update claims c set ending = null, ended_on = null, agreement_id = (select id from kept),
  stage = case when exists (select from kept) then 'agreement'
    when l.kind = 'task' then 'dialogue' when l.key <> 'demand' then 'reminder' else 'demand' end,
  stage_since = :on, waiting_for = coalesce(l.key, 'demand'), next_on = l.deadline
from (select 1) as one left join last l on true where c.id = :claim
returning (select cast(substr(key, 10) as int) from reopening)""")

_ASK_AGAIN = text("""
update tasks set state = 'open', claimed_by = null
where subject = :claim and state = 'cancelled' and kind = any(:kinds)""")

# A letter that was cancelled because the claim was paid has never been read by anybody.
_WRITE_AGAIN = text("""
update letters l set state = 'requested', planned_on = :planned,
  deadline = greatest(deadline, cast(:planned as date) + days)
where subject = :claim and state = 'cancelled' and body is null
  and letter <> 'write-off-decision' and not exists (select from liabilities b
    where b.claim_id = l.claim_id and b.debtor_id = l.debtor_id
      and b.discharged_on is not null)""")

_KINDS = [kind.value for kind in STORY_TASKS]


async def has_ended(connection: AsyncConnection, claim_id: str) -> bool:
    ending = await connection.scalar(select(Claim.ending).where(Claim.id == claim_id))
    return ending is not None


async def reopen(connection: AsyncConnection, claim_id: str, on: date) -> None:
    """Let the claim's story begin anew from its record. The claim must be locked.

    What was called off when it ended (a question, a letter not yet sent) is asked for again.
    """
    values: dict[str, Any] = {"claim": claim_id}
    number = (await connection.execute(_REOPEN, values | {"on": on})).scalar_one()
    await connection.execute(_ASK_AGAIN, values | {"kinds": _KINDS})
    await connection.execute(_WRITE_AGAIN, values | {"planned": dispatch_day(on)})
    await tell(connection, f"claim-{claim_id}", REOPEN_CLAIM, {"number": number})
