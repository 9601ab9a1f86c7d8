"""What is done with tasks from the inbox: one row's button, or many rows at once."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field, ValidationError

from api.bulk import act_on_each
from api.dependencies import TaskVisitor, TheHouse
from api.errors import faults_of
from api.house import House
from api.pages.routing import PageRoute
from api.pages.tasks.inbox import address_of, answer_inbox, query_at
from api.problems import words_of
from api.schemas.inbox import BulkBody
from domain.authority import Actor, kinds_for
from domain.errors import Fault, Invalid, Refusal
from persistence.tasks.next_task import take_next
from persistence.tasks.saved_filters import NewFilter, forget_filter, save_filter
from persistence.tasks.taking import delegate_task, return_task

router = APIRouter(route_class=PageRoute, prefix="/inbox")
Back = Annotated[str, Form(max_length=1000)]


class ActForm(BaseModel):
    """*one* is a row's own button, as ``claim:17``; else *act* is done with each *task* chosen."""

    act: str = Field(default="", max_length=40)
    one: str = Field(default="", max_length=60)
    task: list[int] = Field(default=[], max_length=200)
    to: str = Field(default="", max_length=100)
    until: str = Field(default="", max_length=10)
    reason: str = Field(default="", max_length=4000)
    back: str = Field(default="", max_length=1000)

    def wish(self) -> dict[str, object]:
        name, _, number = self.one.partition(":")
        return {
            "act": name or self.act,
            "tasks": [int(number)] if number.isdecimal() else self.task,
            "to": self.to or None,
            "until": self.until or None,
            "reason": self.reason or None,
        }


@router.post("/acts")
async def act(
    request: Request, house: TheHouse, actor: TaskVisitor, form: Annotated[ActForm, Form()]
) -> Response:
    """For a script with an answer for each, for people the page again."""
    try:
        body = BulkBody.model_validate(form.wish())
    except ValidationError as wrong:
        raise Invalid(*faults_of(wrong.errors())) from None
    result = await act_on_each(request, house, actor, body)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(result.model_dump())
    query = query_at(form.back)
    if not result.refused:
        return RedirectResponse(address_of(query, done=result.done), 303)
    return await answer_inbox(request, house, actor, query, more={"result": result})


@router.post("/next")
async def go_on(request: Request, house: TheHouse, actor: TaskVisitor, back: Back = "") -> Response:
    """Take the next task and open it; where none is left the inbox says so."""
    async with house.database.transaction() as connection:
        kinds, on = kinds_for(actor), house.today
        task_id = await take_next(connection, actor, kinds, house.clock(), on)
    if task_id is None:
        more = {"is_nothing_left": True}
        return await answer_inbox(request, house, actor, query_at(back), more=more)
    return RedirectResponse(f"/tasks/{task_id}", 303)


class AskForm(BaseModel):
    """A question to a colleague, or the answer to one."""

    task: int = Field(ge=1, le=2**63 - 1)
    to: str = Field(default="", max_length=100)
    words: str = Field(default="", max_length=4000)
    back: str = Field(default="", max_length=1000)


@router.post("/delegate")
async def ask_colleague(
    request: Request, house: TheHouse, actor: TaskVisitor, form: Annotated[AskForm, Form()]
) -> Response:
    try:
        async with house.database.transaction() as connection:
            now = house.clock()
            await delegate_task(connection, form.task, form.to, form.words, actor, now)
    except Refusal as refusal:
        return await _refuse(request, house, actor, form.back, refusal)
    return RedirectResponse(address_of(query_at(form.back), done=1), 303)


@router.post("/return")
async def answer_colleague(
    request: Request, house: TheHouse, actor: TaskVisitor, form: Annotated[AskForm, Form()]
) -> Response:
    try:
        async with house.database.transaction() as connection:
            await return_task(connection, form.task, form.words, actor, house.clock())
    except Refusal as refusal:
        return await _refuse(request, house, actor, form.back, refusal)
    return RedirectResponse(address_of(query_at(form.back), done=1), 303)


class FilterForm(BaseModel):
    name: str = Field(default="", max_length=60)
    is_shared: bool = False
    is_default: bool = False
    back: str = Field(default="", max_length=1000)


@router.post("/filters")
async def keep_filter(
    house: TheHouse, actor: TaskVisitor, form: Annotated[FilterForm, Form()]
) -> Response:
    if not form.name.strip() or not form.name.isprintable():
        raise Invalid(Fault("name", "field-missing"))
    query = query_at(form.back)
    wish = query.model_copy(update={"cursor": None, "done": None}).wish()
    async with house.database.transaction() as connection:
        new = NewFilter(form.name.strip(), wish, form.is_shared, form.is_default)
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
