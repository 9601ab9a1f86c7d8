"""Keeps what someone sent when their session was over, and leads them to sign in and back to it."""

from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from api.pages.addresses import came_from, is_reading
from api.pages.admission import CSRF_FIELD, house_of, posted
from api.pages.refusals import is_piece, refuse_on_page
from domain.errors import Fault
from persistence.people.kept_forms import FormContent, forget_form, keep_form
from persistence.people.sessions import Visit

KEPT = "kept_form"
_MOST_CHARACTERS = 400_000
_UNAUTHENTICATED = 401


async def lead_to_sign_in(request: Request) -> Response:
    """And back again, with what was written."""
    visit: Visit | None = request.state.visit
    target, why = _here(request), "over" if visit else None
    if not is_reading(request):
        target = came_from(request)
        if visit and (number := await _keep(request, visit)):
            target, why = f"/kept-forms/{number}", "kept"
    wish = {"next": target} | ({"why": why} if why else {})
    address = f"/sign-in?{urlencode(wish)}"
    if not is_piece(request):
        return RedirectResponse(address, 303)
    # Who only looked stays on the page, in the middle of whatever they are writing there.
    answer = refuse_on_page(request, _UNAUTHENTICATED, "", (Fault("", "sign-in-over"),))
    if not is_reading(request):
        answer.headers["HX-Redirect"] = address
    return answer


async def forget_sent(request: Request) -> None:
    """A kept form that has now been sent is not kept any longer."""
    number = request.query_params.get(KEPT, "")
    visit: Visit | None = request.state.visit
    if is_reading(request) or visit is None or not (number.isascii() and number.isdecimal()):
        return
    async with house_of(request).database.transaction() as connection:
        await forget_form(connection, int(number[:18]), visit.actor.id)


async def _keep(request: Request, visit: Visit) -> int | None:
    """Its number; None when there is nothing to keep, or more than anyone writes."""
    form = await posted(request)
    fields = tuple(
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and name != CSRF_FIELD
    )
    files = tuple(name for name, value in form.multi_items() if not isinstance(value, str))
    if not fields or sum(len(name) + len(value) for name, value in fields) > _MOST_CHARACTERS:
        return None
    content = FormContent(_here(request), fields, files)
    async with house_of(request).database.transaction() as connection:
        return await keep_form(connection, visit.actor.id, content)


def _here(request: Request) -> str:
    query = urlencode([(n, v) for n, v in request.query_params.multi_items() if n != KEPT])
    return request.url.path + (f"?{query}" if query else "")
