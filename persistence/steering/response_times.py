"""How soon people answered what they were asked: of each kind of task, on the same days."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import TaskKind
from persistence.enquiries.reading import AnswerTime

# An enquiry's time runs from the day it came, and stands among the enquiries (`reading`).
_TIMES = text("""
select t.kind, t.opened_on, t.due_on,
  (d.decided_at at time zone 'Europe/Copenhagen')::date as answered_on, count(*) as number
from tasks t left join decisions d on d.task_id = t.id
where t.opened_on between :first and :last and t.state <> 'cancelled' and t.kind <> 'enquiry'
group by 1, 2, 3, 4""")


async def read_task_times(
    connection: AsyncConnection, first: date, last: date
) -> dict[TaskKind, Sequence[AnswerTime]]:
    """Of all tasks opened from *first* to *last* that were not called off, by their kind."""
    rows: Sequence[Any] = (await connection.execute(_TIMES, {"first": first, "last": last})).all()
    return {
        kind: [AnswerTime(*row) for row in rows if row.kind == kind]
        for kind in TaskKind
        if any(row.kind == kind for row in rows)
    }
