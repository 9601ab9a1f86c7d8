"""An agreement's page: its plan as a picture and a table, its claims, and what may be done."""

from dataclasses import replace
from itertools import accumulate
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.dependencies import CaseVisitor, TheHouse
from api.house import House
from api.languages import DANISH, language_of
from api.pages.agreements.plan_picture import Curve, PlanPicture, plan_picture
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import AgreementId
from api.screens.typed import Typed
from api.sentences import faults_shown
from api.views.agreements import progress_with, view_agreement
from domain.authority import Actor, Right, may
from domain.errors import Fault, Invalid
from domain.money import NOTHING, Money
from domain.notation import read_amount
from persistence.agreements.keeping import claims_to_take_up
from persistence.agreements.reading import AgreementFile, read_agreement
from persistence.trail.audit import note

router = APIRouter(route_class=PageRoute, prefix="/agreements")
SAID = frozenset({"made", "noted", "accepted", "ended", "reinstated"})
"""What the page can say was just done."""


@router.get("/{agreement_id}")
async def show_agreement(
    request: Request,
    house: TheHouse,
    actor: CaseVisitor,
    agreement_id: AgreementId,
    pay: Annotated[str, Query(max_length=30)] = "",
    said: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """*pay*: what if so much were paid today? Nothing is written down but that someone looked."""
    shown = Typed({"said": (said,), "pay": (pay,)})
    return await agreement_page(request, house, actor, agreement_id, shown)


async def agreement_page(
    request: Request,
    house: House,
    actor: Actor,
    agreement_id: str,
    typed: Typed,
    faults: tuple[Fault, ...] = (),
) -> Response:
    """With what was typed still in it, and what was wrong."""
    async with house.database.transaction() as connection:
        file = await read_agreement(connection, agreement_id)
        await note(connection, agreement_id, actor.id, "viewed")
    amount, wrong = _amount(typed.one("pay"))
    if wrong:
        faults = (*faults, *wrong)
    facts = facts_of(request, house, actor, file) | _told(request, typed, faults)
    facts["what_if"] = progress_with(file, amount) if amount else None
    facts["amount"] = amount
    return show(request, "agreement", facts, 422 if faults else 200)


def facts_of(request: Request, house: House, actor: Actor, file: AgreementFile) -> dict[str, Any]:
    """What the template shows of the agreement itself."""
    language, on, row = language_of(request), house.today, file.agreement
    is_active = row["state"] == "active"
    may_work = may(actor, Right.WORK_ON_TASKS)
    return {
        "file": file,
        "agreement": row,
        "view": view_agreement(file, on),
        "going": file.progress,
        "picture": _picture(file, house),
        "on": on,
        "is_ending": is_active and row["ended_by"] is not None,
        "may_end": is_active and row["ended_by"] is None and may_work,
        "may_accept": may_work and bool(file.alive),
        "may_note": may(actor, Right.SEE_CLAIMS) and may(actor, Right.ANSWER_TASKS),
        "may_reinstate": may_work and any(one["dialogue"] for one in claims_to_take_up(file)),
        "type_name": lambda code: _type_name(house, code, language),
    }


def _told(request: Request, typed: Typed, faults: tuple[Fault, ...]) -> dict[str, Any]:
    said = typed.one("said")
    return {
        **faults_shown(faults, language_of(request)),
        "typed": typed,
        "said": said if said in SAID else "",
        "key": typed.one("key") or new_key(),
    }


def _amount(text: str) -> tuple[Money | None, tuple[Fault, ...]]:
    if not text:
        return None, ()
    try:
        return read_amount(text), ()
    except Invalid as invalid:
        return None, tuple(replace(fault, field="pay") for fault in invalid.faults)


def _picture(file: AgreementFile, house: House) -> PlanPicture:
    row = file.agreement
    plan = [one.instalment for one in file.progress.instalments if one.instalment.amount]
    planned = zip((one.due_on for one in plan), accumulate(one.amount for one in plan), strict=True)
    came = accumulate((Money(one["ore"]) for one in file.money), initial=NOTHING)
    paid = zip((one["effective_on"] for one in file.money), list(came)[1:], strict=True)
    is_active = row["state"] == "active"
    until = house.today if is_active else row["ended_on"] or house.today
    return plan_picture(
        Curve(tuple(planned)), Curve(tuple(paid)), row["signed_on"], until,
        house.today if is_active else None,
    )  # fmt: skip


def _type_name(house: House, code: str, language: str) -> str:
    claim_type = house.policy.claim_type(code)
    return claim_type.name if language == DANISH else claim_type.name_en
