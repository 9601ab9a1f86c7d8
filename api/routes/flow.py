"""Where all claims stand, since when, and which way they went."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.cursors import read_dated_cursor, write_dated_cursor
from api.dependencies import FigureReader, TheHouse, Viewer
from api.flow_query import lately, narrowed, read_stage
from api.house import House
from api.routes.describing import problems
from api.schemas.flow import (
    Flow,
    FlowQuery,
    MovesQuery,
    MoveView,
    StageFlowView,
    StandingClaim,
    StandingClaims,
    StandingQuery,
)
from domain.steering.flow import StageFlow, flow_of
from persistence.steering.flow import FlowFilter, list_standing, read_moves, read_standings
from reports.periods import in_order

router = APIRouter(prefix="/flow", tags=["figures"])


@router.get("", operation_id="readFlow", responses=problems(422))
async def get_flow(house: TheHouse, _: FigureReader, wish: Annotated[MovesQuery, Query()]) -> Flow:
    """Read how many claims stand in each stage, for how long, and what moved in a period."""
    on, narrow = house.today, _narrowed(house, wish)
    period = in_order(wish.since or lately(on), wish.until or on)
    async with house.database.transaction() as connection:
        standings = await read_standings(connection, narrow, on)
        moves = await read_moves(connection, narrow, on, period)
    return Flow(
        since=period[0],
        until=period[1],
        stages=[_stage(one) for one in flow_of(standings, moves)],
        moves=[MoveView(origin=one.origin, goal=one.goal, claims=one.claims) for one in moves],
    )


@router.get("/claims", operation_id="listStandingClaims", responses=problems(422))
async def get_standing(
    house: TheHouse, _: Viewer, wish: Annotated[StandingQuery, Query()]
) -> StandingClaims:
    """List the claims in a stage, those that have stood there longest first."""
    stage, after = read_stage(wish.stage), read_dated_cursor(wish.cursor)
    narrow = _narrowed(house, wish)
    async with house.database.transaction() as connection:
        rows = await list_standing(connection, stage, narrow, house.today, after, wish.limit + 1)
    page, more = rows[: wish.limit], None
    if len(rows) > wish.limit:
        more = write_dated_cursor(page[-1]["stage_since"], page[-1]["serial"])
    return StandingClaims(items=[_standing(row) for row in page], next_cursor=more)


def _narrowed(house: House, wish: FlowQuery) -> FlowFilter:
    return narrowed(
        house.policy,
        wish.type or "",
        wish.department or "",
        wish.kind or "",
        wish.age,
        wish.team or "",
    )


def _stage(flow: StageFlow) -> StageFlowView:
    return StageFlowView(
        stage=flow.stage,
        claims=flow.claims,
        balance_ore=flow.ore,
        median_days=flow.median_days,
        longest_days=flow.longest_days,
        came=flow.came,
        left=flow.left,
    )


def _standing(row: Any) -> StandingClaim:
    names = ("claim_type", "department", "stage_since", "next_on", "balance_ore", "debtor_name")
    return StandingClaim(claim_id=row["id"], **{name: row[name] for name in names})
