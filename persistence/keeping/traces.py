"""Traces of use that serve nothing after some days: deleted by rule, without anybody asked."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import Interval, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from persistence.keeping.words import TRACES
from persistence.trail.audit import note

_SWEEPS = [
    (
        wipe.table,
        text(wipe.sql.replace(":before", "now() - cast(:kept as interval)")).bindparams(
            bindparam("kept", type_=Interval)
        ),
    )
    for wipe in TRACES
]


async def sweep_traces(connection: AsyncConnection, kept: timedelta) -> int:
    """How many rows went; *kept* counts in real time, which is what they are dated by."""
    gone: Counter[str] = Counter()
    for table, statement in _SWEEPS:
        gone[table] += (await connection.execute(statement, {"kept": kept})).rowcount
    if gone := +gone:
        await note(connection, "traces", HOUSE.id, "traces-swept", rows=dict(gone))
    return gone.total()
