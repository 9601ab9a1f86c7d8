"""What happened to letters beside their way: why one was held back, what came of another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

HELD_BACK = "held-back"
CANCELLED = "cancelled"
RECEIPT = "receipt"
RECALLED = "recalled"

# The same happening on the same day is told once, however often the tray is emptied.
_LOG = text("""
insert into letter_events (letter_id, happened_on, event, reason, facts)
select l.id, :on, e.event, e.reason, e.facts
from unnest(cast(:ids as bigint[]), :events, :reasons, cast(:facts as jsonb[]))
  as e (id, event, reason, facts)
join letters l on l.id = e.id or l.goes_with = e.id
on conflict do nothing""").bindparams(
    bindparam("events", type_=ARRAY(Text)),
    bindparam("reasons", type_=ARRAY(Text)),
    bindparam("facts", type_=ARRAY(JSONB)),
)


@dataclass(frozen=True, slots=True)
class Happening:
    """Of a letter and of those that go with it."""

    letter_id: int
    event: str
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)


async def log(connection: AsyncConnection, happenings: Iterable[Happening], on: date) -> None:
    told = list(happenings)
    if not told:
        return
    values = {
        "on": on,
        "ids": [one.letter_id for one in told],
        "events": [one.event for one in told],
        "reasons": [one.reason for one in told],
        "facts": [one.facts for one in told],
    }
    await connection.execute(_LOG, values)
