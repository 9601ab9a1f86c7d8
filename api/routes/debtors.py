"""Debtors, found by a number that never stands in a URL."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from api.conversing import DONE, converse, why_not
from api.dependencies import IdempotencyKey, LetterWriter, TheHouse, Viewer
from api.languages import Language
from api.routes.describing import problems
from api.schemas.access import AccessReport
from api.schemas.cases import DebtorFound, SearchBody
from api.schemas.common import Number
from api.schemas.debtors import (
    ConversationBody,
    ConversationHeld,
    DebtorDetails,
    DialogueResult,
)
from api.schemas.letters import LanguageBody
from api.views.access import view_access
from api.views.addresses import require_address
from api.views.claims import masked, view_summary
from api.views.debtors import view_debtor
from domain.errors import Fault, Invalid
from domain.identity import parse_national_id
from persistence.claims.reading import ClaimFilter, find_debtor, list_claims
from persistence.debtors.files import read_file
from persistence.debtors.registers import write_in_language
from persistence.trail.audit import note
from reports.access.reading import read_all_about

router = APIRouter(prefix="/debtors", tags=["debtors"])
DebtorId = Annotated[Number, Path(examples=[3])]
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
    debtor_id: DebtorId,
    body: LanguageBody,
    house: TheHouse,
    actor: LetterWriter,
) -> LanguageBody:
    """From now on the debtor's letters are in Danish (`da`) or English (`en`)."""
    async with house.database.transaction() as connection:
        await write_in_language(connection, debtor_id, body.language, actor)
    return body


@router.get(
    "/{debtor_id}/access-report", operation_id="readAccessReport", responses=problems(404, 422)
)
async def get_access_report(
    debtor_id: DebtorId, house: TheHouse, actor: Viewer, language: Language
) -> AccessReport:
    """Everything that is known of a person, in words, as they may have it (GDPR article 15).

    Of one whose address is protected it is given to those alone who need the address.
    """
    async with house.database.transaction() as connection:
        told = await read_all_about(connection, debtor_id)
    require_address(actor, told[0].rows[0])
    async with house.database.transaction() as connection:
        await note(connection, f"debtor-{debtor_id}", actor.id, "access-report")
    return view_access(told, house, language)


@router.get("/{debtor_id}", operation_id="readDebtor", responses=problems(404, 422))
async def get_debtor(
    debtor_id: DebtorId, house: TheHouse, actor: Viewer, language: Language
) -> DebtorDetails:
    """Read all there is about a debtor. That you looked is written in the audit trail."""
    async with house.database.transaction() as connection:
        file = await read_file(connection, debtor_id, house.today)
        await note(connection, f"debtor-{debtor_id}", actor.id, "viewed")
    return view_debtor(file, house, language, actor)


@router.post(
    "/{debtor_id}/conversations",
    operation_id="holdConversation",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_conversation(
    request: Request,
    debtor_id: DebtorId,
    body: ConversationBody,
    house: TheHouse,
    actor: LetterWriter,
    language: Language,
    key: IdempotencyKey = None,
) -> ConversationHeld:
    """Write down what was said, and answer the dialogues it settles, each for itself.

    An answer that cannot be given, for someone else gave one first, does not stop the others.
    """
    number, results = await converse(request, house, debtor_id, body, actor, key)
    return ConversationHeld(
        note_id=number,
        results=[
            DialogueResult(task_id=task, is_answered=code == DONE, why_not=why_not(code, language))
            for task, code in results
        ],
    )
