"""A new enquiry as a page: who turned to us, how, and with what."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData

from api.attaching import receive_attachment
from api.dependencies import TheHouse, WriteVisitor
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
from api.routes.enquiries import message_of
from api.schemas.enquiries import EnquiryBody
from api.sentences import view_faults
from domain.authority import Actor
from domain.enquiries import EnquiryChannel
from domain.errors import Fault, Invalid, NotFound
from domain.file_notes import FileOwner
from persistence.enquiries.answering import NewEnquiry, about_whom, register_enquiry
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/enquiries")
_LARGEST_ID = 2**63 - 1
MESSAGE = ("channel", "sender", "text", "received_on")


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
    typed: dict[str, Any] = texts(form, "debtor_id", "claim_id", "subject", *MESSAGE)
    typed["key"] = key_of(form)

    async def act(connection: AsyncConnection) -> StoredAnswer:
        body = read_body(EnquiryBody, {name: one for name, one in typed.items() if name != "key"})
        found = await about_whom(connection, body.debtor_id, body.claim_id)
        owner = owner_of(body.claim_id, found.id)
        body = body.model_copy(
            update={"attachment_ids": await attached_to(connection, house, form, owner, actor)}
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


def owner_of(claim_id: str | None, debtor_id: int) -> FileOwner:
    return FileOwner(claim_id) if claim_id else FileOwner(debtor_id=debtor_id)


async def attached_to(
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
        "channels": channels_of(house),
        "wrong": wrong_by_field(faults, language),
        "faults": view_faults(faults, language),
    }
    return show(request, "enquiry-new", facts, 422 if faults else 200)


def channels_of(house: House) -> list[tuple[str, int]]:
    """Each with the working days within which it is answered."""
    rule = house.policy.enquiries.on(house.today)
    assert rule
    days = {goal.channel: goal.working_days for goal in rule.goals}
    return [(channel.value, days[channel]) for channel in EnquiryChannel]
