"""What is asked of the inbox, read from a query: the same words for pages, programs and filters."""

from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.cursors import read_cursor, write_cursor
from api.schemas.common import Body, Name
from domain.authority import Actor, kinds_for
from domain.decisions import TaskKind
from domain.inbox import BANDS, FACETS, Facet, Sort, View
from persistence.debtors.searching import read_search, tasks_found
from persistence.tasks.inbox import Order, Place
from persistence.tasks.inbox_filters import TaskFilter

_NO_VALUE = -1


def _band(facet: str) -> Any:
    """The number of one of the facet's bands."""
    last = len(BANDS[facet])
    return Field(default=None, ge=0, le=last, description=f"The number of a band, 0 to {last}.")


class InboxQuery(Body):
    """What the inbox is narrowed to and sorted by."""

    view: View | None = None
    kind: TaskKind | None = None
    claim_type: Name | None = None
    stage: Name | None = None
    amount: int | None = _band("amount")
    age: int | None = _band("age")
    limitation: int | None = _band("limitation")
    department: Name | None = None
    holder: Name | None = Field(default=None, description="Who has the task; `-`: nobody.")
    sort: Sort = "points"
    turned: bool = Field(default=False, description="The other way round.")

    @property
    def facets(self) -> dict[Facet, str]:
        values = {facet: getattr(self, facet) for facet in FACETS}
        return {facet: str(value) for facet, value in values.items() if value is not None}

    @property
    def order(self) -> Order:
        return Order(self.sort, self.turned)

    def wish(self) -> dict[str, Any]:
        """As it stands in a URL or a saved filter; what is not narrowed is left out."""
        return self.model_dump(mode="json", exclude_defaults=True)


def narrowed(
    connection: AsyncConnection, query: InboxQuery, actor: Actor, text: str | None = None
) -> TaskFilter:
    """*text* is what was searched for; names and numbers of people stand in no URL."""
    return TaskFilter(
        view=query.view,
        viewer=actor.id,
        facets=query.facets,
        found=tasks_found(connection, read_search(text)) if text else None,
        kinds=kinds_for(actor) if query.view else None,
    )


def cursor_of(place: Place) -> str:
    return write_cursor(_NO_VALUE if place.value is None else place.value, place.task_id)


def place_at(cursor: str | None, order: Order, state: str = "open") -> Place | None:
    """Raises Invalid for what is no cursor of this order."""
    if cursor is None:
        return None
    value, task_id = read_cursor(cursor, 2)
    is_numbered = state == "open" and order.sort in _NUMBERED
    if is_numbered and not _is_plausible(order.sort, value):
        read_cursor("", 2)
    return Place(value if is_numbered else None, task_id)


_NUMBERED = frozenset({"points", "amount", "due", "opened", "limitation"})
_DAYS = frozenset({"due", "opened", "limitation"})


def _is_plausible(sort: str, value: int) -> bool:
    return sort not in _DAYS or 1 <= value <= date.max.toordinal()
