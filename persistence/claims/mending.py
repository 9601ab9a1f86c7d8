"""What was registered wrongly of a claim is put right, with a reason, before it goes anywhere."""

from datetime import date

from sqlalchemy import RowMapping, Update, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.claim import Stage
from domain.errors import Fault, Invalid, NotFound
from domain.particulars import Particulars
from domain.policy import Policy
from persistence.claims.locking import lock_living
from persistence.models import Claim
from persistence.recovery.preflights import renew_preflight
from persistence.trail.audit import note

_READ = select(
    Claim.description,
    Claim.period_start,
    Claim.period_end,
    Claim.origination_date.label("originated_on"),
).where(Claim.id == bindparam("claim"))


async def read_particulars(connection: AsyncConnection, claim_id: str) -> Particulars:
    """Raises NotFound."""
    row: RowMapping | None
    row = (await connection.execute(_READ, {"claim": claim_id})).mappings().first()
    if row is None:
        raise NotFound("claim", claim_id)
    return Particulars(**row)


async def mend_claim(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    then: Particulars,
    reasons: str,
    on: date,
    actor: Actor,
) -> list[str]:
    """The fields that were changed; what stands in the way of a transfer is looked at anew.

    Raises Invalid, also for a claim that lies at the recovery authority: there what went is what
    counts, until it has been recalled.
    """
    require(actor, Right.WORK_ON_TASKS)
    claim = await lock_living(connection, claim_id)
    if Stage(claim.stage).is_with_the_collector:
        raise Invalid(Fault("", "mend-is-there"))
    changed = (await read_particulars(connection, claim_id)).mended(then, on)
    await connection.execute(_written(claim_id, then))
    await note(connection, claim_id, actor.id, "mended", fields=changed, reasons=reasons)
    await renew_preflight(connection, policy, claim_id, on)
    return changed


def _written(claim_id: str, then: Particulars) -> Update:
    return (
        update(Claim)
        .where(Claim.id == claim_id)
        .values(
            description=then.description,
            period_start=then.period_start,
            period_end=then.period_end,
            origination_date=then.originated_on,
        )
    )
