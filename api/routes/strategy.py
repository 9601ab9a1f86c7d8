"""The policy in force: every figure, from when it holds and by what, and how it is kept."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import TheHouse, Viewer
from api.routes.describing import problems
from api.schemas.strategy import Strategy, StrategyQuery, StrategyType
from api.views.strategy import change_view, decision_view, goal_view
from api.views.workload import time_view
from persistence.endings.write_off_figures import year_figures
from reports.response_times import response_times
from reports.strategy import changes, decisions_of_house, decisions_of_type

router = APIRouter(prefix="/strategy", tags=["figures"])


@router.get("", operation_id="readStrategy", responses=problems(422))
async def get_strategy(
    house: TheHouse, _: Viewer, wish: Annotated[StrategyQuery, Query()]
) -> Strategy:
    """Read the policy as it is on a day, what has changed in it, and goals beside actuals."""
    policy, on = house.policy, wish.on or house.today
    async with house.database.transaction() as connection:
        goals = await year_figures(connection, policy, house.today.year, house.today)
        new_year = date(house.today.year, 1, 1)
        times = await response_times(connection, policy, new_year, house.today)
    return Strategy(
        municipality=policy.municipality,
        version=policy.version,
        on=on,
        decisions=[decision_view(one) for one in decisions_of_house(policy, on)],
        claim_types=[
            StrategyType(
                claim_type=code,
                decisions=[decision_view(one) for one in decisions_of_type(kind, on)],
            )
            for code, kind in policy.claim_types.items()
        ],
        changes=[change_view(one) for one in changes(policy)],
        goals=[goal_view(one) for one in goals],
        response_times=[time_view(one) for one in times],
    )
