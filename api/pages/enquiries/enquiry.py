"""What citizens ask, as pages: the list, a new one, one with its answers."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.cursors import read_dated_cursor
from api.dependencies import CaseVisitor, TheHouse, WriteVisitor
from api.house import House
from api.pages.enquiries.new_enquiry import MESSAGE, attached_to, channels_of, owner_of
from api.pages.forms import (
    Form,
    Typed,
    done_once,
    key_of,
    new_key,
    read_body,
    texts,
    typed_facts,
)
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.enquiries import filter_of, message_of, page_of
from api.schemas.enquiries import AnswerBody, EnquiryQuery, MessageBody
from api.views.enquiries import view_enquiry, view_summary
from domain.authority import Actor, Right, may
from domain.decisions import ANSWERS, Outcome, TaskKind
from domain.errors import AlreadyDecided, Conflict, Fault, Invalid
from persistence.enquiries.answering import (
    about_whom,
    add_message,
    answer_enquiry,
)
from persistence.enquiries.reading import list_enquiries, read_enquiry, read_rounds
from persistence.idempotency import StoredAnswer
from persistence.tasks.deciding import NewDecision
from persistence.trail.audit import note

router = APIRouter(route_class=PageRoute, prefix="/enquiries")
_LARGEST_ID = 2**63 - 1
EnquiryId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]
_ANSWERS = [outcome.value for outcome in Outcome if outcome in ANSWERS[TaskKind.ENQUIRY]]


@router.get("")
async def show_enquiries(
    request: Request, house: TheHouse, actor: CaseVisitor, wish: Annotated[EnquiryQuery, Query()]
) -> Response:
    async with house.database.transaction() as connection:
        narrow, after = filter_of(wish, actor, house.today), read_dated_cursor(wish.cursor)
        rows = await list_enquiries(connection, narrow, after, wish.limit + 1)
    page, more = page_of(rows, wish.limit)
    facts = {
        "wish": wish,
        "enquiries": [view_summary(row, house.today) for row in page],
        "more": more,
        "may_write": may(actor, Right.WORK_ON_TASKS),
        "may_count": may(actor, Right.SEE_FIGURES),
    }
    return show(request, "enquiries", facts)


@router.get("/{enquiry_id}")
async def show_enquiry(
    request: Request, house: TheHouse, actor: CaseVisitor, enquiry_id: EnquiryId
) -> Response:
    async with house.database.transaction() as connection:
        await note(connection, f"enquiry-{enquiry_id}", actor.id, "viewed")
    return await _page(request, house, actor, enquiry_id)


@router.post("/{enquiry_id}/messages")
async def ask_again(
    request: Request, house: TheHouse, actor: WriteVisitor, enquiry_id: EnquiryId, form: Form
) -> Response:
    typed = texts(form, *MESSAGE)

    async def act(connection: AsyncConnection) -> StoredAnswer:
        body = read_body(MessageBody, typed)
        row = await read_enquiry(connection, enquiry_id)
        owner = owner_of(row["claim_id"], row["debtor_id"])
        attached = await attached_to(connection, house, form, owner, actor)
        message = message_of(body.model_copy(update={"attachment_ids": attached}))
        await add_message(connection, house.policy, enquiry_id, message, actor, house.clock())
        return StoredAnswer(303, {})

    try:
        await done_once(request, house, actor, form, act)
    except Invalid as wrong:
        return await _page(
            request,
            house,
            actor,
            enquiry_id,
            message=Typed(typed, key=key_of(form)),
            faults=wrong.faults,
        )
    return RedirectResponse(f"/enquiries/{enquiry_id}?said=asked-again", 303)


@router.post("/{enquiry_id}/answer")
async def answer(
    request: Request, house: TheHouse, actor: WriteVisitor, enquiry_id: EnquiryId, form: Form
) -> Response:
    """Someone who answered first is no fault of the second: their words are shown beside it."""
    typed = texts(form, "outcome", "text")
    try:
        body = read_body(AnswerBody, typed)
        decision = NewDecision(Outcome(body.outcome), body.text)
        async with house.database.transaction() as connection:
            await answer_enquiry(
                connection, house.policy, enquiry_id, decision, actor, house.clock()
            )
    except Invalid as wrong:
        return await _page(
            request, house, actor, enquiry_id, reply=typed, faults=_as_typed(wrong.faults)
        )
    except Conflict as refusal:
        is_answered = isinstance(refusal, AlreadyDecided)
        first = (Fault("", "problem-enquiry-answered" if is_answered else "problem-task-taken"),)
        return await _page(request, house, actor, enquiry_id, reply=typed, faults=first, status=409)
    return RedirectResponse(f"/enquiries/{enquiry_id}?said=answered", 303)


def _as_typed(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    names = {"reasons": "text", "words": "text"}
    return tuple(replace(one, field=names.get(one.field, one.field)) for one in faults)


async def _page(  # noqa: PLR0913 - what was typed in either form, and why it was not taken
    request: Request,
    house: House,
    actor: Actor,
    enquiry_id: int,
    *,
    reply: Typed | None = None,
    message: Typed | None = None,
    faults: tuple[Fault, ...] = (),
    status: int = 422,
) -> Response:
    """*reply*, *message*: what was typed and could not be taken."""
    async with house.database.transaction() as connection:
        row = await read_enquiry(connection, enquiry_id)
        rounds = await read_rounds(connection, enquiry_id)
        about = await about_whom(connection, row["debtor_id"], row["claim_id"])
    facts = {
        "enquiry": view_enquiry(row, rounds, house.today),
        "claimed_by_name": row["claimed_by_name"],
        "is_mine": row["claimed_by"] == actor.id,
        "is_nobody_there": about.status in {"dead", "dissolved"},
        "answers": _ANSWERS,
        "message": message or _blank(house, row["sender"]),
        "no_faults": Typed(),
        "is_asking": message is not None,
        "channels": channels_of(house),
        "may_write": may(actor, Right.WORK_ON_TASKS),
    } | typed_facts(request, reply, faults)
    return show(request, "enquiry", facts, status if faults else 200)


def _blank(house: House, sender: str) -> Typed:
    return Typed(received_on=house.today.isoformat(), sender=sender, key=new_key())
