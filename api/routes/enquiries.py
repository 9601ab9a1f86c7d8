"""What citizens ask: registered, asked again, answered, and how soon."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.cursors import read_dated_cursor, write_dated_cursor
from api.dependencies import FigureReader, IdempotencyKey, LetterWriter, TheHouse, Viewer
from api.house import House
from api.once import fingerprint, once
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.enquiries import (
    AnswerBody,
    EnquiryBody,
    EnquiryFigures,
    EnquiryList,
    EnquiryQuery,
    EnquiryView,
    FiguresQuery,
    MessageBody,
)
from api.views.enquiries import view_enquiry, view_figures, view_summary
from domain.authority import Actor
from domain.decisions import Outcome
from persistence.enquiries.answering import (
    NewEnquiry,
    NewMessage,
    add_message,
    answer_enquiry,
    register_enquiry,
)
from persistence.enquiries.reading import (
    EnquiryFilter,
    list_enquiries,
    read_answer_times,
    read_enquiry,
    read_rounds,
)
from persistence.idempotency import StoredAnswer
from persistence.tasks.deciding import NewDecision
from persistence.trail.audit import note

router = APIRouter(prefix="/enquiries", tags=["enquiries"])
EnquiryId = Annotated[Number, Path(examples=[4])]


@router.get("", operation_id="listEnquiries", responses=problems(422))
async def get_enquiries(
    house: TheHouse, actor: Viewer, wish: Annotated[EnquiryQuery, Query()]
) -> EnquiryList:
    """List enquiries: those due soonest first; of answered ones the latest first."""
    narrow, after = filter_of(wish, actor, house.today), read_dated_cursor(wish.cursor)
    async with house.database.transaction() as connection:
        rows = await list_enquiries(connection, narrow, after, wish.limit + 1)
    page, more = page_of(rows, wish.limit)
    items = [view_summary(row, house.today) for row in page]
    return EnquiryList(items=items, next_cursor=more)


def filter_of(wish: EnquiryQuery, actor: Actor, on: date) -> EnquiryFilter:
    """What the list is narrowed to."""
    return EnquiryFilter(
        state="decided" if wish.state == "answered" else "open",
        overdue_on=on if wish.state == "overdue" else None,
        mine=actor.id if wish.mine else None,
        debtor=wish.debtor_id,
        claim=wish.claim_id,
    )


def page_of(rows: Sequence[RowMapping], limit: int) -> tuple[Sequence[RowMapping], str | None]:
    """So many of *rows*, and where the next page begins."""
    page = rows[:limit]
    if len(rows) <= limit:
        return page, None
    return page, write_dated_cursor(page[-1]["due_on"], page[-1]["id"])


@router.post("", operation_id="registerEnquiry", status_code=201, responses=problems(404, 409, 422))
async def post_enquiry(
    request: Request,
    body: EnquiryBody,
    house: TheHouse,
    actor: LetterWriter,
    key: IdempotencyKey = None,
) -> EnquiryView:
    """Register what someone asked; it is a task in the inbox until it has been answered."""
    new = NewEnquiry(body.debtor_id, body.claim_id, body.subject, message_of(body))

    async def register(connection: AsyncConnection) -> StoredAnswer:
        number = await register_enquiry(connection, house.policy, new, actor, house.clock())
        view = await _view(connection, house, number)
        return StoredAnswer(201, view.model_dump(mode="json"))

    said: dict[str, Any] = body.model_dump(mode="json")
    answer = await once(house, actor, key, fingerprint(request, said), register)
    return EnquiryView.model_validate(answer.response)


def message_of(body: MessageBody) -> NewMessage:
    attached = tuple(body.attachment_ids)
    return NewMessage(body.channel, body.sender, body.text, body.received_on, attached)


@router.get("/figures", operation_id="readEnquiryFigures", responses=problems(422))
async def get_figures(
    house: TheHouse, _: FigureReader, wish: Annotated[FiguresQuery, Query()]
) -> EnquiryFigures:
    """Count the questions of a period, and how soon they were answered, against the goals."""
    first = wish.first or date(house.today.year, 1, 1)
    last = wish.last or house.today
    async with house.database.transaction() as connection:
        times = await read_answer_times(connection, first, last)
    return view_figures(times, first, last, house.today)


@router.get("/{enquiry_id}", operation_id="readEnquiry", responses=problems(404, 422))
async def get_enquiry(enquiry_id: EnquiryId, house: TheHouse, actor: Viewer) -> EnquiryView:
    """Read an enquiry with all its questions and answers. That you looked is written down."""
    async with house.database.transaction() as connection:
        view = await _view(connection, house, enquiry_id)
        await note(connection, f"enquiry-{enquiry_id}", actor.id, "viewed")
    return view


@router.post(
    "/{enquiry_id}/messages", operation_id="addEnquiryMessage", responses=problems(404, 422)
)
async def post_message(
    enquiry_id: EnquiryId, body: MessageBody, house: TheHouse, actor: LetterWriter
) -> EnquiryView:
    """They ask again. A question that was answered before is open anew, with a new deadline."""
    async with house.database.transaction() as connection:
        await add_message(
            connection, house.policy, enquiry_id, message_of(body), actor, house.clock()
        )
        return await _view(connection, house, enquiry_id)


@router.post(
    "/{enquiry_id}/answer", operation_id="answerEnquiry", responses=problems(404, 409, 422)
)
async def post_answer(
    enquiry_id: EnquiryId, body: AnswerBody, house: TheHouse, actor: LetterWriter
) -> EnquiryView:
    """Answer by letter, by phone, or say why no answer is needed. The first answer counts."""
    decision = NewDecision(Outcome(body.outcome), body.text)
    async with house.database.transaction() as connection:
        await answer_enquiry(connection, house.policy, enquiry_id, decision, actor, house.clock())
        return await _view(connection, house, enquiry_id)


async def _view(connection: AsyncConnection, house: House, enquiry_id: int) -> EnquiryView:
    row = await read_enquiry(connection, enquiry_id)
    return view_enquiry(row, await read_rounds(connection, enquiry_id), house.today)
