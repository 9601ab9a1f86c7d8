"""A claim held fast while something is done about it: always before its tasks and agreements."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import ClaimHasEnded, NotFound
from persistence.models import Claim

_CLAIM = (
    select(Claim.id, Claim.claim_type, Claim.stage, Claim.ending, Claim.agreement_id)
    .where(Claim.id == bindparam("claim"))
    .with_for_update(key_share=True)
)


async def lock(connection: AsyncConnection, claim_id: str) -> Any:
    """Its type, stage, ending and agreement. Raises NotFound."""
    claim = (await connection.execute(_CLAIM, {"claim": claim_id})).first()
    if claim is None:
        raise NotFound("claim", claim_id)
    return claim


async def lock_living(connection: AsyncConnection, claim_id: str) -> Any:
    """As `lock`. Raises NotFound; ClaimHasEnded when nothing can be done about it any more."""
    claim = await lock(connection, claim_id)
    if claim.ending:
        raise ClaimHasEnded(f"claim {claim_id}")
    return claim
