"""Withdrawal: the municipality no longer claims the money."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.claim import Stage
from domain.errors import ClaimHasEnded, NotFound
from persistence.audit import note
from persistence.models import Claim, RecoveryAction
from persistence.outbox import tell


async def withdraw(
    connection: AsyncConnection, claim_id: str, reasons: str, on: date, actor: Actor
) -> None:
    """End the claim as withdrawn; one that lies at the recovery authority is recalled first."""
    require(actor, Right.WITHDRAW_CLAIMS)
    found = (
        select(Claim.ending, Claim.stage)
        .where(Claim.id == claim_id)
        .with_for_update(key_share=True)
    )
    claim = (await connection.execute(found)).first()
    if claim is None:
        raise NotFound("claim", claim_id)
    if claim.ending:
        raise ClaimHasEnded(f"claim {claim_id}")
    await connection.execute(update(Claim).where(Claim.id == claim_id).values(is_withdrawn=True))
    if Stage(claim.stage).is_with_the_collector:
        await request_recall(connection, claim_id, "withdrawn", on)
    await tell(connection, f"claim-{claim_id}", "withdrawn")
    await note(connection, claim_id, actor.id, "withdrawn", reasons=reasons)


async def request_recall(connection: AsyncConnection, claim_id: str, key: str, on: date) -> None:
    """Ask the recovery authority for the claim back (TILBAGEKALD, reason FEJL)."""
    values = {
        "claim_id": claim_id,
        "key": f"recall-{key}",
        "kind": "recall",
        "amount_ore": 0,
        "requested_on": on,
        "facts": {"reason": "FEJL"},
    }
    await connection.execute(insert(RecoveryAction).values(values).on_conflict_do_nothing())
