"""What is done on an agreement's own page: a note, and a better yes."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import NoteVisitor, TheHouse, WriteVisitor
from api.house import House
from api.pages.agreements.forms import TheForm, back, run_once
from api.pages.agreements.plan import agreement_page
from api.pages.routing import PageRoute
from api.routes.describing import AgreementId
from api.screens.plans import read_acceptance
from api.screens.typed import Reading, Typed
from domain.authority import Actor
from domain.errors import Invalid
from domain.notation import refuse
from persistence.agreements.acknowledging import record_acceptance
from persistence.agreements.keeping import write_agreement_note
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/agreements/{agreement_id}")
_DIGITS = 19
Act = Callable[[AsyncConnection], Awaitable[object]]


@router.post("/notes")
async def write_note(
    request: Request, house: TheHouse, actor: NoteVisitor, agreement_id: AgreementId, typed: TheForm
) -> Response:
    async def act(connection: AsyncConnection) -> None:
        words = typed.one("text")
        await write_agreement_note(connection, agreement_id, words, actor, house.today)

    return await _do(request, house, actor, agreement_id, typed, act, "noted")


@router.post("/acceptances")
async def accept(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    agreement_id: AgreementId,
    typed: TheForm,
) -> Response:
    """The debtor has said yes once more, perhaps in writing."""

    async def act(connection: AsyncConnection) -> None:
        reading, on = Reading(typed), house.today
        yes = read_acceptance(reading, on)
        number = reading.read("attachment_id", _number)
        reading.require_sound()
        yes = replace(yes, attachment_id=number)
        await record_acceptance(connection, house.policy, agreement_id, yes, on, actor)

    return await _do(request, house, actor, agreement_id, typed, act, "accepted")


async def _do(
    request: Request,
    house: House,
    actor: Actor,
    agreement_id: str,
    typed: Typed,
    act: Act,
    said: str,
) -> Response:
    """Once, and back to the page; with what was wrong and what was typed where it cannot be."""

    async def acting(connection: AsyncConnection) -> StoredAnswer:
        await act(connection)
        return StoredAnswer(303, {})

    try:
        await run_once(request, house, actor, typed, acting)
    except Invalid as wrong:
        return await agreement_page(request, house, actor, agreement_id, typed, wrong.faults)
    return back(agreement_id, said)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < _DIGITS):
        raise refuse("attachment-elsewhere")
    return int(text)
