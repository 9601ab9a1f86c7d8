"""Stopping a claim's clock and letting it run again: asked, shown what it does, then done."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import HoldVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.claims.foreseeing import Foreseen, foresee
from api.pages.endings.suspension_forms import SuspensionForm, reasons_in, suspension_form
from api.pages.fields import read_optional_day
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.authority import Actor
from domain.errors import Fault, Invalid
from persistence.claims.deferring import note_deferral
from persistence.claims.reading import read_debtors, require_hold
from persistence.claims.standings import read_standing
from persistence.endings.suspending import end_hold, suspend_claim
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
HoldId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/hold")
async def ask_for_hold(
    request: Request, house: TheHouse, _: HoldVisitor, claim_id: ClaimId
) -> Response:
    return await _ask(request, house, claim_id, SuspensionForm(key=new_key()))


@router.post("/hold")
async def hold(
    request: Request,
    house: TheHouse,
    actor: HoldVisitor,
    claim_id: ClaimId,
    form: Annotated[SuspensionForm, Depends(suspension_form)],
) -> Response:
    """First what would stand still; pressed again, it does."""
    reasons = reasons_in(house.policy.endings, house.today, of_debtor=False)

    async def place(connection: AsyncConnection) -> StoredAnswer:
        wish, on = form.read(reasons), house.today
        done = await suspend_claim(connection, house.policy, claim_id, wish, on, actor)
        if form.debtor is not None:
            await note_deferral(connection, house.policy, done.holds[claim_id], form.debtor)
        return StoredAnswer(303, {"hold": done.holds[claim_id]})

    try:
        if not form.is_sure:
            foreseen = await foresee(house, claim_id, place, language_of(request))
            return await _show(request, house, claim_id, form, foreseen)
        await once(house, actor, form.key, fingerprint(request, form.said), place)
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
    await end_hold(connection, house.policy, hold_id, house.today, actor)


async def _ask(
    request: Request,
    house: House,
    claim_id: str,
    form: SuspensionForm,
    faults: tuple[Fault, ...] = (),
) -> Response:
    return await _show(request, house, claim_id, replace(form, is_sure=""), None, faults)


async def _show(
    request: Request,
    house: House,
    claim_id: str,
    form: SuspensionForm,
    foreseen: Foreseen | None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    on, rules = house.today, house.policy.endings
    async with house.database.transaction() as connection:
        claim = await read_standing(connection, claim_id, on)
        debtors = await read_debtors(connection, claim_id)
    facts = {
        "claim_id": claim_id,
        "debtor_id": claim["debtor_id"],
        "form": form,
        "debtors": {str(debtor["id"]): debtor["name"] for debtor in debtors},
        "foreseen": foreseen,
        "reasons": reasons_in(rules, on, of_debtor=False),
        "rules": {rule.reason: rule for rule in rules.suspensions.on_or_first(on)},
        "until": read_optional_day("until", form.days.get("until", ""), []),
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "hold", facts, 422 if faults else 200)
