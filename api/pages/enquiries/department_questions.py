"""What a department is asked, as pages for its own people; they see no more than that."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.attaching import as_download
from api.dependencies import TheHouse, Visitor
from api.house import House
from api.languages import language_of
from api.pages.forms import Form, Typed, files_in, read_body, texts, typed_facts
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.consultations import receive_answer_file
from api.schemas.consultations import DepartmentAnswerBody
from api.views.consultations import view_for_department
from domain.authority import Actor, Right, require
from domain.errors import AlreadyDecided, ClaimHasEnded, Fault, Invalid, NotFound
from persistence.enquiries.consultations import answer_consultation
from persistence.enquiries.reading_consultations import consultations_for, read_for_department
from persistence.files.attachments import open_attachment

router = APIRouter(route_class=PageRoute, prefix="/consultations")
_LARGEST_ID = 2**63 - 1
_MOST = 200
Consulted = Annotated[int, Path(ge=1, le=_LARGEST_ID)]


async def department_inbox(
    request: Request, house: House, actor: Actor, *, is_open: bool
) -> Response:
    async with house.database.transaction() as connection:
        department = actor.department or ""
        rows = await consultations_for(connection, department, _MOST, is_open=is_open)
    language = language_of(request)
    views = [view_for_department(row, house.policy, house.today, language) for row in rows]
    facts = {"questions": views, "is_open": is_open, "department": actor.department}
    return show(request, "consultations-department", facts)


async def department_page(
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
    facts = {"question": view} | typed_facts(request, typed, faults)
    return show(request, "consultation-department", facts, status if faults else 200)


@router.post("/{consultation_id}/answer")
async def answer(
    request: Request, house: TheHouse, actor: Visitor, consultation_id: Consulted, form: Form
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
        return await department_page(request, house, actor, consultation_id, typed, wrong.faults)
    except AlreadyDecided:
        closed = (Fault("", "problem-consultation-closed"),)
        return await department_page(request, house, actor, consultation_id, typed, closed, 409)
    except ClaimHasEnded:
        moot = (Fault("", "problem-consultation-moot"),)
        return await department_page(request, house, actor, consultation_id, typed, moot, 409)
    return RedirectResponse(f"/consultations/{consultation_id}?said=answered", 303)


@router.get("/{consultation_id}/attachments/{attachment_id}")
async def save_attachment(
    house: TheHouse,
    actor: Visitor,
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
