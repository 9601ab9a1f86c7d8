"""How many tasks there are, by view and by each value of each facet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.inbox import FACETS, NOBODY, VIEWS, Facet, View
from persistence.database import literally, plan_anew
from persistence.models import Task
from persistence.tasks.inbox_filters import (
    TaskFilter,
    conditions,
    facet_condition,
    facet_value,
    in_view,
    is_awake,
    is_held_for,
)

Counts = Mapping[Facet, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one person: how many tasks, since when, and what is late."""

    tasks: int
    oldest_on: date | None
    overdue: int
    first_due_on: date | None


async def count_facets(connection: AsyncConnection, narrow: TaskFilter, on: date) -> Counts:
    """By facet and value, what the list would hold; a facet counts as if it narrowed nothing.

    One question, however many facets narrow.
    """
    await plan_anew(connection)
    fits = {name: facet_condition(name, value, on) for name, value in narrow.facets.items()}
    names = list(FACETS)
    values = [facet_value(name, on).label(name) for name in names]
    marks = [fit.label(f"fits_{name}") for name, fit in fits.items()]
    rows = select(*values, *marks).where(*conditions(narrow, on)).subquery()
    columns = [rows.c[name] for name in names]
    counted = select(func.grouping(*columns).label("which"), *columns, *_counts(rows, names, fits))
    grouped = counted.group_by(func.grouping_sets(*(tuple_(column) for column in columns)))
    return _sorted_out((await connection.execute(grouped)).mappings().all(), names)


def _counts(rows: Any, names: list[Facet], fits: Mapping[Facet, Any]) -> list[Any]:
    """For each facet, how many fit all the other ones."""
    counts = []
    for name in names:
        others = [rows.c[f"fits_{other}"] for other in fits if other != name]
        number = func.count().filter(and_(*others)) if others else func.count()
        counts.append(number.label(f"count_{name}"))
    return counts


def _sorted_out(found: Any, names: list[Facet]) -> Counts:
    counts: dict[Facet, dict[str, int]] = {name: {} for name in names}
    # grouping() has a bit for each column, the first the highest; it is 0 for the one grouped by.
    everything = (1 << len(names)) - 1
    which = {everything ^ (1 << (len(names) - 1 - n)): name for n, name in enumerate(names)}
    for row in found:
        name = which[row["which"]]
        value = row[name] if row[name] is not None else NOBODY
        if number := row[f"count_{name}"]:
            counts[name][str(value)] = number
    return counts


async def count_views(
    connection: AsyncConnection, viewer: str, on: date, kinds: Any = None
) -> Mapping[View, int]:
    """How many tasks each view of *viewer* has."""
    await plan_anew(connection)
    numbers = [func.count().filter(in_view(view, viewer, on)).label(view) for view in VIEWS]
    found = select(*numbers).where(*conditions(TaskFilter(kinds=kinds), on))
    row = (await connection.execute(found)).mappings().one()
    return {view: row[view] for view in VIEWS}


async def read_waiting(connection: AsyncConnection, viewer: str, on: date) -> Waiting:
    """What *viewer*, or whom they stand in for, has taken and has not put off."""
    found = select(
        func.count().label("tasks"),
        func.min(Task.opened_on).label("oldest_on"),
        func.count().filter(Task.due_on < literal(on)).label("overdue"),
        func.min(Task.due_on).label("first_due_on"),
    ).where(Task.state == literally("open"), is_held_for(viewer, on), is_awake(on))
    row = (await connection.execute(found)).one()
    return Waiting(row.tasks, row.oldest_on, row.overdue, row.first_due_on)
