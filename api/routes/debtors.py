"""Debtors, found by a number that never stands in a URL."""

from fastapi import APIRouter

from api.claim_views import masked, view_summary
from api.dependencies import TheHouse, Viewer
from api.routes.describing import problems
from api.schemas.cases import DebtorFound, SearchBody
from domain.errors import Fault, Invalid
from domain.identity import parse_national_id
from persistence.audit import note
from persistence.reading import ClaimFilter, find_debtor, list_claims

router = APIRouter(prefix="/debtors", tags=["debtors"])
_MOST_CLAIMS = 200


@router.post("/search", operation_id="searchDebtor", responses=problems(404, 422))
async def search_debtor(body: SearchBody, house: TheHouse, actor: Viewer) -> DebtorFound:
    """Find a debtor by CPR or CVR number, with their newest claims (at most 200).

    That you looked is written in the audit trail.
    """
    try:
        national_id = parse_national_id(body.national_id)
    except Invalid as invalid:
        faults = (Fault("national_id", fault.code, fault.values) for fault in invalid.faults)
        raise Invalid(*faults) from None
    async with house.database.transaction() as connection:
        debtor = await find_debtor(connection, national_id.digits)
        narrow = ClaimFilter(debtor=debtor["id"])
        claims = await list_claims(connection, narrow, None, _MOST_CLAIMS)
        await note(connection, f"debtor-{debtor['id']}", actor.id, "viewed")
    return DebtorFound(
        debtor_id=debtor["id"],
        kind=debtor["kind"],
        national_id=masked(debtor["national_id"]),
        name=debtor["name"],
        claims=[view_summary(row) for row in claims],
    )
