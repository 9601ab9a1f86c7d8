"""Reports to the council: laid as a draft, commented, frozen, withdrawn, replaced by an edition."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.errors import Conflict, Fault, Invalid, NotFound
from persistence.columns import every
from persistence.models import CouncilReport
from persistence.trail.audit import note

_ID = CouncilReport.id == bindparam("number")
_LIST = text("""
select r.id, r.since, r.until, r.read_at, r.frozen_on, r.replaces_id, r.withdrawn_on,
  r.withdrawn_because, e.id as replaced_by, u.name as laid_by_name
from council_reports r join users u on u.id = r.laid_by
left join council_reports e on e.replaces_id = r.id and e.frozen_at is not null
order by r.frozen_on is not null, r.until desc, r.id desc""")
_ONE = text(f"""
select {every(CouncilReport, "r")},
  e.id as replaced_by, u.name as laid_by_name, f.name as frozen_by_name,
  w.name as withdrawn_by_name
from council_reports r join users u on u.id = r.laid_by
left join users f on f.id = r.frozen_by left join users w on w.id = r.withdrawn_by
left join council_reports e on e.replaces_id = r.id and e.frozen_at is not null
where r.id = :number""")
# What stands: frozen, not withdrawn, and no edition has taken its place.
_STANDING = """
from council_reports r where r.frozen_at is not null and r.withdrawn_on is null and not exists (
  select from council_reports e where e.replaces_id = r.id and e.frozen_at is not null)"""
_BEFORE = text(f"""
select r.id {_STANDING} and r.until < :until order by r.until desc, r.id desc limit 1""")
_SAME = text(f"""
select r.id {_STANDING} and r.since = :since and r.until = :until order by r.id desc limit 1""")
# Two drafts of the same days that are frozen at once: the later one replaces the other.
_ONE_BY_ONE = text("select pg_advisory_xact_lock(hashtextextended('council-report-frozen', 0))")
_LATEST = text(f"select r.id {_STANDING} order by r.until desc, r.id desc limit 1")
_LAST_UNTIL = text(f"select max(r.until) {_STANDING}")


@dataclass(frozen=True, slots=True)
class NewReport:
    """*figures* and *goals* as JSON; *read_at* is when the books stood so."""

    since: date
    until: date
    figures: Sequence[Any]
    goals: Sequence[Any]
    read_at: datetime
    policy_version: str


async def last_reported(connection: AsyncConnection) -> date | None:
    """The last day of the latest report that stands."""
    found: date | None = (await connection.execute(_LAST_UNTIL)).scalar()
    return found


async def latest_standing(connection: AsyncConnection) -> int | None:
    """The report of the latest period, if one stands."""
    found: int | None = (await connection.execute(_LATEST)).scalar()
    return found


async def lay_draft(connection: AsyncConnection, new: NewReport, actor: Actor) -> int:
    """Beside the latest report of before; where one of the same days stands, an edition of it."""
    days = {"since": new.since, "until": new.until}
    values: dict[str, Any] = days | {
        "figures": list(new.figures),
        "goals": list(new.goals),
        "comments": {},
        "read_at": new.read_at,
        "policy_version": new.policy_version,
        "compared_id": (await connection.execute(_BEFORE, {"until": new.until})).scalar(),
        "replaces_id": (await connection.execute(_SAME, days)).scalar(),
        "laid_by": actor.id,
    }
    laid = insert(CouncilReport).returning(CouncilReport.id)
    return int((await connection.execute(laid, values)).scalar_one())


async def list_reports(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Drafts first, then the latest; those that are withdrawn or replaced among them."""
    return (await connection.execute(_LIST)).mappings().all()


async def read_report(connection: AsyncConnection, number: int) -> RowMapping:
    """Raises NotFound."""
    row = (await connection.execute(_ONE, {"number": number})).mappings().first()
    if row is None:
        raise NotFound("council-report", number)
    return row


async def comment_on(connection: AsyncConnection, number: int, comments: Mapping[str, str]) -> None:
    """The comments of a draft, by section. Raises Conflict once it is frozen."""
    await _lock_draft(connection, number)
    told = {section: words for section, words in comments.items() if words}
    await connection.execute(update(CouncilReport).where(_ID), {"number": number, "comments": told})


async def freeze(
    connection: AsyncConnection, number: int, actor: Actor, on: date, at: datetime
) -> str:
    """As it is; nothing booked later changes it. Raises Conflict when it is frozen already.

    Where a report of the same days stands by now, it takes its place. Returns the SHA-256 of what
    it says.
    """
    await connection.execute(_ONE_BY_ONE)
    row = await _lock_draft(connection, number)
    values = {"number": number, "frozen_on": on, "frozen_at": at, "frozen_by": actor.id}
    days = {"since": row["since"], "until": row["until"]}
    told, replaces = sha256_of(row), (await connection.execute(_SAME, days)).scalar()
    values |= {"sha256": told, "replaces_id": replaces}
    await connection.execute(update(CouncilReport).where(_ID), values)
    facts = {"since": row["since"].isoformat(), "until": row["until"].isoformat()}
    facts |= {"sha256": told, "replaces": replaces}
    await note(connection, f"council-report-{number}", actor.id, "council-report-frozen", **facts)
    return told


async def discard_draft(connection: AsyncConnection, number: int) -> None:
    """Raises Conflict once it is frozen."""
    await _lock_draft(connection, number)
    await connection.execute(delete(CouncilReport).where(_ID), {"number": number})


async def withdraw(
    connection: AsyncConnection, number: int, reasons: str, actor: Actor, on: date
) -> None:
    """It can still be read, as withdrawn. Raises Invalid without reasons, Conflict for a draft."""
    if not reasons.strip():
        raise Invalid(Fault("reasons", "reasons-missing"))
    row = await _lock(connection, number)
    if row["frozen_at"] is None or row["withdrawn_on"] is not None:
        raise Conflict(f"report {number} is not one that can be withdrawn")
    values = {"number": number, "withdrawn_on": on, "withdrawn_by": actor.id}
    values |= {"withdrawn_because": reasons.strip()}
    await connection.execute(update(CouncilReport).where(_ID), values)
    await note(
        connection, f"council-report-{number}", actor.id, "council-report-withdrawn",
        reasons=reasons.strip(),
    )  # fmt: skip


def sha256_of(row: RowMapping) -> str:
    """Of what a report says: its days, figures, goals and comments."""
    told = [row["since"].isoformat(), row["until"].isoformat()]
    told += [row["figures"], row["goals"], row["comments"]]
    words = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()


async def _lock(connection: AsyncConnection, number: int) -> RowMapping:
    found = select(CouncilReport.__table__).where(_ID).with_for_update()
    row = (await connection.execute(found, {"number": number})).mappings().first()
    if row is None:
        raise NotFound("council-report", number)
    return row


async def _lock_draft(connection: AsyncConnection, number: int) -> RowMapping:
    row = await _lock(connection, number)
    if row["frozen_at"] is not None:
        raise Conflict(f"report {number} is frozen")
    return row
