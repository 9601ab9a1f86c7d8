"""What a person gets who asks what the municipality knows of them, on a page to print."""

from fastapi import APIRouter, Request, Response

from api.dependencies import CaseVisitor, TheHouse
from api.languages import language_of
from api.pages.debtors.debtor import DebtorId
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.views.access import view_access
from api.views.addresses import require_address
from persistence.trail.audit import note, note_look
from reports.access.reading import read_all_about

router = APIRouter(route_class=PageRoute, prefix="/debtors")


@router.get("/{debtor_id}/access-report")
async def show_access(
    request: Request, house: TheHouse, actor: CaseVisitor, debtor_id: DebtorId
) -> Response:
    """That it was made is in the trail, and so in the next one."""
    subject = f"debtor-{debtor_id}"
    async with house.database.transaction() as connection:
        told = await read_all_about(connection, debtor_id)
    require_address(actor, told[0].rows[0])
    async with house.database.transaction() as connection:
        await note_look(connection, subject, actor.id)
        await note(connection, subject, actor.id, "access-report")
    report = view_access(told, house, language_of(request))
    return show(request, "access-report", {"report": report, "debtor_id": debtor_id})
