"""The audit trail as a file that a Danish Excel opens."""

from collections.abc import AsyncIterator, Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import RowMapping

from api.csv_lines import BEGINNING, csv_headers, csv_line
from api.dependencies import ControlVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.moments import short_moment
from api.pages.routing import PageRoute
from api.pages.trail.listing import Wish, read_wish
from api.trail_words import act_in_words, facts_in_words, purpose_in_words
from letters.catalogue import sentence
from persistence.trail.audit import note
from persistence.trail.reading import TrailFilter, stream_trail

router = APIRouter(route_class=PageRoute, prefix="/audit")
_MOST_ROWS = 200_000
_COLUMNS = ("at", "person", "name", "act", "subject", "number", "purpose", "for", "facts")


@router.get("/export.csv")
async def export_trail(
    request: Request,
    house: TheHouse,
    actor: ControlVisitor,
    wish: Annotated[Wish, Depends(read_wish)],
) -> Response:
    """At most 200,000 rows, the newest; that it was taken out is in the trail."""
    async with house.database.transaction() as connection:
        await note(connection, "audit", actor.id, "exported", asked=wish.asked)
    lines, headers = _lines(request, house, wish.filter), csv_headers("revisionsspor.csv")
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(request: Request, house: House, narrow: TrailFilter) -> AsyncIterator[str]:
    language = language_of(request)
    yield BEGINNING + csv_line(sentence(f"trail-{column}", language) for column in _COLUMNS)
    async with house.database.transaction() as connection:
        async for row in stream_trail(connection, narrow, _MOST_ROWS):
            yield csv_line(_cells(request, row, language))


def _cells(request: Request, row: RowMapping, language: str) -> Iterable[str]:
    facts = row["facts"]
    yield short_moment(request, row["at"])
    yield row["actor"]
    yield row["name"] or ""
    yield act_in_words(row["act"], language)
    yield row["subject"]
    yield str(row["seq"])
    yield purpose_in_words(facts, language)
    yield facts.get("for", "")
    yield facts_in_words(facts)
