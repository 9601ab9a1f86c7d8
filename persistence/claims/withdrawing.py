"""Withdrawal: the municipality no longer claims the money."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.claim import Stage
from domain.recovery.actions import ActionReason
from persistence.claims.locking import lock_living
from persistence.models import Claim
from persistence.outbox import tell
from persistence.recovery.recalling import request_recall
from persistence.trail.audit import note


async def withdraw(
    connection: AsyncConnection, claim_id: str, reasons: str, on: date, actor: Actor
) -> None:
    """End the claim as withdrawn; one that lies at the recovery authority is recalled first."""
    require(actor, Right.WITHDRAW_CLAIMS)
    claim = await lock_living(connection, claim_id)
    await connection.execute(update(Claim).where(Claim.id == claim_id).values(is_withdrawn=True))
    if Stage(claim.stage).is_with_the_collector:
        await request_recall(connection, claim_id, "withdrawn", on, ActionReason.FEJL)
    await tell(connection, f"claim-{claim_id}", "withdrawn")
    await note(connection, claim_id, actor.id, "withdrawn", reasons=reasons)
