"""Reports to the council as pages: made of the books, commented, frozen, withdrawn."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from api.council_query import lay_report, read_follow_up
from api.dependencies import FigureVisitor, SteerVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.forms import Form, texts, typed_facts
from api.pages.rendering import show
from api.pages.routing import PageRoute
from domain.authority import Actor, Right, may
from domain.errors import Fault, Invalid
from domain.steering.council import follow_up_period, last_quarters
from persistence.steering.council_reports import (
    comment_on,
    discard_draft,
    freeze,
    last_reported,
    list_reports,
    read_report,
    withdraw,
)
from reports.council.charts import svg_of
from reports.council.document import Cell, Source, in_words
from reports.council.ends import SECTIONS, document_of
from reports.council.snapshots import read_council_report
from reports.council.words import CouncilWords

router = APIRouter(route_class=PageRoute, prefix="/council-reports")
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
_QUARTERS, _LONGEST = 4, 4000


@router.get("")
async def show_reports(request: Request, house: TheHouse, actor: FigureVisitor) -> Response:
    return await _show_list(request, house, actor)


@router.post("")
async def make(request: Request, house: TheHouse, actor: SteerVisitor, form: Form) -> Response:
    """A draft, for the period that was typed."""
    typed = texts(form, "from", "to")
    try:
        since, until = read_follow_up(typed["from"], typed["to"], house.today)
        number = await lay_report(house, since, until, actor)
    except Invalid as wrong:
        return await _show_list(request, house, actor, typed, wrong.faults)
    return _to(number)


@router.get("/{number}")
async def show_report(
    request: Request, house: TheHouse, actor: FigureVisitor, number: Number
) -> Response:
    return await _show_report(request, house, actor, number)


@router.post("/{number}/comments")
async def comment(house: TheHouse, _: SteerVisitor, form: Form, number: Number) -> Response:
    async with house.database.transaction() as connection:
        await comment_on(connection, number, _comments(form))
    return _to(number, "saved")


@router.post("/{number}/freeze")
async def freeze_report(
    house: TheHouse, actor: SteerVisitor, form: Form, number: Number
) -> Response:
    """With the comments that stand on the page."""
    async with house.database.transaction() as connection:
        await comment_on(connection, number, _comments(form))
        await freeze(connection, number, actor, house.today, house.clock())
    return _to(number, "frozen")


@router.post("/{number}/discard")
async def discard(house: TheHouse, _: SteerVisitor, number: Number) -> Response:
    async with house.database.transaction() as connection:
        await discard_draft(connection, number)
    return RedirectResponse("/council-reports?said=discarded", 303)


@router.post("/{number}/withdraw")
async def withdraw_report(
    request: Request, house: TheHouse, actor: SteerVisitor, form: Form, number: Number
) -> Response:
    typed = texts(form, "reasons")
    try:
        async with house.database.transaction() as connection:
            await withdraw(connection, number, typed["reasons"][:_LONGEST], actor, house.today)
    except Invalid as wrong:
        return await _show_report(request, house, actor, number, wrong.faults)
    return _to(number, "withdrawn")


@router.post("/{number}/edition")
async def make_edition(house: TheHouse, actor: SteerVisitor, number: Number) -> Response:
    """The same period as the books are now: a draft that will replace the report."""
    async with house.database.transaction() as connection:
        row = await read_report(connection, number)
    return _to(await lay_report(house, row["since"], row["until"], actor))


def _comments(form: Form) -> dict[str, str]:
    """By section, each as it was typed, but no longer than a page has room for."""
    typed = texts(form, *(f"{section}-comment" for section in SECTIONS))
    return {section: typed[f"{section}-comment"][:_LONGEST] for section in SECTIONS}


def _to(number: int, said: str = "") -> Response:
    return RedirectResponse(f"/council-reports/{number}{f'?said={said}' if said else ''}", 303)


async def _show_list(
    request: Request,
    house: House,
    actor: Actor,
    typed: Any = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.transaction() as connection:
        rows = await list_reports(connection)
        last = await last_reported(connection)
    since, until = follow_up_period(house.today, last)
    facts = {
        "reports": rows,
        "proposed": (since, until),
        "quarters": last_quarters(house.today, _QUARTERS),
        "may_make": may(actor, Right.STEER),
    }
    facts |= typed_facts(request, typed, faults)
    return show(request, "council-reports", facts, 422 if faults else 200)


async def _show_report(
    request: Request, house: House, actor: Actor, number: int, faults: tuple[Fault, ...] = ()
) -> Response:
    language = language_of(request)
    words = CouncilWords(house.policy, language)
    async with house.database.transaction() as connection:
        report = await read_council_report(connection, number)
        row = await read_report(connection, number)
    may_look = may(actor, Right.SEE_CLAIMS)
    facts = {
        "report": report,
        "row": row,
        "document": document_of(report, words, house.policy.municipality),
        "words": lambda cell: in_words(cell, language),
        "picture": lambda chart: Markup(svg_of(chart, language)),  # noqa: S704  # escaped there
        "link": lambda cell: line_address(number, cell) if may_look else None,
        "may_steer": may(actor, Right.STEER),
    }
    facts |= typed_facts(request, None, faults)
    return show(request, "council-report", facts, 422 if faults else 200)


def line_address(number: int, cell: Cell, cursor: str | None = None) -> str | None:
    """Where the lines behind a cell are read; None where there is nothing behind it."""
    if cell.source is None or not cell.value:
        return None
    return lines_of(number, cell.source, cursor)


def lines_of(number: int, source: Source, cursor: str | None = None) -> str:
    asked = {"figure": source.figure.value, "by": source.by.value, "part": source.part}
    told = {name: value for name, value in (asked | {"cursor": cursor}).items() if value}
    return f"/council-reports/{number}/lines?{urlencode(told)}"
