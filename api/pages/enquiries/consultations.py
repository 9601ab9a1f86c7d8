"""Questions to departments as pages: the department's own inbox, and what the askers wait for."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, Visitor, WriteVisitor
from api.house import House
from api.languages import language_of
from api.pages.enquiries.department_questions import Consulted, department_inbox, department_page
from api.pages.forms import (
    Form,
    Typed,
    done_once,
    key_of,
    new_key,
    read_body,
    texts,
    typed_facts,
    wrong_by_field,
)
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.schemas.consultations import QuestionBody, RecallBody
from api.sentences import view_faults
from api.views.consultations import name_of_type, view_consultation
from domain.authority import Actor, Right, may, require
from domain.calendar import working_days_after
from domain.decisions import Outcome
from domain.errors import AlreadyDecided, Fault, Invalid
from letters.catalogue import sentence
from persistence.enquiries.consultations import (
    NewConsultation,
    ask_department,
    mark_seen,
    recall_consultation,
)
from persistence.enquiries.reading_consultations import (
    asked_by,
    claim_asked_about,
    read_consultation,
)
from persistence.idempotency import StoredAnswer
from persistence.tasks.answers import NewDecision
from persistence.tasks.deciding import decide
from persistence.trail.audit import note

router = APIRouter(route_class=PageRoute, prefix="/consultations")
_LARGEST_ID = 2**63 - 1
_MOST = 200


@router.get("")
async def show_consultations(
    request: Request,
    house: TheHouse,
    actor: Visitor,
    is_open: Annotated[bool, Query()] = True,  # noqa: FBT002 - a query
    is_all: Annotated[bool, Query(alias="all")] = False,  # noqa: FBT002 - a query
) -> Response:
    """A department sees what it is asked; others what they ask, or what is asked at all."""
    if not may(actor, Right.ANSWER_CONSULTATIONS):
        return await _show_asked(request, house, actor, is_all=is_all)
    return await department_inbox(request, house, actor, is_open=is_open)


async def _show_asked(request: Request, house: House, actor: Actor, *, is_all: bool) -> Response:
    require(actor, Right.SEE_CLAIMS)
    async with house.database.transaction() as connection:
        rows = await asked_by(connection, None if is_all else actor.id, _MOST)
    facts = {
        "questions": [(view_consultation(row, house.today), row) for row in rows],
        "is_all": is_all,
    }
    return show(request, "consultations", facts)


@router.get("/new")
async def ask_for_question(
    request: Request,
    house: TheHouse,
    _: WriteVisitor,
    claim: Annotated[str, Query(max_length=40)],
    task: Annotated[int | None, Query(ge=1, le=_LARGEST_ID)] = None,
) -> Response:
    due = working_days_after(house.today, house.policy.consultation_days)
    typed = {"due_on": due.isoformat(), "task_id": task or "", "key": new_key()}
    return await _form(request, house, claim, typed)


@router.post("")
async def ask(request: Request, house: TheHouse, actor: WriteVisitor, form: Form) -> Response:
    typed = texts(form, "question", "due_on", "department", "task_id")
    claim_id = texts(form, "claim_id")["claim_id"]

    async def act(connection: AsyncConnection) -> StoredAnswer:
        claim = await claim_asked_about(connection, claim_id)
        body = read_body(QuestionBody, typed)
        department = body.department or claim["department"]
        new = NewConsultation(claim_id, body.task_id, department, body.question, body.due_on)
        number = await ask_department(connection, house.policy, new, actor, house.clock())
        return StoredAnswer(303, {"consultation": number})

    try:
        answer = await done_once(request, house, actor, form, act)
    except Invalid as wrong:
        return await _form(request, house, claim_id, typed | {"key": key_of(form)}, wrong.faults)
    return RedirectResponse(f"/consultations/{answer.response['consultation']}?said=asked", 303)


@router.get("/{consultation_id}")
async def show_consultation(
    request: Request, house: TheHouse, actor: Visitor, consultation_id: Consulted
) -> Response:
    """Noted, and to the asker the answer is no news any more."""
    if may(actor, Right.ANSWER_CONSULTATIONS):
        page = await department_page(request, house, actor, consultation_id)
    else:
        require(actor, Right.SEE_CLAIMS)
        page = await _asker_page(request, house, actor, consultation_id)
    async with house.database.transaction() as connection:
        await mark_seen(connection, consultation_id, actor, house.clock())
        await note(connection, f"consultation-{consultation_id}", actor.id, "viewed")
    return page


@router.post("/{consultation_id}/recall")
async def recall(
    request: Request, house: TheHouse, actor: WriteVisitor, consultation_id: Consulted, form: Form
) -> Response:
    typed = texts(form, "reason")
    try:
        async with house.database.transaction() as connection:
            body = read_body(RecallBody, typed)
            await recall_consultation(
                connection, consultation_id, body.reason, actor, house.clock()
            )
    except Invalid as wrong:
        return await _asker_page(request, house, actor, consultation_id, typed, wrong.faults)
    except AlreadyDecided:
        closed = (Fault("", "problem-consultation-closed"),)
        return await _asker_page(request, house, actor, consultation_id, typed, closed, 409)
    return RedirectResponse(f"/consultations/{consultation_id}?said=recalled", 303)


@router.post("/{consultation_id}/done")
async def take_notice(
    request: Request, house: TheHouse, actor: WriteVisitor, consultation_id: Consulted
) -> Response:
    """The task that told of the answer, or of its absence, is done."""
    async with house.database.transaction() as connection:
        row = await read_consultation(connection, consultation_id)
        if row["notice_task"]:
            words = sentence("consultations-noticed", language_of(request))
            done = NewDecision(Outcome.DONE, words)
            await decide(
                connection, house.policy, row["notice_task"], done, actor, house.clock(),
                house.today,
            )  # fmt: skip
    return RedirectResponse("/consultations", 303)


async def _form(
    request: Request,
    house: House,
    claim_id: str,
    typed: dict[str, Any],
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.transaction() as connection:
        claim = await claim_asked_about(connection, claim_id)
    language = language_of(request)
    facts = {
        "claim": claim,
        "claim_type": name_of_type(house.policy, claim["claim_type"], language),
        "departments": house.policy.departments,
        "typed": Typed({"department": claim["department"]} | typed),
        "wrong": wrong_by_field(faults, language),
        "faults": view_faults(faults, language),
    }
    return show(request, "consultation-new", facts, 422 if faults else 200)


async def _asker_page(
    request: Request,
    house: House,
    actor: Actor,
    number: int,
    typed: Typed | None = None,
    faults: tuple[Fault, ...] = (),
    status: int = 422,
) -> Response:
    async with house.database.transaction() as connection:
        row = await read_consultation(connection, number)
    facts = {
        "question": view_consultation(row, house.today),
        "row": row,
        "claim_type": name_of_type(house.policy, row["claim_type"], language_of(request)),
        "may_recall": may(actor, Right.WORK_ON_TASKS),
    } | typed_facts(request, typed, faults)
    return show(request, "consultation", facts, status if faults else 200)
