"""The claims as they were handed over to the recovery authority: each once, under its reference."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import Money
from domain.recovery_claim import Part, RecoveryClaim, RecoveryLiability
from persistence.models import SentClaim


async def keep_sent_claims(
    connection: AsyncConnection, claim_id: str, claims: Sequence[RecoveryClaim], on: date
) -> None:
    """What a reference was used for stands for ever, so nothing goes there twice."""
    rows = [_row(claim_id, place, claim, on) for place, claim in enumerate(claims)]
    await connection.execute(insert(SentClaim), rows)


def _row(claim_id: str, place: int, claim: RecoveryClaim, on: date) -> dict[str, Any]:
    return {
        "reference": claim.reference,
        "claim_id": claim_id,
        "place": place,
        "part": claim.part.value,
        "type_code": claim.type_code,
        "principal_ore": claim.principal.ore,
        "amount_ore": claim.amount.ore,
        "description": claim.description,
        "period_start": claim.period_start,
        "period_end": claim.period_end,
        "originated_on": claim.originated_on,
        "due_on": claim.due_on,
        "last_timely_on": claim.last_timely_on,
        "parent": claim.parent,
        "liabilities": [_written(one) for one in claim.liabilities],
        "handed_over_on": on,
    }


def _written(liability: RecoveryLiability) -> list[int | str | None]:
    days = (liability.limitation_date, liability.judged_on, liability.settled_on)
    return [liability.debtor_id, *(day.isoformat() if day else None for day in days)]


async def read_sent_claims(connection: AsyncConnection, claim_id: str) -> tuple[RecoveryClaim, ...]:
    """As they were when the claim last went; empty when it never did."""
    last = (
        select(SentClaim.reference)
        .where(SentClaim.claim_id == claim_id, SentClaim.place == 0)
        .order_by(SentClaim.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = (
        select(SentClaim)
        .where(SentClaim.claim_id == claim_id)
        .where((SentClaim.reference == last) | (SentClaim.parent == last))
        .order_by(SentClaim.place)
    )
    rows = (await connection.execute(found)).mappings().all()
    return tuple(_claim(row) for row in rows)


def _claim(row: RowMapping) -> RecoveryClaim:
    return RecoveryClaim(
        reference=row["reference"],
        part=Part(row["part"]),
        type_code=row["type_code"],
        principal=Money(row["principal_ore"]),
        amount=Money(row["amount_ore"]),
        description=row["description"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        originated_on=row["originated_on"],
        due_on=row["due_on"],
        last_timely_on=row["last_timely_on"],
        liabilities=tuple(_read(one) for one in row["liabilities"]),
        parent=row["parent"],
    )


def _read(written: Sequence[Any]) -> RecoveryLiability:
    debtor_id, *days = written
    limitation, judged, settled = (date.fromisoformat(day) if day else None for day in days)
    assert limitation, "a liability has its limitation date"
    return RecoveryLiability(debtor_id, limitation, judged, settled)
