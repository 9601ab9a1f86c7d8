"""Who may see Temporal's own pages: the proxy asks here before each thing it fetches from there."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.pages.addresses import HOME, inside
from api.pages.routing import PageRoute
from api.problems import Unauthenticated, status_of
from domain.authority import Actor, Right, require

router = APIRouter(route_class=PageRoute)
_NO_CONTENT = 204
_WANTED = "X-Forwarded-Uri"  # as every proxy tells it that asks another server first


@router.get("/temporal-door", status_code=_NO_CONTENT)
async def get_door(request: Request) -> Response:
    """Raises NotAllowed. Who is not signed in is led to it, and back to what they wanted."""
    actor: Actor | None = request.state.actor
    if actor is None:
        return _to_sign_in(request)
    require(actor, Right.STEER)
    return Response(status_code=_NO_CONTENT)


def _to_sign_in(request: Request) -> Response:
    """A script of those pages can make nothing of our page, so it is only told no."""
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return Response(status_code=status_of(Unauthenticated("no session")))
    wanted = inside(request.headers.get(_WANTED, HOME))
    return RedirectResponse(f"/sign-in?{urlencode({'next': wanted})}", 303)
