"""Holds: the clock of a claim, and of the agreement over it, stands still."""

from datetime import date
from typing import Any

from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.claim import HoldReason
from domain.errors import Conflict, Fault, Invalid
from domain.policy import Policy
from persistence.claims.deferring import end_deferral
from persistence.claims.locking import lock, lock_living
from persistence.models import Hold
from persistence.outbox import tell
from persistence.post.correspondence import tell_of_hold, tell_of_release
from persistence.trail.audit import note

_END = text("""
update suspensions set ended_on = :on, ended_by = :by where id = :id and ended_on is null
  and not exists (select from holds where suspension_id = :id and released_on is null)
returning id""")
# One that somebody is just answering is theirs to close.
_ASK_NO_MORE = text("""
update tasks set state = 'cancelled' where id in (select id from tasks
  where subject = 'suspension-' || cast(:id as bigint) and state = 'open' and kind <> 'estate-claim'
  for update skip locked)""")


async def place_hold(
    connection: AsyncConnection,
    claim_id: str,
    reason: HoldReason,
    text: str,
    since: date,
    until: date | None,
    actor: Actor,
) -> int:
    """Stop the claim's clock from *since* to the end of *until*, or until it is lifted."""
    require(actor, Right.HOLD_CLAIMS)
    if until and until < since:
        raise Invalid(Fault("until", "hold-ends-before-it-begins"))
    claim = await lock_living(connection, claim_id)
    values = {
        "claim_id": claim_id,
        "reason": reason.value,
        "note": text,
        "since": since,
        "until": until,
        "placed_by": actor.id,
    }
    number = (await connection.execute(insert(Hold).values(values).returning(Hold.id))).scalar_one()
    hold = {"since": since.isoformat(), "until": until.isoformat() if until else None}
    await _tell_both(connection, claim, "held", {"number": number, "hold": hold})
    await tell_of_hold(connection, claim_id, number, reason, since, until)
    await note(connection, claim_id, actor.id, "held", hold=number, reason=reason.value)
    return int(number)


async def release_hold(
    connection: AsyncConnection,
    policy: Policy,
    hold_id: int,
    on: date,
    actor: Actor,
    *,
    is_told: bool = True,
) -> None:
    """Let the clock run again from *on*. *is_told* is false where another letter says so."""
    require(actor, Right.HOLD_CLAIMS)
    lifted = (
        update(Hold)
        .where(Hold.id == hold_id, Hold.released_on.is_(None))
        .values(released_on=on, released_by=actor.id)
        .returning(Hold.claim_id, Hold.reason, Hold.since, Hold.suspension_id)
    )
    hold = (await connection.execute(lifted)).first()
    if hold is None:
        raise Conflict(f"hold {hold_id} is not in force")
    claim_id = hold.claim_id
    claim = await lock(connection, claim_id)
    if is_told and not claim.ending:
        await tell_of_release(connection, claim_id, hold_id, hold, on)
    await end_deferral(connection, policy, claim_id, hold_id, on)
    await _tell_both(connection, claim, "released", {"number": hold_id, "on": on.isoformat()})
    await note(connection, claim_id, actor.id, "released", hold=hold_id)
    if hold.suspension_id:
        await end_with_its_last(connection, hold.suspension_id, on, actor)


async def end_with_its_last(
    connection: AsyncConnection, suspension_id: int, on: date, actor: Actor
) -> None:
    """When nothing rests any more, nobody need look at it again."""
    values = {"id": suspension_id, "on": on, "by": actor.id}
    if (await connection.execute(_END, values)).first():
        await connection.execute(_ASK_NO_MORE, {"id": suspension_id})


async def _tell_both(
    connection: AsyncConnection, claim: Any, name: str, payload: dict[str, Any]
) -> None:
    await tell(connection, f"claim-{claim.id}", name, payload)
    if claim.agreement_id:
        await tell(connection, f"agreement-{claim.agreement_id}", name, payload)
