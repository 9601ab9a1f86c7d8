"""Questions to departments: asked and recalled by those who work on a claim, answered by theirs."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response, UploadFile
from sqlalchemy.ext.asyncio import AsyncConnection

from api.attaching import as_download
from api.dependencies import DepartmentAnswerer, IdempotencyKey, LetterWriter, TheHouse, Viewer
from api.house import House
from api.languages import Language
from api.once import fingerprint, once
from api.routes.describing import ClaimId, problems
from api.schemas.common import Number
from api.schemas.consultations import (
    Consultations,
    ConsultationView,
    DepartmentAnswerBody,
    DepartmentQuestion,
    DepartmentQuestions,
    QuestionBody,
    RecallBody,
)
from api.schemas.writings import AttachedView
from api.views.consultations import view_consultation, view_for_department
from domain.attachments import LARGEST_ATTACHMENT, read_attachment
from domain.authority import Actor
from domain.errors import NotFound
from persistence.claims.reading import require_claim
from persistence.enquiries.consultations import (
    NewConsultation,
    answer_consultation,
    ask_department,
    attach_to_consultation,
    recall_consultation,
)
from persistence.enquiries.reading_consultations import (
    claim_asked_about,
    consultations_for,
    consultations_of_claim,
    read_consultation,
    read_for_department,
)
from persistence.files.attachments import open_attachment
from persistence.idempotency import StoredAnswer
from persistence.trail.audit import note

router = APIRouter(tags=["consultations"])
Consulted = Annotated[Number, Path(examples=[2])]
_MOST = 200


@router.get("/consultations", operation_id="listConsultations", responses=problems(422))
async def get_consultations(
    house: TheHouse,
    actor: DepartmentAnswerer,
    language: Language,
    is_open: Annotated[bool, Query(description="False: those that are closed.")] = True,  # noqa: FBT002 - a query
) -> DepartmentQuestions:
    """List the questions to your own department (at most 200), those due soonest first."""
    async with house.database.transaction() as connection:
        rows = await consultations_for(connection, actor.department or "", _MOST, is_open=is_open)
    views = [view_for_department(row, house.policy, house.today, language) for row in rows]
    return DepartmentQuestions(items=views)


@router.get(
    "/consultations/{consultation_id}",
    operation_id="readConsultation",
    responses=problems(404, 422),
)
async def get_consultation(
    consultation_id: Consulted, house: TheHouse, actor: DepartmentAnswerer, language: Language
) -> DepartmentQuestion:
    """Read a question to your own department; another's does not exist for you."""
    async with house.database.transaction() as connection:
        row = await read_for_department(connection, consultation_id, actor.department)
        await note(connection, f"consultation-{consultation_id}", actor.id, "viewed")
    return view_for_department(row, house.policy, house.today, language)


@router.post(
    "/consultations/{consultation_id}/answer",
    operation_id="answerConsultation",
    responses=problems(404, 409, 422),
)
async def post_answer(
    consultation_id: Consulted,
    body: DepartmentAnswerBody,
    house: TheHouse,
    actor: DepartmentAnswerer,
    language: Language,
) -> DepartmentQuestion:
    """Answer; the one who asked is told at once. The first answer counts."""
    async with house.database.transaction() as connection:
        await answer_consultation(
            connection, house.policy, consultation_id, body.answer, actor, house.clock()
        )
        row = await read_for_department(connection, consultation_id, actor.department)
    return view_for_department(row, house.policy, house.today, language)


@router.post(
    "/consultations/{consultation_id}/attachments",
    operation_id="attachToConsultation",
    status_code=201,
    responses=problems(404, 409, 413, 422),
)
async def post_attachment(
    consultation_id: Consulted, file: UploadFile, house: TheHouse, actor: DepartmentAnswerer
) -> AttachedView:
    """Lay a file beside the answer, before you give it."""
    async with house.database.transaction() as connection:
        number, name = await receive_answer_file(connection, house, consultation_id, file, actor)
    return AttachedView(id=number, name=name)


@router.get(
    "/consultations/{consultation_id}/attachments/{attachment_id}",
    operation_id="openConsultationAttachment",
    response_class=Response,
    responses=problems(404, 422),
)
async def get_attachment(
    consultation_id: Consulted,
    attachment_id: Annotated[Number, Path(examples=[17])],
    house: TheHouse,
    actor: DepartmentAnswerer,
) -> Response:
    """A file of your own department's answer, as it was sent."""
    async with house.database.transaction() as connection:
        row = await read_for_department(connection, consultation_id, actor.department)
        if attachment_id not in {one["id"] for one in row["attachments"]}:
            raise NotFound("attachment", attachment_id)
        return as_download(await open_attachment(connection, attachment_id, actor))


async def receive_answer_file(
    connection: AsyncConnection, house: House, number: int, upload: UploadFile, actor: Actor
) -> tuple[int, str]:
    """The file's number and name. Raises Invalid for what may not be kept."""
    content = await upload.read(LARGEST_ATTACHMENT + 1)
    file = read_attachment("file", upload.filename or "", content)
    kept = await attach_to_consultation(connection, number, file, actor, house.clock())
    return kept, file.name


@router.post(
    "/consultations/{consultation_id}/recall",
    operation_id="recallConsultation",
    responses=problems(404, 409, 422),
)
async def post_recall(
    consultation_id: Consulted, body: RecallBody, house: TheHouse, actor: LetterWriter
) -> ConsultationView:
    """Withdraw a question that has not been answered."""
    async with house.database.transaction() as connection:
        await recall_consultation(connection, consultation_id, body.reason, actor, house.clock())
        row = await read_consultation(connection, consultation_id)
    return view_consultation(row, house.today)


@router.get(
    "/claims/{claim_id}/consultations",
    operation_id="listClaimConsultations",
    responses=problems(404, 422),
)
async def get_claim_consultations(claim_id: ClaimId, house: TheHouse, _: Viewer) -> Consultations:
    """List the questions about a claim with their answers, the latest first."""
    async with house.database.transaction() as connection:
        await require_claim(connection, claim_id)
        rows = await consultations_of_claim(connection, claim_id)
    return Consultations(items=[view_consultation(row, house.today) for row in rows])


@router.post(
    "/claims/{claim_id}/consultations",
    operation_id="askDepartment",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_question(
    request: Request,
    claim_id: ClaimId,
    body: QuestionBody,
    house: TheHouse,
    actor: LetterWriter,
    key: IdempotencyKey = None,
) -> ConsultationView:
    """Ask the department a claim comes from; the task that asks waits for the answer."""

    async def ask(connection: AsyncConnection) -> StoredAnswer:
        claim = await claim_asked_about(connection, claim_id)
        department = body.department or claim["department"]
        new = NewConsultation(claim_id, body.task_id, department, body.question, body.due_on)
        number = await ask_department(connection, house.policy, new, actor, house.clock())
        view = view_consultation(await read_consultation(connection, number), house.today)
        return StoredAnswer(201, view.model_dump(mode="json"))

    said: dict[str, Any] = body.model_dump(mode="json")
    answer = await once(house, actor, key, fingerprint(request, said), ask)
    return ConsultationView.model_validate(answer.response)
