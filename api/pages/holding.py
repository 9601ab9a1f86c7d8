"""Stopping a claim's clock and letting it run again: asked, shown what it does, then done."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import HoldVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.foreseeing import Foreseen, foresee
from api.pages.forms import new_key, read_debtor, read_optional_day, read_optional_prose
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.authority import Actor
from domain.claim import HoldReason
from domain.errors import Fault, Invalid
from persistence.deferring import note_deferral
from persistence.holding import place_hold, release_hold
from persistence.idempotency import StoredAnswer
from persistence.reading import read_debtors, require_hold
from persistence.standings import read_standing

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
HoldId = Annotated[int, Path(ge=1, le=2**63 - 1)]
REASONS = tuple(reason for reason in HoldReason if reason is not HoldReason.AGREEMENT)
"""Those a person gives; an agreement's is given by its story."""
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class HoldForm:
    reason: str = ""
    note: str = ""
    until: str = ""
    asked_by: str = ""
    is_sure: str = ""
    key: str = ""

    def read(self) -> tuple[HoldReason, str, date | None]:
        """Raises Invalid with all that is wrong."""
        faults: list[Fault] = []
        if self.reason not in set(REASONS):
            faults.append(Fault("reason", "hold-reason-missing"))
        note = read_optional_prose("note", self.note, _LONGEST, faults)
        until = read_optional_day("until", self.until, faults)
        read_debtor("asked_by", self.asked_by, faults)
        if faults:
            raise Invalid(*faults)
        return HoldReason(self.reason), note, until


def _form(
    reason: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    asked_by: Annotated[str, Form()] = "",
    is_sure: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> HoldForm:
    return HoldForm(reason, note, until, asked_by, is_sure, key or new_key())


@router.get("/hold")
async def ask_for_hold(
    request: Request, house: TheHouse, _: HoldVisitor, claim_id: ClaimId
) -> Response:
    return await _ask(request, house, claim_id, HoldForm(key=new_key()))


@router.post("/hold")
async def hold(
    request: Request,
    house: TheHouse,
    actor: HoldVisitor,
    claim_id: ClaimId,
    form: Annotated[HoldForm, Depends(_form)],
) -> Response:
    """First what would stand still; pressed again, it does."""

    async def place(connection: AsyncConnection) -> StoredAnswer:
        reason, note, until = form.read()
        number = await place_hold(connection, claim_id, reason, note, house.today, until, actor)
        if form.asked_by:
            await note_deferral(connection, house.policy, number, int(form.asked_by))
        return StoredAnswer(303, {"hold": number})

    try:
        if not form.is_sure:
            foreseen = await foresee(house, claim_id, place, language_of(request))
            return await _show(request, house, claim_id, form, foreseen)
        said = fingerprint(request, [form.reason, form.note, form.until, form.asked_by])
        await once(house, actor, form.key, said, place)
    except Invalid as wrong:
        return await _ask(request, house, claim_id, form, wrong.faults)
    return RedirectResponse(f"/claims/{claim_id}?said=held#holds", 303)


@router.get("/holds/{hold_id}/release")
async def ask_for_release(
    request: Request, house: TheHouse, actor: HoldVisitor, claim_id: ClaimId, hold_id: HoldId
) -> Response:
    foreseen = await foresee(
        house, claim_id, lambda c: _release(c, house, hold_id, actor), language_of(request)
    )
    return show(request, "release", {"foreseen": foreseen, "hold_id": hold_id})


@router.post("/holds/{hold_id}/release")
async def release(
    house: TheHouse, actor: HoldVisitor, claim_id: ClaimId, hold_id: HoldId
) -> Response:
    async with house.database.transaction() as connection:
        await _release(connection, house, hold_id, actor)
    return RedirectResponse(f"/claims/{claim_id}?said=released#holds", 303)


async def _release(connection: AsyncConnection, house: House, hold_id: int, actor: Actor) -> None:
    await require_hold(connection, hold_id)
    await release_hold(connection, house.policy, hold_id, house.today, actor)


async def _ask(
    request: Request, house: House, claim_id: str, form: HoldForm, faults: tuple[Fault, ...] = ()
) -> Response:
    return await _show(request, house, claim_id, replace(form, is_sure=""), None, faults)


async def _show(
    request: Request,
    house: House,
    claim_id: str,
    form: HoldForm,
    foreseen: Foreseen | None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.transaction() as connection:
        await read_standing(connection, claim_id, house.today)
        debtors = await read_debtors(connection, claim_id)
    facts = {
        "claim_id": claim_id,
        "form": form,
        "debtors": {str(debtor["id"]): debtor["name"] for debtor in debtors},
        "foreseen": foreseen,
        "reasons": [reason.value for reason in REASONS],
        "until": read_optional_day("until", form.until, []),
        "on": house.today,
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "hold", facts, 422 if faults else 200)
