"""The strategy as a page: the policy in force with every figure, its day and its source."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.dependencies import CaseVisitor, TheHouse
from api.languages import language_of
from api.pages.claims.listing import type_names
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.steering.strategy_words import StrategyWords
from domain.notation import read_day
from persistence.endings.write_off_figures import year_figures
from reports.response_times import response_times
from reports.strategy import changes, decisions_of_house, decisions_of_type

router = APIRouter(route_class=PageRoute)


@router.get("/strategy")
async def show_strategy(
    request: Request,
    house: TheHouse,
    _: CaseVisitor,
    day: Annotated[str, Query(alias="on", max_length=20)] = "",
) -> Response:
    """Of a day on which nothing was decided yet, what has no decision is not there."""
    policy, language = house.policy, language_of(request)
    on = read_day(day) if day.strip() else house.today
    async with house.database.transaction() as connection:
        goals = await year_figures(connection, policy, house.today.year, house.today)
        new_year = date(house.today.year, 1, 1)
        times = await response_times(connection, policy, new_year, house.today)
    of_types = {code: decisions_of_type(kind, on) for code, kind in policy.claim_types.items()}
    facts = {
        "policy": policy,
        "on": on,
        "words": StrategyWords(language),
        "types": type_names(policy, language),
        "of_house": decisions_of_house(policy, on),
        "of_types": of_types,
        "changes": changes(policy),
        "goals": goals,
        "times": times,
        "year": house.today.year,
    }
    return show(request, "strategy", facts)
