"""The post of a day as a page, each letter as its reader sees it, and the red button."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from babel.dates import format_date
from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import RowMapping

from api.dependencies import LetterVisitor, TheHouse
from api.house import House
from api.languages import DANISH, language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.views.addresses import require_address
from domain.authority import Actor, Right, may, may_read_address
from domain.errors import Conflict, Fault, Invalid, NotFound
from letters.documents import Document, from_json
from persistence.post.correspondence import recall_letter
from persistence.post.reading import read_day, read_letter, read_sent
from persistence.post.stops import release_post, stop_post, stops_in_force
from persistence.trail.audit import note_look
from reports.post_days import post_day
from writing.previews import preview_letter

router = APIRouter(route_class=PageRoute, prefix="/letters")
LetterId = Annotated[int, Path(ge=1)]


@router.get("")
async def show_day(
    request: Request,
    house: TheHouse,
    actor: LetterVisitor,
    day: Annotated[date | None, Query()] = None,
) -> Response:
    on = day or house.today
    async with house.database.transaction() as connection:
        lines = await post_day(connection, on)
        post = await read_day(connection, on)
        stops = await stops_in_force(connection)
    facts = {
        "on": on,
        "is_today": on == house.today,
        "lines": lines,
        "post": post,
        "stops": stops,
        "most": max(post.foreseen or 0, post.sent + post.waiting, 1),
        "may_stop": may(actor, Right.WORK_ON_TASKS),
        "may_release": may(actor, Right.STEER),
    }
    return show(request, "letters", facts | _words(request))


@router.post("/stop")
async def stop(
    house: TheHouse, actor: LetterVisitor, reason: Annotated[str, Form(max_length=2000)]
) -> Response:
    async with house.database.transaction() as connection:
        try:
            await stop_post(connection, reason, house.clock(), actor)
        except Conflict:
            raise Invalid(Fault("", "post-stopped-already")) from None
    return RedirectResponse("/letters", 303)


@router.post("/release")
async def release(house: TheHouse, actor: LetterVisitor) -> Response:
    async with house.database.transaction() as connection:
        try:
            await release_post(connection, house.clock(), actor)
        except Conflict:
            raise Invalid(Fault("", "post-not-stopped")) from None
    return RedirectResponse("/letters", 303)


@router.get("/{letter_id}")
async def show_letter(
    request: Request, house: TheHouse, actor: LetterVisitor, letter_id: LetterId
) -> Response:
    """What went, if it has gone; else what would go now."""
    preview = sent = None
    letter = await _read(house, letter_id)
    async with house.database.transaction() as connection:
        await note_look(connection, letter["claim_id"], actor.id, letter=letter_id)
        if letter["sent"]:
            sent = await read_sent(connection, letter["sent"][-1]["message"])
        elif letter["state"] == "requested":
            preview = await preview_letter(connection, house.policy, letter_id, house.today)
    document = preview.document if preview else None
    if sent:
        document = from_json(sent.document)
    facts = {
        "letter": letter,
        "document": _readable(document, letter, actor),
        "preview": preview,
        "may_recall": preview and may(actor, Right.WORK_ON_TASKS),
    }
    return show(request, "letter", facts | _words(request))


@router.get("/{letter_id}/{message}.pdf")
async def show_pdf(
    house: TheHouse,
    actor: LetterVisitor,
    letter_id: LetterId,
    message: Annotated[str, Path(pattern="^letter-[0-9]{1,18}(-p[0-9]*)?$")],
) -> Response:
    """The very PDF that left."""
    letter = await _read(house, letter_id)
    if message not in {one["message"] for one in letter["sent"]}:
        raise NotFound("letter", message)
    require_address(actor, letter)
    async with house.database.transaction() as connection:
        await note_look(connection, letter["claim_id"], actor.id, letter=letter_id)
        sent = await read_sent(connection, message)
    headers = {
        "Content-Disposition": f'inline; filename="{message}.pdf"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(sent.pdf, media_type="application/pdf", headers=headers)


@router.post("/{letter_id}/recall")
async def recall(house: TheHouse, actor: LetterVisitor, letter_id: LetterId) -> Response:
    async with house.database.transaction() as connection:
        try:
            await recall_letter(connection, house.policy, letter_id, house.today, actor)
        except Conflict:
            raise Invalid(Fault("", "letter-has-left")) from None
    return RedirectResponse(f"/letters/{letter_id}", 303)


async def _read(house: House, letter_id: int) -> RowMapping:
    async with house.database.transaction() as connection:
        return await read_letter(connection, letter_id)


def _readable(document: Document | None, letter: RowMapping, actor: Actor) -> Document | None:
    """Without the address above it, where that is protected and not the reader's to know."""
    if document is None or may_read_address(actor, is_protected=letter["is_protected"]):
        return document
    return replace(document, recipient=document.recipient[:1])


def _words(request: Request) -> dict[str, object]:
    locale = "da_DK" if language_of(request) == DANISH else "en_GB"
    return {"day": lambda day: format_date(day, "long", locale=locale)}
