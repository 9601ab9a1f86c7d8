"""What moves the limitation date of those who owe a claim, written down as it happens."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.limitation import LimitationEvent, LimitationKind, limitation_date
from domain.policy import Policy
from persistence.models import LimitationEvent as LimitationEventRow

_LIABLE = text("""
select b.debtor_id, b.limitation_date, c.claim_type, c.last_timely_payment_date
from claims c join liabilities b on b.claim_id = c.id where c.id = :claim
  and b.discharged_on is null order by b.debtor_id for no key update of c""")
_EVENTS = text("""
select debtor_id, kind, happened_on from limitation_events where claim_id = :claim order by id""")
_MOVE = text("""
update liabilities set limitation_date = :day where claim_id = :claim and debtor_id = :debtor""")
_EARLIEST = text("""
update claims set limitation_date = (select min(limitation_date) from liabilities
  where claim_id = :claim and discharged_on is null) where id = :claim returning limitation_date""")


async def note_limitation(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    kind: LimitationKind,
    on: date,
    source: str,
    debtor_ids: Sequence[int] | None = None,
) -> date:
    """Write down what happened to each who is liable, or those named; the earliest date now."""
    rows = (await connection.execute(_LIABLE, {"claim": claim_id})).all()
    events = (await connection.execute(_EVENTS, {"claim": claim_id})).all()
    for row in rows:
        if debtor_ids is None or row.debtor_id in debtor_ids:
            own = [(e.kind, e.happened_on) for e in events if e.debtor_id == row.debtor_id]
            day = _date(policy, row, [*own, (kind, on)])
            values = {
                "claim_id": claim_id, "debtor_id": row.debtor_id, "kind": kind.value,
                "happened_on": on, "limitation_date": day, "source": source,
            }  # fmt: skip
            await connection.execute(insert(LimitationEventRow).values(values))
            moved = {"claim": claim_id, "debtor": row.debtor_id, "day": day}
            await connection.execute(_MOVE, moved)
    earliest: date = (await connection.execute(_EARLIEST, {"claim": claim_id})).scalar_one()
    return earliest


def _date(policy: Policy, row: Any, events: Sequence[tuple[str, date]]) -> date:
    claim_type = policy.claim_type(row.claim_type)
    happened = [LimitationEvent(LimitationKind(kind), on) for kind, on in events]
    day: date = limitation_date(
        row.last_timely_payment_date, claim_type.limitation_years, happened, policy.limitation,
        is_civil=claim_type.is_civil,
    )  # fmt: skip
    known: date = row.limitation_date
    return max(day, known)
