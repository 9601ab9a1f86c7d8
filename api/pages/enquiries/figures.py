"""How soon citizens are answered, as a table and a picture."""

from datetime import date
from typing import Annotated

from babel.dates import format_date
from fastapi import APIRouter, Query, Request, Response

from api.dependencies import FigureVisitor, TheHouse
from api.languages import DANISH, language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.svg import Bar, Picture, draw
from api.schemas.enquiries import AnswerFigures, EnquiryFigures
from api.views.enquiries import view_figures
from letters.catalogue import sentence
from persistence.enquiries.reading import read_answer_times
from reports.periods import read_period

router = APIRouter(route_class=PageRoute, prefix="/enquiries")
_FORMS = {"short": "MMM", "long": "MMMM y"}


@router.get("/figures")
async def show_figures(
    request: Request,
    house: TheHouse,
    _: FigureVisitor,
    since: Annotated[str | None, Query(alias="from", max_length=20)] = None,
    until: Annotated[str | None, Query(alias="to", max_length=20)] = None,
) -> Response:
    first, last = read_period(since, until, house.today)
    async with house.database.transaction() as connection:
        times = await read_answer_times(connection, first, last)
    figures, language = view_figures(times, first, last, house.today), language_of(request)
    goals = house.policy.enquiries.entry_on(house.today)
    facts = {
        "figures": figures,
        "month": lambda month: _month(month, "long", language),
        "picture": _picture(figures, language),
        "goals": {goal.channel.value: goal.working_days for goal in goals.value.goals}
        if goals
        else {},
        "source": goals.source if goals else "",
    }
    return show(request, "enquiry-figures", facts)


def _picture(figures: EnquiryFigures, language: str) -> Picture:
    """Month by month, how many of ten were answered in time."""
    whole = sentence("enquiries-picture-whole", language)
    return draw([_bar(one, language) for one in figures.months], [(1.0, whole)])


def _bar(one: AnswerFigures, language: str) -> Bar:
    month = one.month or ""
    share = "–" if one.within_goal is None else f"{one.within_goal:.0%}"
    words = {"month": _month(month, "long", language), "share": share, "received": one.received}
    title = sentence("enquiries-picture-month", language, **words)
    return Bar(_month(month, "short", language), one.within_goal, title)


def _month(month: str, form: str, language: str) -> str:
    locale = "da_DK" if language == DANISH else "en_GB"
    return str(format_date(date.fromisoformat(f"{month}-01"), _FORMS[form], locale=locale))
