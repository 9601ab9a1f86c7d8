"""Where all claims stand, and which way they go: a picture, a table, and the claims behind both."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import RowMapping

from api.cursors import read_dated_cursor, write_dated_cursor
from api.dependencies import CaseVisitor, FigureVisitor, TheHouse
from api.flow_query import KINDS, lately, narrowed, read_stage
from api.languages import language_of
from api.pages.claims.listing import type_names
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.steering.flow_picture import BOX_HEIGHT, BOX_WIDTH, HEIGHT, WIDTH, arrows, boxes
from domain.inbox import edges
from domain.steering.flow import AGE_STEPS_DAYS, flow_of
from persistence.steering.flow import (
    FlowFilter,
    list_standing,
    read_moves,
    read_shares,
    read_standings,
)
from persistence.steering.teams import list_teams
from persistence.sums import Sum, sums_by
from reports.periods import FROM, TO, read_period

router = APIRouter(route_class=PageRoute, prefix="/flow")
_PAGE = 50
_PICTURE = {"width": WIDTH, "height": HEIGHT, "box_width": BOX_WIDTH, "box_height": BOX_HEIGHT}
Choice = Annotated[str, Query(max_length=100)]
AGES = range(len(AGE_STEPS_DAYS) + 1)


def _asked(
    house: TheHouse,
    claim_type: Annotated[str, Query(alias="type", max_length=100)] = "",
    department: Choice = "",
    kind: Choice = "",
    age: Annotated[str, Query(max_length=2, pattern="^[0-9]*$")] = "",
    team: Choice = "",
) -> FlowFilter:
    return narrowed(house.policy, claim_type, department, kind, int(age) if age else None, team)


Asked = Annotated[FlowFilter, Depends(_asked)]


@router.get("")
async def show_flow(
    request: Request,
    house: TheHouse,
    _: FigureVisitor,
    narrow: Asked,
    since: Annotated[str | None, Query(alias=FROM, max_length=20)] = None,
    until: Annotated[str | None, Query(alias=TO, max_length=20)] = None,
) -> Response:
    on = house.today
    period = read_period(since or lately(on).isoformat(), until or on.isoformat(), on)
    async with house.database.transaction() as connection:
        standings = await read_standings(connection, narrow, on)
        moves = await read_moves(connection, narrow, on, period)
        shares = await read_shares(connection, narrow, on)
        teams = await list_teams(connection, house.policy)
    types = type_names(house.policy, language_of(request))
    facts = {
        "stages": flow_of(standings, moves),
        "picture": _PICTURE | {"boxes": boxes(), "arrows": arrows(moves)},
        "parts": {
            "type": _parts(shares, "claim_type", types),
            "department": _parts(shares, "department", {}),
            "team": _team_parts(shares, house),
        },
        "since": period[0],
        "until": period[1],
        "link": lambda stage: _link("/flow/claims", narrow, stage=stage.value),
        "narrower": lambda name, key: _link("/flow", narrow, **_period(*period), **{name: key}),
    }
    return show(request, "flow", facts | _choices(house, narrow, types, teams))


@router.get("/claims")
async def show_standing(
    request: Request,
    house: TheHouse,
    _: CaseVisitor,
    narrow: Asked,
    stage: Choice,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    where, after = read_stage(stage), read_dated_cursor(cursor)
    async with house.database.transaction() as connection:
        rows = await list_standing(connection, where, narrow, house.today, after, _PAGE + 1)
        teams = await list_teams(connection, house.policy)
    page, more = rows[:_PAGE], None
    if len(rows) > _PAGE:
        place = write_dated_cursor(page[-1]["stage_since"], page[-1]["serial"])
        more = _link("/flow/claims", narrow, stage=stage, cursor=place)
    types = type_names(house.policy, language_of(request))
    facts = {
        "claims": page,
        "stage": where,
        "following": more,
        "is_first": cursor is None,
        "on": house.today,
    }
    return show(request, "flow-claims", facts | _choices(house, narrow, types, teams))


def _period(since: date, until: date) -> dict[str, str]:
    return {FROM: since.isoformat(), TO: until.isoformat()}


def _choices(
    house: TheHouse, narrow: FlowFilter, types: Mapping[str, str], teams: Sequence[str]
) -> dict[str, Any]:
    """What the flow may be narrowed to, and what it is."""
    departments = sorted({one.department for one in house.policy.claim_types.values()})
    return {
        "chosen": narrow,
        "types": types,
        "departments": departments,
        "teams": teams,
        "kinds": KINDS,
        "ages": [(age, *edges(AGE_STEPS_DAYS, age)) for age in AGES],
    }


def _parts(
    shares: Sequence[RowMapping], name: str, words: Mapping[str, str]
) -> list[tuple[str, str, Sum]]:
    """What stands open by type or by department, the dearest first."""
    sums = sums_by(shares, lambda row: row[name])
    rows = [(key, words.get(key, key), total) for key, total in sums.items()]
    return sorted(rows, key=lambda row: (-row[2].ore, row[1]))


def _team_parts(shares: Sequence[RowMapping], house: TheHouse) -> list[tuple[str, str, Sum]]:
    """By the team of who has a claim, else by that of its type; with nobody's team last."""
    types = house.policy.claim_types
    of_type = {code: kind.team for code, kind in types.items()}
    sums = sums_by(shares, lambda row: row["team"] or of_type.get(row["claim_type"], ""))
    rows = [(name, name, total) for name, total in sums.items() if name]
    return sorted(rows, key=lambda row: (-row[2].ore, row[1]))


def _link(page: str, narrow: FlowFilter, **more: str) -> str:
    """The flow, or the claims behind a figure of it, as it is narrowed and by *more*."""
    given = {
        "type": narrow.claim_type,
        "department": narrow.department,
        "kind": narrow.kind,
        "age": narrow.age,
        "team": narrow.team and narrow.team.name,
    }
    asked = {name: value for name, value in given.items() if value is not None}
    return f"{page}?{urlencode(asked | more)}"
