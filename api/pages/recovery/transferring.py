"""The page of a claim's transfer: what is proved, and how the authority will see the claim."""

from collections import defaultdict
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.dependencies import CaseVisitor, TheHouse
from api.languages import language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.schemas.dossiers import DossierView, FindingView
from api.views.dossiers import view_handover
from domain.authority import Right, may
from domain.particulars import FIELDS
from persistence.recovery.dossiers import read_handover
from persistence.trail.audit import note_look

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
_FIELDS = (
    "type_code", "principal", "amount", "description", "period_start", "period_end",
    "originated_on", "due_on", "last_timely_on",
)  # fmt: skip


@router.get("/transfer")
async def show_transfer(
    request: Request,
    house: TheHouse,
    actor: CaseVisitor,
    claim_id: ClaimId,
    said: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """That someone looked is written down."""
    policy, on = house.policy, house.today
    async with house.database.transaction() as connection:
        handover = await read_handover(connection, policy, claim_id, on)
        await note_look(connection, claim_id, actor.id)
    dossier = view_handover(claim_id, handover, policy.entry_filter, on, language_of(request))
    facts = {
        "dossier": dossier,
        "fields": _FIELDS,
        "found": _by_field(dossier),
        "is_mended": said == "mended",
        "mendable": FIELDS if may(actor, Right.WORK_ON_TASKS) and not handover.sent else (),
        "total": sum(claim.amount_ore for claim in dossier.claims),
    }
    return show(request, "transfer", facts)


def _by_field(dossier: DossierView) -> dict[tuple[str, str], list[FindingView]]:
    """The findings by the claim and the field they are about."""
    found: dict[tuple[str, str], list[FindingView]] = defaultdict(list)
    for finding in dossier.findings:
        found[finding.reference, finding.field].append(finding)
    return dict(found)
