"""Which stories do not go on as they should: counted by cause, listed, and mended in one go."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.cursors import write_cursor
from api.dependencies import CaseVisitor, SteerVisitor, TheHouse
from api.execution_query import batch_acts, read_batch_act, read_place, read_trouble
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.claims.listing import type_names
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.sentences import view_faults
from api.views.executions import step_outcome, why
from domain.authority import Right, may
from domain.errors import Fault, Invalid
from domain.executions.troubles import AT_ONCE, BatchState, StoryAct, Trouble
from persistence.executions.batches import (
    ask_batch,
    latest_batches,
    move_batch,
    read_batch,
)
from persistence.executions.silences import silences
from persistence.executions.stage_steps import waiting_steps
from persistence.executions.troubles import count_troubled, list_troubled, stories_troubled
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/executions")
_PAGE = 50
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
Choice = Annotated[str, Query(max_length=40)]
_MOVES = {
    "pause": BatchState.PAUSED,
    "go-on": BatchState.RUNNING,
    "stop": BatchState.STOPPED,
}


class BatchForm(BaseModel):
    """What is to be done about all stories with a trouble, and why."""

    trouble: str = Field(default="", max_length=40)
    act: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=4000)
    key: str = Field(default="", max_length=100)


@router.get("")
async def show_troubled(
    request: Request,
    house: TheHouse,
    actor: CaseVisitor,
    trouble: Choice = "",
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    narrow, now = read_trouble(trouble), house.clock()
    async with house.database.transaction() as connection:
        counts = await count_troubled(connection, now)
        rows = await list_troubled(connection, now, narrow, read_place(cursor), _PAGE + 1)
        beside = await _beside(connection)
    language, page = language_of(request), rows[:_PAGE]
    facts = beside | {
        "counts": counts,
        "rows": page,
        "trouble": narrow,
        "is_first": cursor is None,
        "following": _following(narrow, page) if len(rows) > _PAGE else None,
        "types": type_names(house.policy, language),
        "why": lambda row: why(row["trouble"], row["facts"], language),
        "may_steer": may(actor, Right.STEER),
        "acts": batch_acts(narrow),
    }
    return show(request, "executions", facts)


async def _beside(connection: AsyncConnection) -> dict[str, Any]:
    """Who does not answer, what waits for a second person, and what was done for many."""
    return {
        "silent": await silences(connection),
        "proposals": await waiting_steps(connection),
        "batches": await latest_batches(connection),
    }


def _following(narrow: Trouble | None, page: Any) -> str:
    last = page[-1]
    place = write_cursor(last["since_us"], last["serial"], last["number"])
    asked = {"trouble": narrow.value} if narrow else {}
    return f"/executions?{urlencode(asked | {'cursor': place})}"


@router.get("/batches/new")
async def foresee_batch(
    request: Request, house: TheHouse, _: SteerVisitor, act: Choice, trouble: Choice = ""
) -> Response:
    return await _foresee(request, house, BatchForm(trouble=trouble, act=act, key=new_key()))


@router.post("/batches")
async def make_batch(
    request: Request, house: TheHouse, actor: SteerVisitor, form: Annotated[BatchForm, Form()]
) -> Response:
    narrow = read_trouble(form.trouble)
    wish = read_batch_act(narrow, form.act)

    async def act(connection: AsyncConnection) -> StoredAnswer:
        number = await ask_batch(connection, narrow, wish, form.reason, actor, house.clock())
        return StoredAnswer(303, {"batch": number})

    try:
        said = fingerprint(request, [form.trouble, form.act, form.reason])
        answer = await once(house, actor, form.key or new_key(), said, act)
    except Invalid as wrong:
        return await _foresee(request, house, form, wrong.faults)
    return RedirectResponse(f"/executions/batches/{answer.response['batch']}", 303)


@router.get("/batches/{number}")
async def show_batch(
    request: Request, house: TheHouse, actor: CaseVisitor, number: Number
) -> Response:
    async with house.database.transaction() as connection:
        batch, failed = await read_batch(connection, number)
    language = language_of(request)
    facts = {
        "batch": batch,
        "failed": failed,
        "may_steer": may(actor, Right.STEER),
        "outcome": lambda step: step_outcome(step, language),
    }
    return show(request, "execution-batch", facts)


@router.post("/batches/{number}/{move}")
async def steer_batch(
    house: TheHouse,
    actor: SteerVisitor,
    number: Number,
    move: Annotated[str, Path(pattern="^(pause|go-on|stop)$")],
) -> RedirectResponse:
    async with house.database.transaction() as connection:
        await move_batch(connection, number, _MOVES[move], actor, house.clock())
    return RedirectResponse(f"/executions/batches/{number}", 303)


async def _foresee(
    request: Request, house: House, form: BatchForm, faults: tuple[Fault, ...] = ()
) -> Response:
    """How many, which, and what would be done to each."""
    narrow = read_trouble(form.trouble)
    act: StoryAct = read_batch_act(narrow, form.act)
    async with house.database.transaction() as connection:
        stories = await stories_troubled(connection, house.clock(), narrow, AT_ONCE)
    facts = {
        "stories": stories,
        "trouble": narrow,
        "act": act,
        "most": AT_ONCE,
        "reason": form.reason,
        "key": form.key or new_key(),
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "execution-batch-new", facts, 422 if faults else 200)
