"""Anchors of the audit trail: what its chains ended with, so that nothing can be cut off them."""

from datetime import timedelta

from sqlalchemy import Interval, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from persistence.trail.audit import note

SETTLED = timedelta(hours=1)
"""No transaction lasts so long: of rows that old, none is still to come between two others."""

_MOST_ROWS = 50_000  # an anchor: its heads are read as one value
_ANCHOR = text("""
with before as (
  select coalesce(max(last_id), 0) as id from audit_anchors
), bounds as (
  select max(id) as last_id from (
    select a.id from audit a, before b where a.id > b.id and a.at <= now() - :settled
    order by a.id limit :most) ready
), covered as (
  select a.subject, a.seq, a.hash from audit a, before b, bounds
  where a.id > b.id and a.id <= bounds.last_id
), heads as (
  select subject, max(seq) || ':' || left((array_agg(hash order by seq desc))[1], 16) as head
  from covered group by subject
)
insert into audit_anchors (after_id, last_id, row_count, heads, previous, hash)
select b.id, bounds.last_id, (select count(*) from covered),
  (select jsonb_object_agg(subject, head) from heads), '', ''
from before b, bounds where bounds.last_id is not null
returning id, row_count, hash""").bindparams(bindparam("settled", type_=Interval))
_LOCK = text("select pg_advisory_xact_lock(hashtext('audit-anchors'))")
_LAST = text("select id, made_at, hash from audit_anchors order by id desc limit 1")


async def anchor_audit(connection: AsyncConnection, settled: timedelta = SETTLED) -> int:
    """Hold fast all rows older than *settled*; how many were not yet held."""
    await connection.execute(_LOCK)
    held: int = 0
    while True:
        values = {"settled": settled, "most": _MOST_ROWS}
        anchor = (await connection.execute(_ANCHOR, values)).first()
        if anchor is None:
            return held
        held += anchor.row_count
        if anchor.row_count < _MOST_ROWS:
            await note(
                connection, "audit", HOUSE.id, "anchored", anchor=anchor.id, hash=anchor.hash
            )
            return held


async def last_anchor(connection: AsyncConnection) -> tuple[int, str] | None:
    """Number and hash. Who keeps them elsewhere can tell whether the trail was made anew."""
    row = (await connection.execute(_LAST)).first()
    return (row.id, row.hash) if row else None
