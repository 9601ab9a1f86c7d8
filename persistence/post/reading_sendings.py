"""The letters to one debtor, with what each cost and would have cost by itself."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

# A fee belongs to all copies of its letter; what was corrected of it was given up again. *owed* is
# the balance as it was before the letter's own fee, *earlier* the fees before it.
_LETTERS = text("""
select l.id, l.subject, l.claim_id, l.letter, l.state, l.channel, l.requested_on, l.planned_on,
  l.dispatched_on, l.delivered_on, l.deadline, l.goes_with, l.template, c.claim_type,
  c.registered_on, f.ore as charged_ore, coalesce(f.ore, 0) - coalesce((select -sum(k.amount_ore)
    from ledger_entries k where k.claim_id = c.id and k.kind = 'correction'
      and k.facts ->> 'fee' = f.id::text), 0)::bigint as kept_ore,
  coalesce((select sum(e.amount_ore) from ledger_entries e where e.claim_id = c.id
    and e.booked_on <= l.requested_on), 0)::bigint - coalesce(f.ore, 0) as owed_ore,
  (select jsonb_agg(jsonb_build_array(e.effective_on, e.amount_ore)) from ledger_entries e
    where e.claim_id = c.id and e.kind = 'fee' and e.id <> coalesce(f.id, 0)
      and e.booked_on <= l.requested_on) as earlier
from letters l join claims c on c.id = l.claim_id
left join lateral (select e.id, e.amount_ore as ore from ledger_entries e
  where l.subject = c.id and e.claim_id = c.id and e.kind = 'fee'
    and e.booked_on = l.requested_on and starts_with(e.rule, l.letter || ' ') limit 1) f on true
where l.debtor_id = :debtor
order by coalesce(l.dispatched_on, l.planned_on) desc, coalesce(l.goes_with, l.id) desc,
  l.goes_with nulls first, l.id limit :limit""").columns(earlier=JSONB)


async def letters_to(
    connection: AsyncConnection, debtor_id: int, limit: int
) -> Sequence[RowMapping]:
    """The latest first; each is followed by those that left with it as one."""
    values = {"debtor": debtor_id, "limit": limit}
    return (await connection.execute(_LETTERS, values)).mappings().all()
