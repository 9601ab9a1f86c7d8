"""What citizens ask, as pages: the list, a new one, one with its answers."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData

from api.attaching import receive_attachment
from api.dependencies import CaseVisitor, TheHouse, WriteVisitor
from api.enquiry_views import view_enquiry, view_summary
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
from api.routes.enquiries import filter_of, message_of, page_of, place_after
from api.schemas.enquiries import AnswerBody, EnquiryBody, EnquiryQuery, MessageBody
from api.sentences import view_faults
from domain.authority import Actor, Right, may
from domain.decisions import ANSWERS, Outcome, TaskKind
from domain.enquiries import EnquiryChannel
from domain.errors import AlreadyDecided, Fault, Invalid, NotFound
from domain.file_notes import FileOwner
from persistence.audit import note
from persistence.deciding import NewDecision
from persistence.enquiries import (
    NewEnquiry,
    about_whom,
    add_message,
    answer_enquiry,
    register_enquiry,
)
from persistence.idempotency import StoredAnswer
from persistence.reading_enquiries import list_enquiries, read_enquiry, read_rounds

router = APIRouter(route_class=PageRoute, prefix="/enquiries")
_LARGEST_ID = 2**63 - 1
EnquiryId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]
_MESSAGE = ("channel", "sender", "text", "received_on")
_ANSWERS = [outcome.value for outcome in Outcome if outcome in ANSWERS[TaskKind.ENQUIRY]]


@router.get("")
async def show_enquiries(
    request: Request, house: TheHouse, actor: CaseVisitor, wish: Annotated[EnquiryQuery, Query()]
) -> Response:
    async with house.database.transaction() as connection:
        narrow, after = filter_of(wish, actor, house.today), place_after(wish.cursor)
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


@router.get("/new")
async def ask_for_enquiry(
    request: Request,
    house: TheHouse,
    _: WriteVisitor,
    debtor: Annotated[int | None, Query(ge=1, le=_LARGEST_ID)] = None,
    claim: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    typed: dict[str, Any] = {"key": new_key()}
    if debtor or claim:
        async with house.database.transaction() as connection:
            found = await about_whom(connection, debtor, claim)
        typed |= {"debtor_id": found.id, "claim_id": claim, "sender": found.name}
    return await _form(request, house, typed)


@router.post("")
async def register(request: Request, house: TheHouse, actor: WriteVisitor, form: Form) -> Response:
    typed: dict[str, Any] = texts(form, "debtor_id", "claim_id", "subject", *_MESSAGE)
    typed["key"] = key_of(form)

    async def act(connection: AsyncConnection) -> StoredAnswer:
        body = read_body(EnquiryBody, {name: one for name, one in typed.items() if name != "key"})
        found = await about_whom(connection, body.debtor_id, body.claim_id)
        owner = _owner(body.claim_id, found.id)
        body = body.model_copy(
            update={"attachment_ids": await _attached(connection, house, form, owner, actor)}
        )
        new = NewEnquiry(body.debtor_id, body.claim_id, body.subject, message_of(body))
        number = await register_enquiry(connection, house.policy, new, actor, house.clock())
        return StoredAnswer(303, {"enquiry": number})

    try:
        answer = await done_once(request, house, actor, form, act)
    except Invalid as wrong:
        return await _form(request, house, typed, wrong.faults)
    except NotFound:
        unknown = (Fault("claim_id", "problem-not-found"),)
        return await _form(request, house, typed | {"claim_id": ""}, unknown)
    return RedirectResponse(f"/enquiries/{answer.response['enquiry']}?said=registered", 303)


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
    typed = texts(form, *_MESSAGE)

    async def act(connection: AsyncConnection) -> StoredAnswer:
        body = read_body(MessageBody, typed)
        row = await read_enquiry(connection, enquiry_id)
        owner = _owner(row["claim_id"], row["debtor_id"])
        attached = await _attached(connection, house, form, owner, actor)
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
    except AlreadyDecided:
        first = (Fault("", "problem-enquiry-answered"),)
        return await _page(request, house, actor, enquiry_id, reply=typed, faults=first, status=409)
    return RedirectResponse(f"/enquiries/{enquiry_id}?said=answered", 303)


def _as_typed(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    names = {"reasons": "text", "words": "text"}
    return tuple(replace(one, field=names.get(one.field, one.field)) for one in faults)


def _owner(claim_id: str | None, debtor_id: int) -> FileOwner:
    return FileOwner(claim_id) if claim_id else FileOwner(debtor_id=debtor_id)


async def _attached(
    connection: AsyncConnection, house: House, form: FormData, owner: FileOwner, actor: Actor
) -> list[int]:
    files = files_in(form)
    laid = [await receive_attachment(connection, owner, file, actor, house.today) for file in files]
    return [number for number, _ in laid]


async def _form(
    request: Request, house: House, typed: dict[str, Any], faults: tuple[Fault, ...] = ()
) -> Response:
    """About someone already, or else it asks for the number of a claim."""
    claim_id, about = typed.get("claim_id") or None, None
    if "debtor_id" in typed and str(typed["debtor_id"]).isdecimal():
        async with house.database.transaction() as connection:
            about = await about_whom(connection, int(typed["debtor_id"]), claim_id)
    language = language_of(request)
    facts = {
        "about": about,
        "claim_id": claim_id,
        "typed": Typed({"received_on": house.today.isoformat()} | typed),
        "channels": _channels(house),
        "wrong": wrong_by_field(faults, language),
        "faults": view_faults(faults, language),
    }
    return show(request, "enquiry-new", facts, 422 if faults else 200)


def _channels(house: House) -> list[tuple[str, int]]:
    """Each with the working days within which it is answered."""
    rule = house.policy.enquiries.on(house.today)
    assert rule
    days = {goal.channel: goal.working_days for goal in rule.goals}
    return [(channel.value, days[channel]) for channel in EnquiryChannel]


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
    language = language_of(request)
    facts = {
        "enquiry": view_enquiry(row, rounds, house.today),
        "claimed_by_name": row["claimed_by_name"],
        "is_nobody_there": about.status in {"dead", "dissolved"},
        "answers": _ANSWERS,
        "reply": reply or Typed(),
        "message": message or _blank(house, row["sender"]),
        "no_faults": Typed(),
        "is_asking": message is not None,
        "channels": _channels(house),
        "wrong": wrong_by_field(faults, language),
        "faults": view_faults(faults, language),
        "may_write": may(actor, Right.WORK_ON_TASKS),
        "said": request.query_params.get("said"),
    }
    return show(request, "enquiry", facts, status if faults else 200)


def _blank(house: House, sender: str) -> Typed:
    return Typed(received_on=house.today.isoformat(), sender=sender, key=new_key())
