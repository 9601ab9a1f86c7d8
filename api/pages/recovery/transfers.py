"""Which claims may go to the recovery authority, which must be mended first, and what is wrong."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import RowMapping

from api.csv_lines import BEGINNING, csv_headers, csv_line
from api.cursors import read_cursor, write_cursor
from api.dependencies import CaseVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.claims.listing import type_names
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.views.transfers import narrowed_transfers, obstacle_in_words, obstacles_of, rule_of
from domain.recovery.dossier import COMES_BY_ITSELF, Standing
from letters.catalogue import sentence
from persistence.debtors.searching import read_search
from persistence.recovery.transfer_lists import (
    Readiness,
    TransferFilter,
    list_transfers,
    read_readiness,
    stream_transfers,
)
from persistence.sums import Sum
from persistence.trail.audit import note

router = APIRouter(route_class=PageRoute, prefix="/transfers")
_PAGE = 50
_MOST_ROWS = 250_000
_COLUMNS = (
    *("claim", "debtor", "type", "department", "standing", "obstacles", "since"),
    *("limitation", "balance"),
)
TO_MEND = (Standing.LACKING, Standing.HEARING)
"""What a person can do something about; the others are waited for, or go."""
Choice = Annotated[str, Query(max_length=100)]
FormChoice = Annotated[str, Form(max_length=100)]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list is narrowed to, as its address says it."""

    standing: str = ""
    type: str = ""
    department: str = ""
    code: str = ""

    def filter(self, house: House) -> TransferFilter:
        given = (self.standing, self.type, self.department, self.code)
        return narrowed_transfers(house.policy, *(word or None for word in given))

    def link(self, page: str = "claims", **more: str | None) -> str:
        given = {name: word for name, word in (asdict(self) | more).items() if word}
        return f"/transfers/{page}?{urlencode(given)}" if given else f"/transfers/{page}"


def _asked(
    standing: Choice = "",
    claim_type: Annotated[str, Query(alias="type", max_length=100)] = "",
    department: Choice = "",
    code: Choice = "",
) -> Chosen:
    return Chosen(standing, claim_type, department, code)


def _sent(
    standing: FormChoice = "",
    claim_type: Annotated[str, Form(alias="type", max_length=100)] = "",
    department: FormChoice = "",
    code: FormChoice = "",
) -> Chosen:
    return Chosen(standing, claim_type, department, code)


@router.get("")
async def show_readiness(request: Request, house: TheHouse, _: CaseVisitor) -> Response:
    language = language_of(request)
    async with house.database.transaction() as connection:
        readiness = await read_readiness(connection)
    types = type_names(house.policy, language)
    facts = {
        "standings": readiness.by_standing(),
        "obstacles": {one: _obstacles(readiness, one, language) for one in TO_MEND},
        "by_type": _by(readiness, "claim_type", types),
        "by_department": _by(readiness, "department", {}),
        "link": _link,
    }
    return show(request, "transfers", facts)


@router.get("/claims")
async def show_list(
    request: Request,
    house: TheHouse,
    _: CaseVisitor,
    chosen: Annotated[Chosen, Depends(_asked)],
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    return await _list(request, house, chosen, cursor)


@router.post("/claims")
async def search_list(
    request: Request,
    house: TheHouse,
    _: CaseVisitor,
    chosen: Annotated[Chosen, Depends(_sent)],
    text: FormChoice = "",
    cursor: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Names and numbers of people stand in no address."""
    return await _list(request, house, chosen, cursor or None, text.strip())


async def _list(
    request: Request, house: House, chosen: Chosen, cursor: str | None, text: str = ""
) -> Response:
    wish = read_search(text) if text else None
    narrow = replace(chosen.filter(house), search=wish)
    after = None if cursor is None else read_cursor(cursor, 1)[0]
    async with house.database.transaction() as connection:
        rows = await list_transfers(connection, narrow, after, _PAGE + 1)
    page, language = rows[:_PAGE], language_of(request)
    facts = {
        "claims": [(row, list(obstacles_of(row, language))) for row in page],
        "chosen": chosen,
        "text": "" if wish and wish.is_number else text,
        "types": type_names(house.policy, language),
        "standings": [one.value for one in Standing],
        "said": chosen.code and obstacle_in_words(chosen.code, language),
        "rule": rule_of(chosen.code),
        "more": write_cursor(page[-1]["serial"]) if len(rows) > _PAGE else None,
        "is_first": cursor is None,
    }
    return show(request, "transfer-claims", facts)


@router.get("/claims.csv")
async def export_list(
    request: Request,
    house: TheHouse,
    actor: CaseVisitor,
    chosen: Annotated[Chosen, Depends(_asked)],
) -> Response:
    """That it was taken out is in the trail."""
    narrow = chosen.filter(house)
    async with house.database.transaction() as connection:
        asked = {name: word for name, word in asdict(chosen).items() if word}
        await note(connection, "transfers", actor.id, "exported", asked=asked)
    lines, headers = _lines(house, narrow, language_of(request)), csv_headers("overdragelser.csv")
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(house: House, narrow: TransferFilter, language: str) -> AsyncIterator[str]:
    types = type_names(house.policy, language)
    yield BEGINNING + csv_line(sentence(f"transfers-column-{name}", language) for name in _COLUMNS)
    async with house.database.transaction() as connection:
        async for row in stream_transfers(connection, narrow, _MOST_ROWS):
            yield csv_line(_cells(row, types, language))


def _cells(row: RowMapping, types: Mapping[str, str], language: str) -> Iterable[str]:
    yield row["id"]
    yield row["debtor_name"]
    yield types.get(row["claim_type"], row["claim_type"])
    yield row["department"]
    yield sentence(f"transfers-standing-{row['standing']}", language)
    told = obstacles_of(row, language)
    yield "; ".join(f"{one.text} ({one.rule})" if one.rule else one.text for one in told)
    yield row["since"].isoformat()
    yield row["limitation_date"].isoformat()
    yield f"{row['balance_ore'] / 100:.2f}".replace(".", ",")


def _obstacles(
    readiness: Readiness, standing: Standing, language: str
) -> list[tuple[str, str, str | None, Sum]]:
    """What somebody must do about claims that stand so, what costs most kroner first."""
    sums = readiness.by_code(standing).items()
    todo = (one for one in sums if one[0] not in COMES_BY_ITSELF)
    dearest = sorted(todo, key=lambda one: (-one[1].ore, one[0]))
    return [
        (code, obstacle_in_words(code, language), rule_of(code), total) for code, total in dearest
    ]


def _by(
    readiness: Readiness, name: str, words: Mapping[str, str]
) -> list[tuple[str, str, dict[Standing, Sum]]]:
    """A row a type or a department: how many stand how, most kroner that may go first."""
    sums = {standing: readiness.by(name, standing) for standing in Standing}
    keys = {key for of_standing in sums.values() for key in of_standing}
    rows = [
        (key, words.get(key, key), {one: sums[one].get(key, Sum()) for one in Standing})
        for key in keys
    ]
    return sorted(rows, key=lambda row: (-row[2][Standing.READY].ore, row[1]))


def _link(**chosen: Any) -> str:
    return Chosen(**chosen).link()
