"""Moving a claim by hand: proposed with a reason, and agreed to by another."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import SteerVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.errors import Fault, Invalid
from domain.executions.stage_steps import StageStep
from persistence.executions.stage_steps import decide_step, propose_step, read_place, state_of
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute)
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]


class StepForm(BaseModel):
    """Which way, and why."""

    step: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=4000)
    key: str = Field(default="", max_length=100)


@router.get("/claims/{claim_id}/move")
async def foresee_move(
    request: Request,
    house: TheHouse,
    _: SteerVisitor,
    claim_id: ClaimId,
    step: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    return await _foresee(request, house, claim_id, StepForm(step=step))


@router.post("/claims/{claim_id}/move")
async def propose(
    request: Request,
    house: TheHouse,
    actor: SteerVisitor,
    claim_id: ClaimId,
    form: Annotated[StepForm, Form()],
) -> Response:
    async def act(connection: AsyncConnection) -> StoredAnswer:
        step = _read_step(form.step)
        number = await propose_step(connection, claim_id, step, form.reason, actor, house.clock())
        return StoredAnswer(303, {"proposal": number})

    try:
        said = fingerprint(request, [form.step, form.reason])
        await once(house, actor, form.key or new_key(), said, act)
    except Invalid as wrong:
        return await _foresee(request, house, claim_id, form, wrong.faults)
    return RedirectResponse(f"/claims/{claim_id}/execution?said=proposed", 303)


@router.post("/stage-proposals/{number}/{answer}")
async def decide(
    house: TheHouse,
    actor: SteerVisitor,
    number: Number,
    answer: Annotated[str, Path(pattern="^(approve|refuse)$")],
) -> RedirectResponse:
    is_approved = answer == "approve"
    async with house.database.transaction() as connection:
        claim_id = await decide_step(
            connection, number, actor, house.clock(), is_approved=is_approved
        )
        state = await state_of(connection, number)
    return RedirectResponse(f"/claims/{claim_id}/execution?said={state}", 303)


def _read_step(text: str) -> StageStep:
    if text not in set(StageStep):
        raise Invalid(Fault("step", "stage-step-missing"))
    return StageStep(text)


async def _foresee(
    request: Request,
    house: House,
    claim_id: str,
    form: StepForm,
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.transaction() as connection:
        standing = await read_place(connection, claim_id)
    facts = {
        "claim_id": claim_id,
        "standing": standing,
        "form": form,
        "key": form.key or new_key(),
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "stage-step", facts, 422 if faults else 200)
