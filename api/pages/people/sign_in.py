"""The door: to the provider of sign-ins and back again, and out."""

from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import TheHouse
from api.doors.cookies import BROWSER, SESSION, drop_cookie, read_cookie, set_cookie
from api.doors.front_door import address_of
from api.doors.identity import WithoutDepartment, WithoutRole, read_person
from api.doors.provider import Provider, SignInRefused
from api.house import House
from api.languages import language_of
from api.pages.addresses import HOME, inside
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import status_of, words_of
from domain.errors import RettidigError, Unavailable
from persistence.people.accounts import Person, take_in
from persistence.people.sessions import begin_session, end_session
from persistence.people.sign_ins import LASTS, BegunSignIn, begin_sign_in, take_sign_in
from persistence.trail.audit import note

_log = structlog.get_logger()
router = APIRouter(route_class=PageRoute)
Why = Literal["over", "kept", "left"]
Next = Annotated[str, Query(max_length=2000)]
Said = Annotated[str, Query(max_length=4000)]
_OUR_TURN_OR_THEIRS = (Unavailable, SignInRefused, WithoutRole, WithoutDepartment)


class SignInNotSetUp(Unavailable):
    """Nobody can sign in: no provider has been named."""


class SignInStale(SignInRefused):
    """It came back twice, too late, or to another browser than began it."""


@router.get("/sign-in")
async def show_door(
    request: Request,
    next: Next = HOME,  # noqa: A002 - as in the URL
    why: Why | None = None,
) -> Response:
    if request.state.actor:
        return RedirectResponse(inside(next), 303)
    return _door(request, inside(next), why)


@router.get("/sign-in/start")
async def start(
    request: Request,
    house: TheHouse,
    next: Next = HOME,  # noqa: A002 - as in the URL
    hint: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    house.door.pace.sign_in(address_of(request))
    target = inside(next)
    try:
        back_to = _back_to(request, house)
        way_out = await _provider(house).way_out(back_to, hint, language_of(request))
    except _OUR_TURN_OR_THEIRS as error:
        return _turned_away(request, target, error)
    begun = BegunSignIn(way_out.nonce, way_out.code_verifier, target)
    browser = read_cookie(request, house, BROWSER)
    async with house.database.transaction() as connection:
        browser = await begin_sign_in(connection, way_out.state, browser, begun)
    answer = RedirectResponse(way_out.address, 303)
    set_cookie(request, house, answer, BROWSER, browser, int(LASTS.total_seconds()))
    return answer


@router.get("/sign-in/return")
async def come_back(
    request: Request, house: TheHouse, state: Said = "", code: Said = "", error: Said = ""
) -> Response:
    """From the provider, with a code of its own, or with the reason why there is none."""
    house.door.pace.sign_in(address_of(request))
    target = HOME
    try:
        begun = await _take(request, house, state)
        target = begun.target
        if error or not code:
            raise SignInRefused("the provider let nobody in")
        person = await _ask(request, house, code, begun)
    except _OUR_TURN_OR_THEIRS as wrong:
        return _turned_away(request, target, wrong)
    return await _let_in(request, house, person, target)


@router.post("/sign-out")
async def sign_out(request: Request, house: TheHouse) -> Response:
    if cookie := read_cookie(request, house, SESSION):
        async with house.database.transaction() as connection:
            await end_session(connection, cookie)
            if actor := request.state.actor:
                await note(connection, f"user-{actor.id}", actor.id, "signed-out")
    answer = RedirectResponse("/sign-in?why=left", 303)
    drop_cookie(request, house, answer, SESSION)
    return answer


async def _take(request: Request, house: House, state: str) -> BegunSignIn:
    browser = read_cookie(request, house, BROWSER)
    async with house.database.transaction() as connection:
        begun = await take_sign_in(connection, state, browser)
    if begun is None:
        raise SignInStale("no such sign-in")
    return begun


async def _ask(request: Request, house: House, code: str, begun: BegunSignIn) -> Person:
    provider, back_to = _provider(house), _back_to(request, house)
    said = await provider.claims(code, back_to, begun.nonce, begun.code_verifier)
    return read_person(said, provider.names)


async def _let_in(request: Request, house: House, person: Person, target: str) -> Response:
    """A new session, whatever the browser held before."""
    before = read_cookie(request, house, SESSION)
    async with house.database.transaction() as connection:
        actor = await take_in(connection, person)
        if before:
            await end_session(connection, before)
        session = await begin_session(connection, actor.id)
        await note(connection, f"user-{actor.id}", actor.id, "signed-in", role=actor.role.value)
    answer = RedirectResponse(target, 303)
    set_cookie(request, house, answer, SESSION, session.cookie, None)
    return answer


def _provider(house: House) -> Provider:
    if house.door.provider is None:
        raise SignInNotSetUp("no provider")
    return house.door.provider


def _back_to(request: Request, house: House) -> str:
    return f"{house.door.address(request)}/sign-in/return"


def _turned_away(request: Request, target: str, error: RettidigError) -> Response:
    _log.info("turned away", kind=type(error).__name__, why=str(error))
    return _door(request, target, None, words_of(request, error), status_of(error))


def _door(
    request: Request, target: str, why: str | None, failure: str | None = None, status: int = 200
) -> Response:
    guests = request.app.state.house.door.guests
    facts = {"target": target, "why": why, "failure": failure, "guests": guests}
    return show(request, "sign-in", facts, status)
