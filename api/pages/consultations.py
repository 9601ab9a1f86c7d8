"""Questions to departments as pages: the department's own inbox, and what the askers wait for."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.attaching import as_download
from api.consultation_views import name_of_type, view_consultation, view_for_department
from api.dependencies import AnyVisitor, TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.pages.forms import (
    Form,
    Typed,
    done_once,
    files_in,
    key_of,
    new_key,
    read_body,
    texts,
    wrong_by_field,
)
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.consultations import receive_answer_file
from api.schemas.consultations import DepartmentAnswerBody, QuestionBody, RecallBody
from api.sentences import view_faults
from domain.authority import Actor, Right, may, require
from domain.calendar import working_days_after
from domain.errors import AlreadyDecided, ClaimHasEnded, Fault, Invalid, NotFound
from persistence.attachments import open_attachment
from persistence.audit import note
from persistence.consultations import (
    NewConsultation,
    answer_consultation,
    ask_department,
    mark_seen,
    recall_consultation,
)
from persistence.idempotency import StoredAnswer
from persistence.reading_consultations import (
    asked_by,
    claim_asked_about,
    consultations_for,
    read_consultation,
    read_for_department,
)

router = APIRouter(route_class=PageRoute, prefix="/consultations")
_LARGEST_ID = 2**63 - 1
_MOST = 200
Consulted = Annotated[int, Path(ge=1, le=_LARGEST_ID)]


@router.get("")
async def show_consultations(
    request: Request,
    house: TheHouse,
    actor: AnyVisitor,
    is_open: Annotated[bool, Query()] = True,  # noqa: FBT002 - a query
    is_all: Annotated[bool, Query(alias="all")] = False,  # noqa: FBT002 - a query
) -> Response:
    """A department sees what it is asked; others what they ask, or what is asked at all."""
    if not may(actor, Right.ANSWER_CONSULTATIONS):
        return await _show_asked(request, house, actor, is_all=is_all)
    async with house.database.transaction() as connection:
        department = actor.department or ""
        rows = await consultations_for(connection, department, _MOST, is_open=is_open)
    language = language_of(request)
    views = [view_for_department(row, house.policy, house.today, language) for row in rows]
    facts = {"questions": views, "is_open": is_open, "department": actor.department}
    return show(request, "consultations-department", facts)


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
    request: Request, house: TheHouse, actor: AnyVisitor, consultation_id: Consulted
) -> Response:
    """Noted, and to the asker the answer is no news any more."""
    if may(actor, Right.ANSWER_CONSULTATIONS):
        page = await _department_page(request, house, actor, consultation_id)
    else:
        require(actor, Right.SEE_CLAIMS)
        page = await _asker_page(request, house, actor, consultation_id)
    async with house.database.transaction() as connection:
        await mark_seen(connection, consultation_id, actor, house.clock())
        await note(connection, f"consultation-{consultation_id}", actor.id, "viewed")
    return page


@router.post("/{consultation_id}/answer")
async def answer(
    request: Request, house: TheHouse, actor: AnyVisitor, consultation_id: Consulted, form: Form
) -> Response:
    """The answer and its files together, or nothing and the words again."""
    require(actor, Right.ANSWER_CONSULTATIONS)
    typed = texts(form, "answer")
    try:
        async with house.database.transaction() as connection:
            body = read_body(DepartmentAnswerBody, typed)
            for file in files_in(form):
                await receive_answer_file(connection, house, consultation_id, file, actor)
            await answer_consultation(
                connection, house.policy, consultation_id, body.answer, actor, house.clock()
            )
    except Invalid as wrong:
        return await _department_page(request, house, actor, consultation_id, typed, wrong.faults)
    except AlreadyDecided:
        closed = (Fault("", "problem-consultation-closed"),)
        return await _department_page(request, house, actor, consultation_id, typed, closed, 409)
    except ClaimHasEnded:
        moot = (Fault("", "problem-consultation-moot"),)
        return await _department_page(request, house, actor, consultation_id, typed, moot, 409)
    return RedirectResponse(f"/consultations/{consultation_id}?said=answered", 303)


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


@router.get("/{consultation_id}/attachments/{attachment_id}")
async def save_attachment(
    house: TheHouse,
    actor: AnyVisitor,
    consultation_id: Consulted,
    attachment_id: Annotated[int, Path(ge=1, le=_LARGEST_ID)],
) -> Response:
    """A file of the department's own answer, for the department."""
    require(actor, Right.ANSWER_CONSULTATIONS)
    async with house.database.transaction() as connection:
        row = await read_for_department(connection, consultation_id, actor.department)
        if attachment_id not in {one["id"] for one in row["attachments"]}:
            raise NotFound("attachment", attachment_id)
        return as_download(await open_attachment(connection, attachment_id, actor))


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


async def _department_page(
    request: Request,
    house: House,
    actor: Actor,
    number: int,
    typed: Typed | None = None,
    faults: tuple[Fault, ...] = (),
    status: int = 422,
) -> Response:
    async with house.database.transaction() as connection:
        row = await read_for_department(connection, number, actor.department)
    language = language_of(request)
    view = view_for_department(row, house.policy, house.today, language)
    facts = {"question": view} | _typed(request, typed, faults)
    return show(request, "consultation-department", facts, status if faults else 200)


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
    } | _typed(request, typed, faults)
    return show(request, "consultation", facts, status if faults else 200)


def _typed(request: Request, typed: Typed | None, faults: tuple[Fault, ...]) -> dict[str, Any]:
    language = language_of(request)
    return {
        "typed": typed or Typed(),
        "wrong": wrong_by_field(faults, language),
        "faults": view_faults(faults, language),
        "said": request.query_params.get("said"),
    }
