"""Another municipality's key figures beside our own; nothing of them is kept."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api.council_comparing import LARGEST_FILE, compare, read_key_file
from api.council_files import key_figures_of
from api.dependencies import FigureVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.forms import Form, files_in, typed_facts
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.schemas.council import KeyFigures
from domain.errors import Fault, Invalid
from persistence.steering.council_reports import latest_standing
from reports.council.document import in_words
from reports.council.snapshots import read_council_report

router = APIRouter(route_class=PageRoute, prefix="/council-reports/compare")


@router.get("")
async def ask_for_file(request: Request, house: TheHouse, _: FigureVisitor) -> Response:
    return await _show(request, house)


@router.post("")
async def compare_files(
    request: Request, house: TheHouse, _: FigureVisitor, form: Form
) -> Response:
    """A reading: what was sent is shown, and forgotten."""
    try:
        other = read_key_file(await _sent(form))
    except Invalid as wrong:
        return await _show(request, house, faults=wrong.faults)
    return await _show(request, house, other)


async def _sent(form: Form) -> bytes:
    sent = files_in(form)
    if not sent:
        raise Invalid(Fault("file", "council-key-missing"))
    return await sent[0].read(LARGEST_FILE + 1)


async def _show(
    request: Request,
    house: House,
    other: KeyFigures | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    language = language_of(request)
    own = await _own(house, language)
    facts: dict[str, Any] = {"own": own, "other": other, "measured": (), "aged": ()}
    if own and other:
        facts["measured"], facts["aged"] = compare(own, other)
    facts["words"] = lambda cell: in_words(cell, language)
    facts |= typed_facts(request, None, faults)
    return show(request, "council-compare", facts, 422 if faults else 200)


async def _own(house: House, language: str) -> KeyFigures | None:
    """Of the latest report that stands, as others would get them."""
    async with house.database.transaction() as connection:
        number = await latest_standing(connection)
        report = await read_council_report(connection, number) if number else None
    return key_figures_of(report, house.policy, language) if report else None
