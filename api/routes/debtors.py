"""Debtors, found by a number that never stands in a URL."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.claim_views import masked, view_summary
from api.dependencies import LetterWriter, TheHouse, Viewer
from api.routes.describing import problems
from api.schemas.cases import DebtorFound, SearchBody
from api.schemas.common import Number
from api.schemas.letters import LanguageBody
from domain.errors import Fault, Invalid
from domain.identity import parse_national_id
from persistence.audit import note
from persistence.debtors import write_in_language
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


@router.put("/{debtor_id}/language", operation_id="chooseLanguage", responses=problems(404, 422))
async def put_language(
    debtor_id: Annotated[Number, Path(examples=[3])],
    body: LanguageBody,
    house: TheHouse,
    actor: LetterWriter,
) -> LanguageBody:
    """From now on the debtor's letters are in Danish (`da`) or English (`en`)."""
    async with house.database.transaction() as connection:
        await write_in_language(connection, debtor_id, body.language, actor)
    return body
