"""What need not be kept any longer: the list, one with its preview and proof, and the acts."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from api.archive_files import archive_lines
from api.csv_lines import csv_headers
from api.dependencies import ControlVisitor, SteerVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.sentences import faults_shown
from api.views.keeping import kept_rows
from domain.authority import Actor, Right, may
from domain.errors import Conflict, Fault, Invalid
from domain.keeping.retention import RecordKind
from persistence.keeping.erasures import (
    approve_erasure,
    list_erasures,
    propose_erasure,
    read_erasure,
    withdraw_erasure,
)

router = APIRouter(route_class=PageRoute, prefix="/erasures")
Number = Annotated[int, Path(ge=1, le=2**62)]
_SHOWN = 50


@router.get("")
async def show_erasures(request: Request, house: TheHouse, actor: ControlVisitor) -> Response:
    return await _show_list(request, house, actor, ())


@router.post("")
async def propose(request: Request, house: TheHouse, actor: SteerVisitor) -> Response:
    rules = house.policy.keeping
    try:
        async with house.database.transaction() as connection:
            number = await propose_erasure(connection, rules, house.clock(), actor)
    except Invalid as wrong:
        return await _show_list(request, house, actor, wrong.faults)
    except Conflict:
        return RedirectResponse("/erasures", 303)
    return RedirectResponse(f"/erasures/{number}", 303)


@router.get("/{number}")
async def show_erasure(
    request: Request, house: TheHouse, actor: ControlVisitor, number: Number
) -> Response:
    return await _show(request, house, actor, number, ())


@router.get("/{number}/archive.csv")
async def download(house: TheHouse, actor: SteerVisitor, number: Number) -> Response:
    lines = await archive_lines(house, number, actor)
    headers = csv_headers(f"sletning-{number}.csv")
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/{number}/{act}")
async def do(
    request: Request,
    house: TheHouse,
    actor: SteerVisitor,
    number: Number,
    act: Literal["approve", "withdraw"],
) -> Response:
    try:
        async with house.database.transaction() as connection:
            if act == "withdraw":
                await withdraw_erasure(connection, number, actor)
            else:
                rules = house.policy.keeping
                await approve_erasure(connection, number, rules, house.today, actor)
    except Invalid as wrong:
        return await _show(request, house, actor, number, wrong.faults)
    except Conflict:
        pass  # someone was quicker: the page says how it stands
    return RedirectResponse(f"/erasures/{number}", 303)


async def _show_list(
    request: Request, house: House, actor: Actor, faults: tuple[Fault, ...]
) -> Response:
    async with house.database.transaction() as connection:
        rows = await list_erasures(connection, _SHOWN)
    rules = [(kind, house.policy.keeping.of(kind, house.today)) for kind in RecordKind]
    facts = {
        "erasures": rows,
        "rules": rules,
        "today": house.today,
        "is_under_way": any(row["state"] in {"proposed", "approved"} for row in rows),
        "may_steer": may(actor, Right.STEER),
    }
    shown = facts | faults_shown(faults, language_of(request))
    return show(request, "erasures", shown, 422 if faults else 200)


async def _show(
    request: Request, house: House, actor: Actor, number: int, faults: tuple[Fault, ...]
) -> Response:
    async with house.database.transaction() as connection:
        found = await read_erasure(connection, number)
    facts = {
        "found": found,
        "erasure": found.erasure,
        "kept": kept_rows(found.erasure),
        "may_steer": may(actor, Right.STEER),
        "is_mine": found.erasure["proposed_by"] == actor.id,
        "is_archived_first": house.policy.keeping.archive.on_or_first(house.today).is_first,
    }
    shown = facts | faults_shown(faults, language_of(request))
    return show(request, "erasure", shown, 422 if faults else 200)
