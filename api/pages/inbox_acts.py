"""What is done with tasks from the inbox: one row's button, or many rows at once."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import ValidationError

from api.bulk import act_on_each
from api.dependencies import TaskVisitor, TheHouse
from api.errors import faults_of
from api.house import House
from api.inbox_query import kinds_for
from api.pages.inbox import address_of, answer_inbox, query_at
from api.pages.routing import PageRoute
from api.problems import words_of
from api.schemas.inbox import BulkBody
from domain.authority import Actor
from domain.errors import Fault, Invalid, Refusal
from persistence.saved_filters import NewFilter, forget_filter, save_filter
from persistence.taking import delegate_task, return_task, take_next

router = APIRouter(route_class=PageRoute, prefix="/inbox")
Words = Annotated[str, Form(max_length=4000)]
Back = Annotated[str, Form(max_length=1000)]
Task = Annotated[int, Form(ge=1, le=2**63 - 1)]


@router.post("/acts")
async def act(
    request: Request,
    house: TheHouse,
    actor: TaskVisitor,
    back: Back = "",
    act: Annotated[str, Form(max_length=40)] = "",
    one: Annotated[str, Form(max_length=60)] = "",
    task: Annotated[list[int] | None, Form(max_length=200)] = None,
    to: Annotated[str, Form(max_length=100)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    reason: Words = "",
) -> Response:
    """*one* is a row's own button, as ``claim:17``; else *act* is done with each *task* chosen."""
    name, _, number = one.partition(":")
    wish = {
        "act": name or act,
        "tasks": [int(number)] if number.isdecimal() else task or [],
        "to": to or None,
        "until": until or None,
        "reason": reason or None,
    }
    try:
        body = BulkBody.model_validate(wish)
    except ValidationError as wrong:
        raise Invalid(*faults_of(wrong.errors())) from None
    result = await act_on_each(request, house, actor, body)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(result.model_dump())
    if not result.refused:
        return RedirectResponse(address_of(query_at(back), done=result.done), 303)
    return await answer_inbox(request, house, actor, query_at(back), more={"result": result})


@router.post("/next")
async def go_on(
    request: Request, house: TheHouse, actor: TaskVisitor, back: Back = ""
) -> Response:
    """Take the next task and open it; where none is left the inbox says so."""
    async with house.database.transaction() as connection:
        kinds, on = kinds_for(actor), house.today
        task_id = await take_next(connection, actor, kinds, house.clock(), on)
    if task_id is None:
        more = {"is_nothing_left": True}
        return await answer_inbox(request, house, actor, query_at(back), more=more)
    return RedirectResponse(f"/tasks/{task_id}", 303)


@router.post("/delegate")
async def ask_colleague(
    request: Request,
    house: TheHouse,
    actor: TaskVisitor,
    task: Task,
    to: Annotated[str, Form(max_length=100)] = "",
    question: Words = "",
    back: Back = "",
) -> Response:
    try:
        async with house.database.transaction() as connection:
            await delegate_task(connection, task, to, question, actor, house.clock())
    except Refusal as refusal:
        return await _refuse(request, house, actor, back, refusal)
    return RedirectResponse(address_of(query_at(back), done=1), 303)


@router.post("/return")
async def answer_colleague(
    request: Request,
    house: TheHouse,
    actor: TaskVisitor,
    task: Task,
    answer: Words = "",
    back: Back = "",
) -> Response:
    try:
        async with house.database.transaction() as connection:
            await return_task(connection, task, answer, actor, house.clock())
    except Refusal as refusal:
        return await _refuse(request, house, actor, back, refusal)
    return RedirectResponse(address_of(query_at(back), done=1), 303)


@router.post("/filters")
async def keep_filter(
    house: TheHouse,
    actor: TaskVisitor,
    name: Annotated[str, Form(max_length=60)] = "",
    is_shared: Annotated[bool, Form()] = False,  # noqa: FBT002  # a box that is ticked or not
    is_default: Annotated[bool, Form()] = False,  # noqa: FBT002  # likewise
    back: Back = "",
) -> Response:
    if not name.strip() or not name.isprintable():
        raise Invalid(Fault("name", "field-missing"))
    query = query_at(back)
    wish = query.model_copy(update={"cursor": None, "done": None}).wish()
    async with house.database.transaction() as connection:
        new = NewFilter(name.strip(), wish, is_shared, is_default)
        await save_filter(connection, actor.id, new)
    return RedirectResponse(address_of(query), 303)


@router.post("/filters/forget")
async def drop_filter(
    house: TheHouse,
    actor: TaskVisitor,
    number: Annotated[int, Form(ge=1, le=2**63 - 1)],
    back: Back = "",
) -> Response:
    async with house.database.transaction() as connection:
        await forget_filter(connection, actor.id, number)
    return RedirectResponse(address_of(query_at(back)), 303)


async def _refuse(
    request: Request, house: House, actor: Actor, back: str, refusal: Refusal
) -> Response:
    """The page again, with the sentence; nothing was done."""
    if isinstance(refusal, Invalid):
        raise refusal
    more = {"refusal": words_of(request, refusal)}
    return await answer_inbox(request, house, actor, query_at(back), more=more)
