"""The distraints of some claims or of one debtor, a line each, as other pages than theirs show."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

# A notice that was cancelled tells nobody. The first demand tells when enforcement was ordered.
_QUERY = """
select d.id, c.id as claim_id, c.claim_type, c.due_date, c.ending, d.called_off_on, h.starts_at,
  h.place, d.ordered_on, t.state as task_state, m.outcome, m.held_on,
  (select count(*) from letters l where l.subject = c.id and l.state <> 'cancelled'
    and l.key = 'hearing-' || d.id || '-' || h.number) as notices,
  (select count(*) from letters l where l.subject = c.id and l.state <> 'cancelled'
    and l.dispatched_on is not null
    and l.key = 'hearing-' || d.id || '-' || h.number) as notices_sent,
  (select jsonb_agg(jsonb_build_object('kind', a.kind) order by a.id)
    from distraint_assets a where a.minutes_id = m.id) as assets,
  exists (select from tasks o join decisions x on x.task_id = o.id where o.claim_id = c.id
    and o.kind = 'after-distraint' and o.id > t.id and x.outcome = 'released') as is_released,
  (select n.event from distraint_notes n where n.distraint_id = d.id
    order by n.happened_on desc, n.id desc limit 1) as last_event
from distraints d
join lateral (select * from distraint_hearings where distraint_id = d.id
  order by number desc limit 1) h on true
join claims c on c.id = d.claim_id
join tasks t on t.subject = d.claim_id and t.key = d.task_key
left join distraint_minutes m on m.distraint_id = d.id where """
_OF_CLAIM = text(f"{_QUERY} c.id = :claim order by d.id desc").columns(assets=JSONB)
_OF_DEBTOR = text(f"""{_QUERY} c.id in (select b.claim_id from liabilities b
  where b.debtor_id = :debtor) order by d.id desc limit 50""").columns(assets=JSONB)


async def distraints_of_claim(connection: AsyncConnection, claim_id: str) -> Sequence[RowMapping]:
    """The latest first."""
    return (await connection.execute(_OF_CLAIM, {"claim": claim_id})).mappings().all()


async def distraints_of_debtor(connection: AsyncConnection, debtor_id: int) -> Sequence[RowMapping]:
    """Of all claims that the debtor owes or owed, the latest first."""
    return (await connection.execute(_OF_DEBTOR, {"debtor": debtor_id})).mappings().all()
