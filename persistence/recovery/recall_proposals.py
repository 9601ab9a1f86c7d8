"""What is known of a claim at the recovery authority that may call for having it back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import HoldReason, Stage
from domain.errors import Conflict, NotFound
from domain.recovery.events import AfterTransfer, SinceTransfer, what_happened

_SINCE = text("""
select c.stage, c.ending, c.is_withdrawn, c.limitation_date,
  array(select h.reason from holds h where h.claim_id = c.id and h.released_on is null
      and (h.until is null or h.until >= :on)
    union select s.reason from suspensions s join liabilities b on b.debtor_id = s.debtor_id
      where b.claim_id = c.id and b.discharged_on is null and s.ended_on is null) as holds,
  exists (select from agreements g where g.id = c.agreement_id and g.state = 'active')
    as has_agreement
from claims c where c.id = :claim""")
_THERE = text("""
select coalesce(sum(r.left_ore), 0)::bigint as left_ore, count(*) as parts,
  coalesce((select sum(m.amount_ore) from recovery_moves m where m.claim_id = :claim
    and m.kind = 'recovered'), 0)::bigint as recovered_ore
from recovery_claims r where r.claim_id = :claim
  and r.state in ('asked', 'in-hearing', 'received')""")
_IS_ASKED = text("""
select 1 from recovery_actions where claim_id = :claim and kind = 'recall'
  and state in ('requested', 'submitted') limit 1""")


@dataclass(frozen=True, slots=True)
class RecallProposal:
    """*events*: what our own books say has happened, what weighs most first.

    *is_asked*: the claim is being recalled already.
    """

    events: tuple[AfterTransfer, ...]
    there: RowMapping
    is_asked: bool


async def read_proposal(connection: AsyncConnection, claim_id: str, on: date) -> RecallProposal:
    """Raises NotFound; Conflict for a claim that is not with the authority."""
    row = (await connection.execute(_SINCE, {"claim": claim_id, "on": on})).first()
    if row is None:
        raise NotFound("claim", claim_id)
    if row.ending or not Stage(row.stage).is_with_the_collector:
        raise Conflict(f"claim {claim_id} is not with the recovery authority")
    holds = frozenset(HoldReason(reason) for reason in row.holds)
    since = SinceTransfer(row.is_withdrawn, holds, row.has_agreement, row.limitation_date)
    there = (await connection.execute(_THERE, {"claim": claim_id})).mappings().one()
    is_asked = (await connection.execute(_IS_ASKED, {"claim": claim_id})).first() is not None
    return RecallProposal(what_happened(since, on), there, is_asked)
