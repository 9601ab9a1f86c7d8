"""What moves a limitation date (until the one who owns limitation has its own)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.limitation import LimitationEvent, LimitationKind, limitation_date
from domain.policy import Policy
from persistence.models import Claim, Liability
from persistence.models import LimitationEvent as EventRow


async def note_limitation(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    kind: LimitationKind,
    on: date,
    source: str,
    debtor_ids: Sequence[int] | None = None,
) -> date:
    """Add an event for each debtor, or for those named; the claim's new date."""
    claim = (await connection.execute(select(Claim.__table__).where(Claim.id == claim_id))).one()
    claim_type = policy.claim_type(claim.claim_type)
    shares = await connection.execute(
        select(Liability.debtor_id, Liability.limitation_date)
        .where(Liability.claim_id == claim_id)
        .order_by(Liability.debtor_id)
    )
    dates = []
    for debtor_id, old in shares.all():
        if debtor_ids is not None and debtor_id not in debtor_ids:
            dates.append(old)
            continue
        event = LimitationEvent(kind, on, source)
        day = limitation_date(
            claim.due_date, claim_type.limitation_years, (event,), policy.limitation,
            is_civil=claim_type.is_civil,
        )  # fmt: skip
        new = max(day, old)
        dates.append(new)
        values = {
            "claim_id": claim_id,
            "debtor_id": debtor_id,
            "kind": kind.value,
            "happened_on": on,
            "limitation_date": new,
            "source": source,
        }
        await connection.execute(insert(EventRow), values)
        of = (Liability.claim_id == claim_id, Liability.debtor_id == debtor_id)
        await connection.execute(update(Liability).where(*of).values(limitation_date=new))
    await connection.execute(
        update(Claim).where(Claim.id == claim_id).values(limitation_date=min(dates))
    )
    return min(dates)
