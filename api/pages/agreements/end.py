"""Ends an agreement: what is lost and what the debtor will read are shown first."""

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, WriteVisitor
from api.house import House
from api.pages.agreements.forms import TheForm, back, form_page, run_once
from api.pages.agreements.plan import facts_of
from api.pages.routing import PageRoute
from api.routes.describing import AgreementId
from api.screens.typed import Typed
from domain.authority import Actor
from domain.errors import Conflict, Fault, Invalid
from persistence.agreements.ending import end_agreement, interest_when_ended
from persistence.agreements.reading import read_agreement
from persistence.idempotency import StoredAnswer
from writing.previews import Preview, preview_letter

router = APIRouter(route_class=PageRoute, prefix="/agreements/{agreement_id}")


@router.get("/end")
async def ask_for_end(
    request: Request, house: TheHouse, actor: WriteVisitor, agreement_id: AgreementId
) -> Response:
    return await _show(request, house, actor, agreement_id, Typed())


@router.post("/end")
async def end(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    agreement_id: AgreementId,
    typed: TheForm,
) -> Response:
    """*look*: only the letter, as the debtor would read it."""

    async def act(connection: AsyncConnection) -> StoredAnswer:
        await _end(connection, house, agreement_id, typed, actor)
        return StoredAnswer(303, {})

    try:
        if typed.one("look"):
            preview = await _preview(house, agreement_id, typed, actor)
            return await _show(request, house, actor, agreement_id, typed, preview)
        await run_once(request, house, actor, typed, act)
    except Invalid as wrong:
        return await _show(request, house, actor, agreement_id, typed, None, wrong.faults)
    return back(agreement_id, "ended")


async def _end(
    connection: AsyncConnection, house: House, agreement_id: str, typed: Typed, actor: Actor
) -> int | None:
    reasons, on = typed.one("reasons"), house.today
    return await end_agreement(connection, house.policy, agreement_id, reasons, actor, on)


async def _preview(house: House, agreement_id: str, typed: Typed, actor: Actor) -> Preview | None:
    """None where nobody is left who could be written to."""
    async with house.database.trial() as connection:
        letter = await _end(connection, house, agreement_id, typed, actor)
        if letter is None:
            return None
        return await preview_letter(connection, house.policy, letter, house.today)


async def _show(
    request: Request,
    house: House,
    actor: Actor,
    agreement_id: str,
    typed: Typed,
    preview: Preview | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.trial() as connection:
        file = await read_agreement(connection, agreement_id)
        if file.agreement["state"] != "active" or file.agreement["ended_by"]:
            raise Conflict(f"agreement {agreement_id} is not in force")
        interest = await interest_when_ended(connection, house.policy, file, house.today)
    facts = facts_of(request, house, actor, file) | {"interest": interest, "preview": preview}
    return form_page(request, "agreement-end", facts, typed, faults)
