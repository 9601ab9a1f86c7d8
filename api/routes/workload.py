"""Who has how much to do, what waits for a second person, how soon answers come, what rests."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.cursors import read_dated_cursor, write_dated_cursor
from api.dependencies import Steerer, TheHouse
from api.routes.describing import problems
from api.schemas.workload import (
    HeldClaim,
    HeldClaims,
    HeldQuery,
    PersonTeam,
    TeamBody,
    WorkloadQuery,
    WorkloadView,
)
from api.views.workload import time_view, workload_view
from domain.authority import WORKERS
from persistence.steering.teams import move_to_team, team_called
from persistence.steering.workload import LATELY, list_held, read_workload
from reports.response_times import response_times

router = APIRouter(tags=["figures"])


@router.get("/workload", operation_id="readWorkload", responses=problems(422))
async def get_workload(
    house: TheHouse, _: Steerer, wish: Annotated[WorkloadQuery, Query()]
) -> WorkloadView:
    """Read who has how many tasks, which have waited longest, and answers beside their goals."""
    team = team_called(house.policy, wish.team) if wish.team else None
    on = house.today
    async with house.database.transaction() as connection:
        work = await read_workload(connection, WORKERS, on, team)
        times = await response_times(connection, house.policy, on - LATELY, on)
    return workload_view(work, [time_view(one) for one in times], on)


@router.get("/holds", operation_id="listHeldClaims", responses=problems(422))
async def get_held(house: TheHouse, _: Steerer, wish: Annotated[HeldQuery, Query()]) -> HeldClaims:
    """List the claims that rest for a reason, those that have rested longest first."""
    after = read_dated_cursor(wish.cursor)
    async with house.database.transaction() as connection:
        rows = await list_held(connection, wish.reason, after, wish.limit + 1)
    page, more = rows[: wish.limit], None
    if len(rows) > wish.limit:
        more = write_dated_cursor(page[-1]["since"], page[-1]["id"])
    items = [HeldClaim(**{name: row[name] for name in HeldClaim.model_fields}) for row in page]
    return HeldClaims(items=items, next_cursor=more)


@router.put("/people/{user_id}/team", operation_id="movePerson", responses=problems(404, 422))
async def put_team(
    user_id: Annotated[str, Path(max_length=100, examples=["anna"])],
    body: TeamBody,
    house: TheHouse,
    actor: Steerer,
) -> PersonTeam:
    """Let somebody belong to a team; the sign-in may say otherwise next time."""
    team = body.team or None
    async with house.database.transaction() as connection:
        await move_to_team(connection, user_id, team, actor)
    return PersonTeam(person=user_id, team=team)
