"""What a debtor has said yes to, kept for good, and what it does to the limitation."""

from datetime import date

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.acceptance import Acceptance
from domain.authority import Actor, Right, require
from domain.errors import Fault, Invalid, NotFound
from domain.policy import Policy
from persistence.limitation.events import note_limitation
from persistence.models import Acknowledgement, Agreement, AgreementClaim, Attachment, Claim
from persistence.trail.audit import note

_COVERED = (
    select(Claim.id, Claim.origination_date)
    .join(AgreementClaim, AgreementClaim.claim_id == Claim.id)
    .where(AgreementClaim.agreement_id == bindparam("agreement"), Claim.ending.is_(None))
    .order_by(Claim.id)
    .with_for_update(of=Claim, key_share=True)
)
_DEBTOR = select(Agreement.debtor_id).where(Agreement.id == bindparam("agreement"))


async def record_acceptance(
    connection: AsyncConnection,
    policy: Policy,
    agreement_id: str,
    acceptance: Acceptance,
    on: date,
    actor: Actor,
) -> None:
    """The debtor has said yes once more, or better: on paper what was said before in a talk.

    Raises Invalid when it cannot be so, NotFound for an agreement that is not there.
    """
    require(actor, Right.WORK_ON_TASKS)
    covered = (await connection.execute(_COVERED, {"agreement": agreement_id})).all()
    if not covered:
        await _debtor_of(connection, agreement_id)
        raise Invalid(Fault("acknowledged", "acknowledged-too-late"))
    acceptance.require_sound(on, max(claim.origination_date for claim in covered))
    await acknowledge(connection, policy, agreement_id, acceptance, actor.id)
    await note(connection, agreement_id, actor.id, "acknowledged", kind=acceptance.acknowledged)


async def acknowledge(
    connection: AsyncConnection,
    policy: Policy,
    agreement_id: str,
    acceptance: Acceptance,
    actor: str,
) -> None:
    """Keep it, and let it move the limitation of each claim, for the debtor who said it alone."""
    debtor_id = await _debtor_of(connection, agreement_id)
    if acceptance.attachment_id is not None:
        await _require_in_file(connection, acceptance.attachment_id, agreement_id, debtor_id)
    values = {
        "agreement_id": agreement_id,
        "accepted_by": acceptance.by.value,
        "acknowledged": acceptance.acknowledged.value,
        "given_on": acceptance.given_on,
        "attachment_id": acceptance.attachment_id,
        "recorded_by": actor,
    }
    await connection.execute(insert(Acknowledgement), values)
    kind, day = acceptance.limitation_kind, acceptance.given_on
    for claim in (await connection.execute(_COVERED, {"agreement": agreement_id})).all():
        await note_limitation(connection, policy, claim.id, kind, day, agreement_id, [debtor_id])


async def _debtor_of(connection: AsyncConnection, agreement_id: str) -> int:
    found = await connection.scalar(_DEBTOR, {"agreement": agreement_id})
    if found is None:
        raise NotFound("agreement", agreement_id)
    return int(found)


async def _require_in_file(
    connection: AsyncConnection, attachment_id: int, agreement_id: str, debtor_id: int
) -> None:
    """It must lie with the debtor or with one of the claims the agreement covers."""
    covered = select(AgreementClaim.claim_id).where(AgreementClaim.agreement_id == agreement_id)
    found = select(Attachment.id).where(
        Attachment.id == attachment_id,
        (Attachment.debtor_id == debtor_id) | Attachment.claim_id.in_(covered),
    )
    if (await connection.execute(found)).first() is None:
        raise Invalid(Fault("attachment_id", "attachment-elsewhere"))
