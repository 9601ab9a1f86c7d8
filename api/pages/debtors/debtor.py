"""One person or company on one page: all their claims, letters and talks, and a talk to be had."""

import re
from dataclasses import replace
from typing import Annotated, get_args

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.conversing import DONE, UNFIT, converse, why_not
from api.dependencies import CaseVisitor, TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.pages import forms
from api.pages.debtors.pictures import owed_picture
from api.pages.forms import Typed, new_key, read_body, texts, typed_facts
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.schemas.debtors import GROUP, ConversationBody
from api.views.debtors import view_debtor
from domain.authority import Actor, Right, may
from domain.errors import Fault, Invalid
from domain.looking import Purpose, PurposeMissing
from persistence.debtors.files import read_file
from persistence.debtors.registers import write_in_language
from persistence.endings.reading_suspensions import suspensions_of_debtor
from persistence.trail.audit import note_look

router = APIRouter(route_class=PageRoute, prefix="/debtors")
_LARGEST_ID = 2**63 - 1
DebtorId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]
_TOLD = re.compile(r"([0-9]{1,18})\.([a-z-]{1,40})")
_CODES = {
    DONE, UNFIT, "problem-already-decided", "problem-claim-has-ended", "problem-task-taken",
    "problem-may-not-decide",
}  # fmt: skip
_UNTOLD = "problem-conflict"


@router.get("/{debtor_id}")
async def show_debtor(
    request: Request, house: TheHouse, actor: CaseVisitor, debtor_id: DebtorId
) -> Response:
    return await _page(request, house, actor, debtor_id)


@router.post("/{debtor_id}/language")
async def choose_language(
    house: TheHouse,
    actor: WriteVisitor,
    debtor_id: DebtorId,
    language: Annotated[str, Form(pattern="^(da|en)$")],
) -> Response:
    """From now on their letters are in that language."""
    async with house.database.transaction() as connection:
        await write_in_language(connection, debtor_id, language, actor)
    return RedirectResponse(f"/debtors/{debtor_id}?said=language", 303)


@router.post("/{debtor_id}/conversations")
async def hold_conversation(
    request: Request, house: TheHouse, actor: WriteVisitor, debtor_id: DebtorId, form: forms.Form
) -> Response:
    """One outcome for all the dialogues that were ticked; what came of each is told on the page."""
    typed = texts(form, "kind", "text", "outcome", "look_again_on")
    typed["key"], tasks = forms.key_of(form), [str(one) for one in form.getlist("task")]
    typed["tasks"] = tasks
    try:
        body = _body(typed)
        key, _ = forms.key_for(request, form)
        _, results = await converse(request, house, debtor_id, body, actor, key)
    except Invalid as wrong:
        return await _page(request, house, actor, debtor_id, typed, _as_typed(wrong.faults))
    told = ",".join(f"{task}.{code if code in _CODES else _UNTOLD}" for task, code in results)
    return RedirectResponse(f"/debtors/{debtor_id}?said=talked&told={told}#conversation", 303)


def _body(typed: Typed) -> ConversationBody:
    """Where no outcome is chosen the talk is written down and every dialogue goes on."""
    answer = {"outcome": typed["outcome"], "look_again_on": typed["look_again_on"] or None}
    if typed["outcome"] and not typed["tasks"]:
        raise Invalid(Fault("outcome", "conversation-no-task"))
    answered = typed["tasks"] if typed["outcome"] else []
    answers = [answer | {"task_id": task} for task in answered]
    values = {"kind": typed["kind"], "text": typed["text"], "answers": answers}
    return read_body(ConversationBody, values)


def _as_typed(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """All dialogues share one answer: a fault is told once, at its field."""
    found = {}
    for one in faults:
        field = one.field.rpartition(".")[2]
        found[field, one.code] = replace(one, field=field)
    return tuple(found.values())


async def _page(
    request: Request,
    house: House,
    actor: Actor,
    debtor_id: int,
    typed: Typed | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.transaction() as connection:
        file = await read_file(connection, debtor_id, house.today)
        await _note(connection, debtor_id, actor, is_again=bool(faults))
        resting = await suspensions_of_debtor(connection, debtor_id)
    language = language_of(request)
    debtor = view_debtor(file, house, language, actor)
    facts = {
        "debtor": debtor,
        "groups": get_args(GROUP),
        "holds": [(claim, hold) for claim in debtor.claims for hold in claim.holds],
        "dialogues": [task for task in debtor.tasks if task.kind == "dialogue"],
        "picture": owed_picture(debtor.months, language),
        "told": _told(request, language),
        "resting": resting,
        "may_hold": may(actor, Right.HOLD_CLAIMS),
        "may_write": may(actor, Right.WORK_ON_TASKS),
        "may_place": may(actor, Right.BOOK_PAYMENTS),
        "today": house.today,
    } | typed_facts(request, typed or Typed(key=new_key()), faults)
    return show(request, "debtor", facts, 422 if faults else 200)


async def _note(
    connection: AsyncConnection, debtor_id: int, actor: Actor, *, is_again: bool
) -> None:
    """*is_again*: what was typed must not be lost, also when the purpose has run out meanwhile."""
    subject = f"debtor-{debtor_id}"
    try:
        await note_look(connection, subject, actor.id)
    except PurposeMissing:
        if not is_again:
            raise
        await note_look(connection, subject, actor.id, Purpose.NOT_STATED)


def _told(request: Request, language: str) -> list[tuple[str, str | None]]:
    """What came of each answer: the task, and why not, if not."""
    parts = _TOLD.findall(request.query_params.get("told", ""))
    known = [(task, code if code in _CODES else _UNTOLD) for task, code in parts[:100]]
    return [(task, reason.text if (reason := why_not(code, language)) else None)
            for task, code in known]  # fmt: skip
