"""The inbox, the page with which the day begins."""

from collections.abc import Hashable, Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TaskVisitor, TheHouse, Visitor
from api.house import House
from api.inbox.choices import facet_choices
from api.inbox.query import InboxQuery, cursor_of, narrowed, place_at
from api.inbox.rows import Reading, inbox_row
from api.inbox.weighed import keep_weighed
from api.languages import language_of
from api.pages.places import places_for
from api.pages.rendering import show, show_part
from api.pages.routing import PageRoute
from domain.authority import Actor, Right, kinds_for, may
from domain.errors import Fault, Invalid, NotAllowed
from domain.inbox import VIEWS, View
from persistence.claims.reading import list_workers
from persistence.debtors.searching import read_search
from persistence.files.notes import count_unseen
from persistence.tasks.inbox import list_tasks, place_of
from persistence.tasks.inbox_counts import Counts, count_facets, count_views, read_waiting
from persistence.tasks.presence import lookers
from persistence.tasks.saved_filters import default_wish, read_filters
from persistence.trail.audit import note

router = APIRouter(route_class=PageRoute)
_LIMIT = 50
_OPENS_WITH, _WITH_NOTHING_OF_ONES_OWN = "mine", "team"
Text = Annotated[str, Form(max_length=100)]


class PageQuery(InboxQuery):
    """A query as a page has it in its address: what was not chosen is an empty word."""

    cursor: str | None = Field(default=None, max_length=200)
    done: int | None = Field(default=None, ge=0, le=1000)

    @model_validator(mode="before")
    @classmethod
    def _without_nothing(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value != ""}


@router.get("/")
async def show_inbox(
    request: Request, house: TheHouse, actor: Visitor, query: Annotated[PageQuery, Query()]
) -> Response:
    """Who answers no tasks is led to what they may see."""
    if not may(actor, Right.ANSWER_TASKS):
        for place in places_for(actor):
            return RedirectResponse(place.href, 303)
        raise NotAllowed("no page is theirs")
    if not request.url.query:
        async with house.database.transaction() as connection:
            if wish := await default_wish(connection, actor.id):
                return RedirectResponse(address_of(InboxQuery.model_validate(wish)), 303)
            if not (await read_waiting(connection, actor.id, house.today)).tasks:
                query = query.model_copy(update={"view": _WITH_NOTHING_OF_ONES_OWN})
    return await answer_inbox(request, house, actor, query)


@router.post("/")
async def search_inbox(
    request: Request,
    house: TheHouse,
    actor: TaskVisitor,
    text: Text = "",
    back: Annotated[str, Form(max_length=1000)] = "",
    cursor: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Names and numbers of people stand in no address."""
    query = query_at(back).model_copy(update={"cursor": cursor or None})
    return await answer_inbox(request, house, actor, query, text.strip())


async def answer_inbox(
    request: Request,
    house: House,
    actor: Actor,
    query: PageQuery,
    text: str = "",
    more: Mapping[str, object] | None = None,
) -> Response:
    """The whole page; *more* is what an act had to say."""
    chosen = query.model_copy(update={"view": query.view or _OPENS_WITH})
    await keep_weighed(house)
    async with house.database.transaction() as connection:
        facts = await _read(connection, request, house, actor, chosen, text)
    return show(request, "inbox", facts | {"result": None} | dict(more or {}))


async def _read(
    connection: AsyncConnection,
    request: Request,
    house: House,
    actor: Actor,
    query: PageQuery,
    text: str,
) -> dict[str, object]:
    on, language = house.today, language_of(request)
    after = place_at(query.cursor, query.order)
    if text and read_search(text).is_number:
        await note(connection, "search", actor.id, "searched-tasks")
    narrow = narrowed(connection, query, actor, text)
    found = await list_tasks(connection, narrow, on, after, _LIMIT + 1, query.order)
    page = found[:_LIMIT]
    seen = await lookers(connection, [row["id"] for row in page], actor.id)
    people = await list_workers(connection)
    return _frame(query, text) | {
        "rows": [inbox_row(row, Reading(house, actor, language, on, seen)) for row in page],
        "more": cursor_of(place_of(page[-1], query.order)) if len(found) > _LIMIT else None,
        "waiting": await read_waiting(connection, actor.id, on),
        "filters": await read_filters(connection, actor.id),
        "mentions": await count_unseen(connection, actor.id),
        "people": {one: name for one, name in people.items() if one != actor.id},
        "facets": facet_choices(house, actor, language, query, people, None),
        "counts": None,
        "may_assign": may(actor, Right.ASSIGN_TASKS),
        "snooze_days": house.policy.snooze_days,
        "on": on,
    }


def _frame(query: PageQuery, text: str) -> dict[str, object]:
    """What the page and its pieces know of what was asked for."""
    return {
        "query": query,
        "text": text,
        "views": VIEWS,
        "address": address_of,
        "back": query_words(query),
    }


@router.get("/inbox/counts")
async def show_counts(
    request: Request, house: TheHouse, actor: TaskVisitor, query: Annotated[PageQuery, Query()]
) -> Response:
    """How many there are, put into a page that is open; it may be some seconds old."""
    language = language_of(request)
    chosen = query.model_copy(update={"view": query.view or _OPENS_WITH})
    views, counts, people = await request.app.state.counts.get(
        _same_for(actor, chosen, house), lambda: _count(house, actor, chosen)
    )
    facts = _frame(chosen, "") | {
        "counts": views,
        "facets": facet_choices(house, actor, language, chosen, people, counts),
    }
    return show_part(request, "inbox-counts", facts)


async def _count(
    house: House, actor: Actor, query: PageQuery
) -> tuple[Mapping[View, int], Counts, dict[str, str]]:
    on = house.today
    async with house.database.transaction() as connection:
        views = await count_views(connection, actor.id, on, kinds_for(actor))
        counts = await count_facets(connection, narrowed(connection, query, actor), on)
        return views, counts, await list_workers(connection)


def _same_for(actor: Actor, query: PageQuery, house: House) -> Hashable:
    return (actor.id, actor.role, query.view, frozenset(query.facets.items()), house.today)


def query_at(back: str) -> PageQuery:
    """The query a form came from. Raises Invalid for what is none of ours."""
    try:
        return PageQuery.model_validate_strings(dict(parse_qsl(back)))
    except ValueError:
        raise Invalid(Fault("back", "value-unfit")) from None


def query_words(query: InboxQuery, **changes: object) -> str:
    """As it stands behind the question mark; a change to None takes a wish away."""
    wish = query.wish() | changes
    kept = {name: value for name, value in wish.items() if value not in {None, False, ""}}
    for name in ("cursor", "done"):
        if name not in changes:
            kept.pop(name, None)
    return urlencode({name: "true" if value is True else value for name, value in kept.items()})


def address_of(query: InboxQuery, **changes: object) -> str:
    words = query_words(query, **changes)
    return f"/?{words}" if words else "/?view=mine"
