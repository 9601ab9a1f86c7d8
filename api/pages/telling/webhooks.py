"""Which systems are told of claims: a list, a form, each one's messages, and what may be done."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import SteerVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.claims.listing import type_names
from api.pages.forms import Form, Typed, read_body, texts, typed_facts
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.schemas.webhooks import NewWebhook
from api.webhook_bodies import endpoint_of
from domain.authority import Actor
from domain.errors import Conflict, Fault, Invalid
from domain.telling.webhooks import OVERLAP, TOLD, EndpointState
from persistence.telling.deliveries import ask_for_test, list_deliveries, send_again
from persistence.telling.webhooks import (
    known_sources,
    list_endpoints,
    read_endpoint,
    read_secrets,
    register_endpoint,
    rotate,
    show_secret,
    turn,
)

router = APIRouter(route_class=PageRoute, prefix="/webhooks")
_PAGE = 50
Number = Annotated[int, Path(ge=1, le=2**62)]
Act = Literal["pause", "resume", "remove", "rotate", "test"]
_STATES = {
    "pause": EndpointState.PAUSED,
    "resume": EndpointState.ACTIVE,
    "remove": EndpointState.REMOVED,
}


@router.get("")
async def show_webhooks(request: Request, house: TheHouse, _: SteerVisitor) -> Response:
    return await _show(request, house, None, ())


@router.post("")
async def register(request: Request, house: TheHouse, actor: SteerVisitor, form: Form) -> Response:
    typed = texts(form, "name", "url", "source")
    typed |= {name: list(map(str, form.getlist(name))) for name in ("events", "claim_types")}
    try:
        new = endpoint_of(house, read_body(NewWebhook, typed))
    except Invalid as wrong:
        return await _show(request, house, typed, wrong.faults)
    async with house.database.transaction() as connection:
        number = await register_endpoint(connection, new, house.clock(), house.today, actor)
    return RedirectResponse(f"/webhooks/{number}", 303)


@router.get("/{endpoint_id}")
async def show_webhook(
    request: Request,
    house: TheHouse,
    actor: SteerVisitor,
    endpoint_id: Number,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    said: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """A new secret is on this page once, for who asked for it."""
    async with house.database.transaction() as connection:
        facts: dict[str, Any] = {
            "endpoint": await read_endpoint(connection, endpoint_id),
            "secrets": await read_secrets(connection, endpoint_id, house.clock()),
            "secret": await show_secret(connection, endpoint_id, actor),
        }
        rows = await list_deliveries(connection, endpoint_id, before, _PAGE + 1)
    more = rows[_PAGE - 1]["id"] if len(rows) > _PAGE else None
    facts |= {
        "deliveries": rows[:_PAGE],
        "following": more and f"/webhooks/{endpoint_id}?before={more}",
        "types": type_names(house.policy, language_of(request)),
        "overlap_days": OVERLAP.days,
        "said": said if said in {*_STATES, "test", "again", "busy"} else "",
    }
    return show(request, "webhook", facts)


@router.post("/{endpoint_id}/{act}")
async def do(house: TheHouse, actor: SteerVisitor, endpoint_id: Number, act: Act) -> Response:
    try:
        async with house.database.transaction() as connection:
            await _do(connection, house, endpoint_id, act, actor)
    except Conflict:
        return RedirectResponse("/webhooks", 303)
    if act == "remove":
        return RedirectResponse("/webhooks", 303)
    return RedirectResponse(f"/webhooks/{endpoint_id}?said={act}", 303)


@router.post("/{endpoint_id}/deliveries/{delivery_id}/again")
async def again(
    house: TheHouse, actor: SteerVisitor, endpoint_id: Number, delivery_id: Number
) -> Response:
    async with house.database.transaction() as connection:
        await send_again(connection, endpoint_id, delivery_id, actor)
    return RedirectResponse(f"/webhooks/{endpoint_id}?said=again", 303)


async def _do(
    connection: AsyncConnection, house: House, endpoint_id: int, act: Act, actor: Actor
) -> None:
    if act == "test":
        await ask_for_test(connection, endpoint_id, house.today, actor)
    elif act == "rotate":
        await rotate(connection, endpoint_id, house.clock(), actor)
    else:
        await turn(connection, endpoint_id, _STATES[act], house.today, actor)


async def _show(
    request: Request, house: House, typed: Typed | None, faults: tuple[Fault, ...]
) -> Response:
    async with house.database.transaction() as connection:
        endpoints = await list_endpoints(connection)
        sources = await known_sources(connection)
    facts: dict[str, Any] = {
        "endpoints": endpoints,
        "sources": sources,
        "events": TOLD,
        "types": type_names(house.policy, language_of(request)),
    }
    shown = facts | typed_facts(request, typed, faults)
    return show(request, "webhooks", shown, 422 if faults else 200)
