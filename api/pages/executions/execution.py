"""One story's execution: what the tables say beside what Temporal says, and what can be done."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import CaseVisitor, SteerVisitor, TheHouse
from api.execution_query import read_act
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import AgreementId, ClaimId
from api.sentences import view_faults
from api.views.executions import doing, key_in_words, read_execution, step_outcome, why
from domain.authority import Actor, Right, may
from domain.errors import Fault, Invalid
from domain.executions.troubles import ASKED_BY_PEOPLE, StoryAct
from persistence.executions.steps import ask_step
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute)
SAID = frozenset({"nudge", "retry", "rebuild", "proposed", "approved", "refused", "overtaken"})
"""What the page can say was just done."""
Said = Annotated[str, Query(max_length=40)]
Act = Annotated[str, Path(pattern="^(nudge|retry|rebuild)$")]


class ActForm(BaseModel):
    """Why it is done."""

    reason: str = Field(default="", max_length=4000)
    key: str = Field(default="", max_length=100)


@router.get("/claims/{claim_id}/execution")
async def show_claims_execution(
    request: Request, house: TheHouse, actor: CaseVisitor, claim_id: ClaimId, said: Said = ""
) -> Response:
    return await _show(request, house, actor, f"claim-{claim_id}", said)


@router.get("/agreements/{agreement_id}/execution")
async def show_agreements_execution(
    request: Request,
    house: TheHouse,
    actor: CaseVisitor,
    agreement_id: AgreementId,
    said: Said = "",
) -> Response:
    return await _show(request, house, actor, f"agreement-{agreement_id}", said)


@router.post("/claims/{claim_id}/execution/look")
async def look_at_claim(
    house: TheHouse, actor: SteerVisitor, claim_id: ClaimId
) -> RedirectResponse:
    return await _look(house, actor, f"claim-{claim_id}")


@router.post("/agreements/{agreement_id}/execution/look")
async def look_at_agreement(
    house: TheHouse, actor: SteerVisitor, agreement_id: AgreementId
) -> RedirectResponse:
    return await _look(house, actor, f"agreement-{agreement_id}")


@router.get("/claims/{claim_id}/execution/{act}")
async def foresee_for_claim(
    request: Request, house: TheHouse, _: SteerVisitor, claim_id: ClaimId, act: Act
) -> Response:
    return await _foresee(request, house, f"claim-{claim_id}", read_act(act), ActForm())


@router.get("/agreements/{agreement_id}/execution/{act}")
async def foresee_for_agreement(
    request: Request, house: TheHouse, _: SteerVisitor, agreement_id: AgreementId, act: Act
) -> Response:
    return await _foresee(request, house, f"agreement-{agreement_id}", read_act(act), ActForm())


@router.post("/claims/{claim_id}/execution/{act}")
async def act_on_claim(
    request: Request,
    house: TheHouse,
    actor: SteerVisitor,
    claim_id: ClaimId,
    act: Act,
    form: Annotated[ActForm, Form()],
) -> Response:
    return await _act(request, house, actor, f"claim-{claim_id}", read_act(act), form)


@router.post("/agreements/{agreement_id}/execution/{act}")
async def act_on_agreement(
    request: Request,
    house: TheHouse,
    actor: SteerVisitor,
    agreement_id: AgreementId,
    act: Act,
    form: Annotated[ActForm, Form()],
) -> Response:
    return await _act(request, house, actor, f"agreement-{agreement_id}", read_act(act), form)


def page_of_story(story: str) -> str:
    kind, _, subject = story.partition("-")
    return f"/{kind}s/{subject}/execution"


async def _show(request: Request, house: House, actor: Actor, story: str, said: str) -> Response:
    language = language_of(request)
    async with house.database.transaction() as connection:
        found = await read_execution(connection, house, story)
    facts = {
        "found": found,
        "base": page_of_story(story),
        "why": lambda row: why(row["trouble"], row["facts"], language),
        "key_words": lambda key: key_in_words(key, language),
        "doing": lambda name: doing(name, language),
        "outcome": lambda step: step_outcome(step, language),
        "may_steer": may(actor, Right.STEER),
        "acts": ASKED_BY_PEOPLE if found.facts["is_alive"] else (),
        "temporal": house.executions.page_of(story),
        "actor_id": actor.id,
        "said": said if said in SAID else "",
    }
    return show(request, "execution", facts)


async def _look(house: House, actor: Actor, story: str) -> RedirectResponse:
    async with house.database.transaction() as connection:
        await ask_step(connection, story, StoryAct.LOOK, "", actor, house.clock())
    return RedirectResponse(page_of_story(story), 303)


async def _foresee(
    request: Request,
    house: House,
    story: str,
    act: StoryAct,
    form: ActForm,
    faults: tuple[Fault, ...] = (),
) -> Response:
    language = language_of(request)
    async with house.database.transaction() as connection:
        found = await read_execution(connection, house, story)
    facts = {
        "found": found,
        "base": page_of_story(story),
        "act": act,
        "key_words": lambda key: key_in_words(key, language),
        "reason": form.reason,
        "key": form.key or new_key(),
        "faults": view_faults(faults, language),
    }
    return show(request, "execution-act", facts, 422 if faults else 200)


async def _act(
    request: Request, house: House, actor: Actor, story: str, act: StoryAct, form: ActForm
) -> Response:
    async def do(connection: AsyncConnection) -> StoredAnswer:
        await ask_step(connection, story, act, form.reason, actor, house.clock())
        return StoredAnswer(303, {})

    try:
        said = fingerprint(request, form.reason)
        await once(house, actor, form.key or new_key(), said, do)
    except Invalid as wrong:
        return await _foresee(request, house, story, act, form, wrong.faults)
    return RedirectResponse(f"{page_of_story(story)}?said={act.value}", 303)
