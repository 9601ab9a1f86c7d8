"""A debtor's objection written down from the claim's page, by whoever heard it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.errors import ClaimHasEnded, Conflict, Fault, Invalid
from domain.file_notes import read_prose
from persistence.claims.objecting import register_objection
from persistence.claims.standings import read_standing
from persistence.idempotency import KeyUsedOtherwise, StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
_LONGEST = 4000


@router.get("/objection")
async def ask_for_objection(
    request: Request, house: TheHouse, _: WriteVisitor, claim_id: ClaimId
) -> Response:
    return await _show(request, house, claim_id, "", new_key())


@router.post("/objection")
async def write_objection_down(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    claim_id: ClaimId,
    words: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """One that waits for its answer already is told of beside what was typed."""

    async def act(connection: AsyncConnection) -> StoredAnswer:
        task = await register_objection(
            connection, house.policy, claim_id, _read(words), house.today, actor
        )
        return StoredAnswer(303, {"task": task})

    try:
        await once(house, actor, key or new_key(), fingerprint(request, words), act)
    except Invalid as wrong:
        return await _show(request, house, claim_id, words, key, 422, *wrong.faults)
    except (ClaimHasEnded, KeyUsedOtherwise):
        raise
    except Conflict:
        waits = Fault("words", "problem-objection-open")
        return await _show(request, house, claim_id, words, key, 409, waits)
    return RedirectResponse(f"/claims/{claim_id}?said=objected#holds", 303)


def _read(words: str) -> str:
    if not words.strip():
        raise Invalid(Fault("words", "objection-missing"))
    return read_prose("words", words, _LONGEST)


async def _show(
    request: Request,
    house: House,
    claim_id: str,
    words: str,
    key: str,
    status: int = 200,
    *faults: Fault,
) -> Response:
    async with house.database.transaction() as connection:
        await read_standing(connection, claim_id, house.today)
    facts = {
        "claim_id": claim_id,
        "words": words,
        "key": key or new_key(),
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "objection", facts, status)
