"""Who comes to a page, and whether what they send came from a page that we showed them."""

import hmac
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import FormData

from api.doors.cookies import SESSION, read_cookie
from api.doors.front_door import address_of
from api.house import House
from api.pages.addresses import is_reading
from api.problems import Forged
from domain.errors import Fault, Invalid
from persistence.people.sessions import Visit, find_visit, was_given_to

CSRF_FIELD, CSRF_HEADER = "csrf_token", "X-CSRF-Token"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FROM_US = {"same-origin", "none"}  # none: the browser's own doing, such as sending again
_WAITS = "text/event-stream"


async def admit(request: Request) -> None:
    """Puts `visit`, `actor` and `csrf_token` into the request's state.

    Raises Forged, TooManyRequests, and Invalid for what no form of ours can hold.
    """
    house = house_of(request)
    visit = await _recognise(request, house)
    request.state.visit = visit
    request.state.actor = visit.actor if visit and not visit.is_over else None
    request.state.csrf_token = visit.csrf_token if visit and not visit.is_over else ""
    if is_reading(request):
        return
    house.door.pace.write(visit.actor.id if visit else address_of(request))
    _require_our_page(request, house)
    if visit:  # Who has no session has nothing that could be done in their name.
        await _require_token(request, house, visit)
        _require_characters(await posted(request))


def house_of(request: Request) -> House:
    house = request.app.state.house
    assert isinstance(house, House)
    return house


async def posted(request: Request) -> FormData:
    """The form that was sent, read once; empty when something else was."""
    if request.headers.get("content-type", "").startswith(_FORMS):
        return await request.form()
    return FormData()


async def _recognise(request: Request, house: House) -> Visit | None:
    cookie = read_cookie(request, house, SESSION)
    if not cookie:
        return None
    # A page that only listens is no sign that someone sits before it.
    is_used = _WAITS not in request.headers.get("accept", "")
    async with house.database.alone() as connection:
        return await find_visit(connection, cookie, house.door.lengths, is_used=is_used)


def _require_our_page(request: Request, house: House) -> None:
    """By what browsers say themselves of where a request came from; scripts cannot forge it."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in _FROM_US:
        raise Forged(f"sent from {site}")
    origin = request.headers.get("origin")
    ours = house.door.address(request) if house.door.public_url else f"//{_host(request)}"
    if origin is not None and urlsplit(origin).netloc != urlsplit(ours).netloc:
        raise Forged("sent from another origin")


def _host(request: Request) -> str:
    return request.headers.get("host", "")


async def _require_token(request: Request, house: House, visit: Visit) -> None:
    given = request.headers.get(CSRF_HEADER) or (await posted(request)).get(CSRF_FIELD)
    if not isinstance(given, str) or not given.isascii() or not given.isprintable():
        raise Forged("no token")
    if hmac.compare_digest(given.encode(), visit.csrf_token.encode()):
        return
    async with house.database.alone() as connection:
        if not await was_given_to(connection, given, visit.actor.id):
            raise Forged("someone else's token, or nobody's")


def _require_characters(form: FormData) -> None:
    """The one character that a database cannot keep, and nobody can type."""
    for name, value in form.multi_items():
        if isinstance(value, str) and "\x00" in value:
            raise Invalid(Fault(name.replace("\x00", ""), "text-unreadable"))
