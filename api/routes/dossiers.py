"""What must be proved before a claim goes to the recovery authority."""

from fastapi import APIRouter

from api.dependencies import TheHouse, Viewer
from api.dossier_views import view_handover
from api.languages import Language
from api.routes.describing import ClaimId, problems
from api.schemas.dossiers import DossierView
from persistence.audit import note_look
from persistence.dossiers import read_handover

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
