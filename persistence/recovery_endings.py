"""How a claim's stay at the recovery authority ends, and when all of our claim has ended there."""

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.recovery_actions import RecoveryState

_END = text("""
update recovery_claims set state = :state
where reference = :reference and state in ('asked', 'in-hearing', 'received')""")
_IS_LEFT = text("""
select 1 from recovery_claims where claim_id = :claim
  and state in ('asked', 'in-hearing', 'received') limit 1""")


async def end_there(connection: AsyncConnection, there: RowMapping, how: str) -> str | None:
    """What the story of our claim hears of it, if anything.

    It is settled when nothing of it is left there; returned or written off with its main claim.
    """
    values = {"reference": there["reference"], "state": RecoveryState(how).value}
    await connection.execute(_END, values)
    if how != RecoveryState.SETTLED:
        return how if there["parent"] is None else None
    left = await connection.execute(_IS_LEFT, {"claim": there["claim_id"]})
    return None if left.first() else how
