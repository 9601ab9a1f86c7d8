"""What is done from an agreement's page: a note, a better yes, a broken one taken up again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import NoteVisitor, TheHouse, WriteVisitor
from api.house import House
from api.pages.agreement_forms import TheForm, back, form_page, run_once
from api.pages.agreements import agreement_page, facts_of
from api.pages.routing import PageRoute
from api.routes.agreements import AgreementId
from api.screens.plans import first_due, plain_kroner, read_acceptance, read_months
from api.screens.typed import Reading, Typed, read_coming_day
from domain.authority import Actor
from domain.errors import Conflict, Fault, Invalid
from domain.notation import read_amount, refuse
from persistence.acknowledging import record_acceptance
from persistence.idempotency import StoredAnswer
from persistence.keeping_agreements import (
    Reinstatement,
    claims_to_take_up,
    reinstate,
    same_instalments,
    write_agreement_note,
)
from persistence.reading_agreements import read_agreement

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


@router.get("/reinstate")
async def ask_for_reinstatement(
    request: Request, house: TheHouse, actor: WriteVisitor, agreement_id: AgreementId
) -> Response:
    """With the old instalments, beginning anew, filled in."""
    async with house.database.transaction() as connection:
        file = await read_agreement(connection, agreement_id)
    monthly = plain_kroner(same_instalments(file))
    begun = {"monthly": (monthly,), "first-due": (first_due(house.today).isoformat(),)}
    return await _show_reinstatement(request, house, actor, agreement_id, Typed(begun))


@router.post("/reinstate")
async def take_up_again(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    agreement_id: AgreementId,
    typed: TheForm,
) -> Response:
    async def act(connection: AsyncConnection) -> StoredAnswer:
        decided = await reinstate(
            connection, house.policy, agreement_id, _wish(typed, house), actor, house.clock(),
            house.today,
        )  # fmt: skip
        return StoredAnswer(303, {"agreement": decided.agreement_id})

    try:
        answer = await run_once(request, house, actor, typed, act)
    except Invalid as wrong:
        return await _show_reinstatement(request, house, actor, agreement_id, typed, wrong.faults)
    return back(str(answer.response["agreement"]), "reinstated")


def _wish(typed: Typed, house: House) -> Reinstatement:
    """Raises Invalid with all that is wrong."""
    reading, on = Reading(typed), house.today
    due = reading.read("first-due", read_coming_day)
    if due is None and not typed.one("first-due"):
        reading.fail("first-due", "first-due-missing")
    elif due and due < on:
        reading.fail("first-due", "day-is-past")
    reasons = reading.prose("reasons")
    if not reasons:
        reading.fail("reasons", "reasons-missing")
    months, monthly = reading.read("months", read_months), reading.read("monthly", read_amount)
    acceptance = read_acceptance(reading, on)
    reading.require_sound()
    is_low = bool(typed.one("low-income"))
    return Reinstatement(due or on, reasons, months, monthly, is_low, acceptance)


async def _show_reinstatement(
    request: Request,
    house: House,
    actor: Actor,
    agreement_id: str,
    typed: Typed,
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.transaction() as connection:
        file = await read_agreement(connection, agreement_id)
    free = claims_to_take_up(file)
    if not any(claim["dialogue"] for claim in free):
        raise Conflict(f"agreement {agreement_id} is not waiting to be taken up")
    facts = facts_of(request, house, actor, file) | {"free": free}
    return form_page(request, "agreement-reinstate", facts, typed, faults)


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
