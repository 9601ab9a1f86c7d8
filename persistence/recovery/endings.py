"""How a claim's stay at the recovery authority ends, and when all of our claim has ended there."""

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.recovery.actions import RecoveryState

# What we take for settled may live on there: by a write-up whose answer we have not heard yet.
_END = text("""
update recovery_claims set state = :state
where reference = :reference and (state in ('asked', 'in-hearing', 'received')
  or state = 'settled' and cast(:state as text) <> 'settled')""")
_IS_LEFT = text("""
select 1 from recovery_claims where claim_id = :claim
  and state in ('asked', 'in-hearing', 'received') limit 1""")

# What waits to be raised is not told, and so not settled: it is ours.
_CALL_RAISE_OFF = text("""
update recovery_actions set state = 'dropped' where claim_id = :claim and kind = 'raise'
  and state = 'requested' and submitted_on is null and not facts ? 'laid' returning id""")


async def end_there(connection: AsyncConnection, there: RowMapping, how: str) -> str | None:
    """What the story of our claim hears of it, if anything.

    It is settled when nothing of it is left there; returned or written off with its main claim.
    Where a raise has not been told yet, what it is raised by comes back to us.
    """
    values = {"reference": there["reference"], "state": RecoveryState(how).value}
    await connection.execute(_END, values)
    if how != RecoveryState.SETTLED:
        return how if there["parent"] is None else None
    of = {"claim": there["claim_id"]}
    if (await connection.execute(_IS_LEFT, of)).first():
        return None
    is_raised = (await connection.execute(_CALL_RAISE_OFF, of)).first()
    return RecoveryState.RETURNED.value if is_raised else how
