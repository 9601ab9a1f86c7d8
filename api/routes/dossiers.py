"""What must be proved before a claim goes to the recovery authority, and how a claim is mended."""

from dataclasses import replace

from fastapi import APIRouter

from api.dependencies import LetterWriter, TheHouse, Viewer
from api.languages import Language
from api.routes.describing import ClaimId, problems
from api.schemas.dossiers import DossierView
from api.schemas.transfers import ParticularsBody
from api.views.dossiers import view_handover
from persistence.claims.mending import mend_claim, read_particulars
from persistence.recovery.dossiers import read_handover
from persistence.trail.audit import note_look

router = APIRouter(prefix="/claims", tags=["claims"])


@router.get("/{claim_id}/transfer", operation_id="readDossier", responses=problems(404, 422))
async def get_dossier(
    claim_id: ClaimId, house: TheHouse, actor: Viewer, language: Language
) -> DossierView:
    """Read the dossier of a claim's transfer, as it would be today.

    Each condition with its proofs, the claim as the recovery authority will see it, and what its
    entry filter would reject or send to a hearing. That you looked is written in the audit trail.
    """
    policy, on = house.policy, house.today
    async with house.database.transaction() as connection:
        handover = await read_handover(connection, policy, claim_id, on)
        await note_look(connection, claim_id, actor.id)
    return view_handover(claim_id, handover, policy.entry_filter, on, language)


@router.post("/{claim_id}/particulars", operation_id="mendClaim", responses=problems(404, 409, 422))
async def post_particulars(
    claim_id: ClaimId,
    body: ParticularsBody,
    house: TheHouse,
    actor: LetterWriter,
    language: Language,
) -> DossierView:
    """Put right what was registered wrongly, with what that rests on; the dossier as it is then.

    Not while the claim lies at the recovery authority.
    """
    policy, on = house.policy, house.today
    given = {name: value for name, value in body if name != "reasons" and value is not None}
    async with house.database.transaction() as connection:
        then = replace(await read_particulars(connection, claim_id), **given)
        await mend_claim(connection, policy, claim_id, then, body.reasons, on, actor)
        handover = await read_handover(connection, policy, claim_id, on)
    return view_handover(claim_id, handover, policy.entry_filter, on, language)
