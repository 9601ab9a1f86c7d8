"""Protected addresses whose last day is over: hidden until somebody ends or renews them."""

from fastapi import APIRouter, Request, Response

from api.dependencies import TheHouse, WriteVisitor
from api.pages.rendering import show
from api.pages.routing import PageRoute
from persistence.debtors.rectifications import ended_protections

router = APIRouter(route_class=PageRoute)
_SHOWN = 200


@router.get("/protections")
async def show_ended(request: Request, house: TheHouse, _: WriteVisitor) -> Response:
    async with house.database.transaction() as connection:
        rows = await ended_protections(connection, house.today, _SHOWN)
    return show(request, "protections", {"rows": rows})
