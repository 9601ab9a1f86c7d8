"""Withdrawal: the municipality no longer claims the money."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.claim import Stage
from domain.errors import ClaimHasEnded, NotFound
from domain.recovery_actions import ActionReason
from persistence.audit import note
from persistence.models import Claim
from persistence.outbox import tell
from persistence.recalling import request_recall


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
        await request_recall(connection, claim_id, "withdrawn", on, ActionReason.FEJL)
    await tell(connection, f"claim-{claim_id}", "withdrawn")
    await note(connection, claim_id, actor.id, "withdrawn", reasons=reasons)
