"""What moves the limitation date of each debtor's liability: events are added, never changed."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.limitation import LimitationKind, first_limitation
from domain.policy import Policy

_CLAIM_TYPE = text("select claim_type from claims where id = :claim for no key update")
_NOTE = text("""
insert into limitation_events (claim_id, debtor_id, kind, happened_on, limitation_date, source)
select b.claim_id, b.debtor_id, :kind, :on, greatest(b.limitation_date, :until), :source
from liabilities b where b.claim_id = :claim
  and (cast(:debtors as bigint[]) is null or b.debtor_id = any(cast(:debtors as bigint[])))""")
_MOVE = text("""
update liabilities b set limitation_date = e.limitation_date from limitation_events e
where b.claim_id = :claim and e.claim_id = b.claim_id and e.debtor_id = b.debtor_id
  and e.id = (select max(id) from limitation_events where claim_id = b.claim_id
    and debtor_id = b.debtor_id)""")
_MOVE_CLAIM = text("""
update claims set limitation_date =
  (select min(limitation_date) from liabilities where claim_id = :claim)
where id = :claim returning limitation_date""")


async def note_limitation(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    kind: LimitationKind,
    on: date,
    source: str,
    debtor_ids: Sequence[int] | None = None,
) -> date:
    """Add what happened *on* a day for all who are liable, or for those named; the claim's date."""
    claim_type = (await connection.execute(_CLAIM_TYPE, {"claim": claim_id})).scalar_one()
    until = first_limitation(policy.claim_type(claim_type), on)
    values = {
        "claim": claim_id,
        "kind": kind.value,
        "on": on,
        "until": until,
        "source": source,
        "debtors": list(debtor_ids) if debtor_ids is not None else None,
    }
    await connection.execute(_NOTE, values)
    await connection.execute(_MOVE, {"claim": claim_id})
    moved = (await connection.execute(_MOVE_CLAIM, {"claim": claim_id})).scalar_one()
    assert isinstance(moved, date)
    return moved
