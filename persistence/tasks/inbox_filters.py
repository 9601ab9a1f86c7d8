"""What the inbox is narrowed to, as conditions on the columns that stand with the task."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, case, func, literal, or_, select

from domain.decisions import TaskKind
from domain.inbox import BANDS, NOBODY, Facet, View, edges, soon
from persistence.database import literally
from persistence.enquiries.reading_consultations import is_with_department
from persistence.models import Substitution, Task


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What the list is narrowed to; None narrows nothing. *mine* is a user's id.

    *viewer*: whose view it is. *facets*: by facet the value, or the band's number as text.
    *found*: what a search found (`persistence.debtors.searching`).
    """

    state: str = "open"
    kind: str | None = None
    mine: str | None = None
    department: str | None = None
    view: View | None = None
    viewer: str = ""
    facets: dict[Facet, str] = field(default_factory=dict)
    found: ColumnElement[bool] | None = None
    kinds: Collection[TaskKind] | None = None


def conditions(narrow: TaskFilter, on: date) -> Iterator[ColumnElement[bool]]:
    """All but those of the facets."""
    # Written out, so that the indexes of open tasks are seen to fit.
    yield Task.state == (literally("open") if narrow.state == "open" else narrow.state)
    if narrow.kind is not None:
        yield Task.kind == narrow.kind
    if narrow.mine is not None:
        yield Task.claimed_by == narrow.mine
    if narrow.department is not None:
        yield Task.department == narrow.department
    if narrow.kinds is not None:
        yield Task.kind.in_([kind.value for kind in narrow.kinds])
    if narrow.found is not None:
        yield narrow.found
    if narrow.view is not None:
        yield in_view(narrow.view, narrow.viewer, on)


def in_view(view: View, viewer: str, on: date) -> ColumnElement[bool]:
    match view:
        case "mine":
            return and_(is_held_for(viewer, on), is_awake(on), ~is_with_department())
        case "team":
            return is_awake(on)
        case "upcoming":
            return and_(_is_mine_to_take(viewer), is_awake(on), Task.due_on > soon(on))
        case "snoozed":
            return and_(_is_mine_to_take(viewer), Task.snoozed_until > on)
        case "waiting":
            asked = and_(Task.claimed_by == viewer, is_with_department())
            return or_(Task.delegated_by == viewer, Task.asked_by == viewer, asked)


def is_held_for(viewer: str, on: date) -> ColumnElement[bool]:
    """The viewer's own, and those of whom they stand in for on the day."""
    absent = select(Substitution.absent).where(
        Substitution.substitute == viewer,
        Substitution.ended_at.is_(None),
        Substitution.since <= on,
        Substitution.until >= on,
    )
    holders = absent.union_all(select(literal(viewer)))
    # As one list, so that the index of holders is seen to fit.
    return Task.claimed_by == any_(func.array(holders.scalar_subquery()))


def is_awake(on: date) -> ColumnElement[bool]:
    return or_(Task.snoozed_until.is_(None), Task.snoozed_until <= on)


def _is_mine_to_take(viewer: str) -> ColumnElement[bool]:
    return or_(Task.claimed_by.is_(None), Task.claimed_by == viewer)


def facet_condition(facet: Facet, value: str, on: date) -> ColumnElement[bool]:
    """Whether a task has the *value*; a band's number for amount, age and limitation."""
    match facet:
        case "holder" if value == NOBODY:
            return Task.claimed_by.is_(None)
        case "amount" | "age" | "limitation":
            return _in_band(facet, int(value), on)
        case _:
            column: ColumnElement[str] = _COLUMNS[facet]
            return column == value


_COLUMNS: dict[str, Any] = {
    "kind": Task.kind,
    "claim_type": Task.claim_type,
    "stage": Task.stage,
    "department": Task.department,
    "holder": Task.claimed_by,
}


def _in_band(facet: str, number: int, on: date) -> ColumnElement[bool]:
    first, beyond = edges(BANDS[facet], number)
    match facet:
        case "amount":
            column: Any = Task.balance_ore
            bounds = (None if first is None else column >= first,
                      None if beyond is None else column < beyond)  # fmt: skip
        case "age":  # older is earlier
            column = Task.opened_on
            bounds = (None if first is None else column <= on - timedelta(days=first),
                      None if beyond is None else column > on - timedelta(days=beyond))  # fmt: skip
        case _:
            column = Task.limitation_date
            bounds = (None if first is None else column >= on + timedelta(days=first),
                      None if beyond is None else column < on + timedelta(days=beyond))  # fmt: skip
    return and_(*(bound for bound in bounds if bound is not None))


def facet_value(facet: Facet, on: date) -> ColumnElement[Any]:
    """What a task has of the facet, to count by; a band's number for amount, age, limitation."""
    if facet in _COLUMNS:
        column: ColumnElement[Any] = _COLUMNS[facet]
        return column
    numbers = range(len(BANDS[facet]))
    *bands, last = [(_in_band(facet, number, on), number) for number in (*numbers, len(numbers))]
    return case(*bands, else_=literal(last[1]))
