"""What one is mailed: the choices, today's digest as it would be, and what was sent lately."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import TaskVisitor, TheHouse
from api.house import House
from api.pages.forms import Form, Typed, read_body, texts, typed_facts
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.schemas.notifications import Wish
from api.views.notifications import wish_of
from domain.authority import Actor, Right, may
from domain.errors import Fault, Invalid
from domain.telling.mail_wishes import MailWish, usual_wish
from letters.digests import write_digest
from persistence.telling.digests import read_digest
from persistence.telling.mails import keep_wish, latest_mails, read_address, read_wish

router = APIRouter(route_class=PageRoute, prefix="/notifications")
WEEK = range(7)
_LONG = 5  # digits: no number that is asked for has so many


@router.get("")
async def show_notifications(
    request: Request,
    house: TheHouse,
    actor: TaskVisitor,
    said: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    async with house.database.transaction() as connection:
        wish = await read_wish(connection, actor)
    return await _show(request, house, actor, wish, said=said)


@router.post("")
async def choose(request: Request, house: TheHouse, actor: TaskVisitor, form: Form) -> Response:
    typed = texts(form, "hour", "digest", "at_once", "mail_language")
    given = {
        "has_digest": bool(typed["digest"]),
        "hour": _number(typed["hour"]),
        "weekdays": [_number(day) for day in form.getlist("weekdays")],
        "is_told_at_once": bool(typed["at_once"]),
        "language": typed["mail_language"],
    }
    try:
        wish = wish_of(read_body(Wish, given))
        _require_days(wish)
    except Invalid as wrong:
        kept = usual_wish(actor.role)
        return await _show(request, house, actor, kept, faults=wrong.faults)
    async with house.database.transaction() as connection:
        await keep_wish(connection, actor.id, wish)
    return RedirectResponse("/notifications?said=kept", 303)


def _number(word: object) -> object:
    """As a program sends it; what is none is refused as it is."""
    return int(word) if isinstance(word, str) and word.isdecimal() and len(word) < _LONG else word


def _require_days(wish: MailWish) -> None:
    """A digest on no day is none: that is said with the other choice."""
    if wish.has_digest and not wish.weekdays:
        raise Invalid(Fault("weekdays-0", "mail-wish-without-days"))


async def _show(
    request: Request,
    house: House,
    actor: Actor,
    wish: MailWish,
    *,
    faults: tuple[Fault, ...] = (),
    said: str = "",
) -> Response:
    async with house.database.transaction() as connection:
        digest = await read_digest(connection, actor, house.today)
        facts: dict[str, Any] = {
            "address": await read_address(connection, actor.id),
            "mails": await latest_mails(connection, actor.id),
        }
    words = None if digest.is_empty else write_digest(digest, wish.language, house.outlets.pages)
    facts |= {
        "wish": wish,
        "has_mail": house.outlets.has_mail,
        "steers": may(actor, Right.STEER),
        "preview": words,
        "week": WEEK,
        "on": house.today,
    }
    shown = typed_facts(request, Typed(), faults) | facts | {"said": said}
    return show(request, "notifications", shown, 422 if faults else 200)
