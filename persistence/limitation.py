"""What moves a limitation date (until the one who owns limitation has its own)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

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
    liable = select(Liability.debtor_id, Liability.limitation_date).where(
        Liability.claim_id == claim_id
    )
    dates = dict((await connection.execute(liable)).tuples().all())
    for debtor_id in [id_ for id_ in sorted(dates) if debtor_ids is None or id_ in debtor_ids]:
        event = LimitationEvent(kind, on, source)
        dates[debtor_id] = max(dates[debtor_id], _after(claim, event, policy))
        await _add(connection, claim_id, debtor_id, event, dates[debtor_id])
    first = min(dates.values())
    moved = update(Claim).where(Claim.id == claim_id).values(limitation_date=first)
    await connection.execute(moved)
    return first


def _after(claim: Any, event: LimitationEvent, policy: Policy) -> date:
    claim_type = policy.claim_type(claim.claim_type)
    return limitation_date(
        claim.due_date, claim_type.limitation_years, (event,), policy.limitation,
        is_civil=claim_type.is_civil,
    )  # fmt: skip


async def _add(
    connection: AsyncConnection, claim_id: str, debtor_id: int, event: LimitationEvent, day: date
) -> None:
    values = {
        "claim_id": claim_id,
        "debtor_id": debtor_id,
        "kind": event.kind.value,
        "happened_on": event.on,
        "limitation_date": day,
        "source": event.source,
    }
    await connection.execute(insert(EventRow), values)
    of = (Liability.claim_id == claim_id, Liability.debtor_id == debtor_id)
    await connection.execute(update(Liability).where(*of).values(limitation_date=day))
