"""Withdrawing a claim: what would be lost is shown first, and reasons are asked for."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, WithdrawVisitor
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.claims.foreseeing import foresee
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.authority import Actor
from domain.claim import Stage
from domain.errors import Fault, Invalid
from domain.file_notes import read_prose
from persistence.claims.withdrawing import withdraw
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
_LONGEST = 2000


@router.get("/withdraw")
async def ask_for_withdrawal(
    request: Request, house: TheHouse, actor: WithdrawVisitor, claim_id: ClaimId
) -> Response:
    return await _show(request, house, claim_id, actor, "", new_key())


@router.post("/withdraw")
async def withdraw_claim(
    request: Request,
    house: TheHouse,
    actor: WithdrawVisitor,
    claim_id: ClaimId,
    reasons: Annotated[str, Form()] = "",
    is_sure: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    async def act(connection: AsyncConnection) -> StoredAnswer:
        words = read_prose("reasons", reasons, _LONGEST)
        if not is_sure:
            raise Invalid(Fault("is_sure", "withdraw-not-sure"))
        await withdraw(connection, claim_id, words, house.today, actor)
        return StoredAnswer(303, {})

    try:
        await once(house, actor, key or new_key(), fingerprint(request, reasons), act)
    except Invalid as wrong:
        return await _show(request, house, claim_id, actor, reasons, key, wrong.faults)
    return RedirectResponse(f"/claims/{claim_id}?said=withdrawn", 303)


async def _show(
    request: Request,
    house: House,
    claim_id: str,
    actor: Actor,
    reasons: str,
    key: str,
    faults: tuple[Fault, ...] = (),
) -> Response:
    language = language_of(request)
    foreseen = await foresee(
        house, claim_id, lambda c: withdraw(c, claim_id, "", house.today, actor), language
    )
    facts = {
        "foreseen": foreseen,
        "is_with_the_collector": Stage(foreseen.claim["stage"]).is_with_the_collector,
        "reasons": reasons,
        "key": key,
        "faults": view_faults(faults, language),
    }
    return show(request, "withdraw", facts, 422 if faults else 200)
