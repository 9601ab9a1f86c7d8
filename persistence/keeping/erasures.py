"""Erasures: found, handed to the archive, approved by a second person, or withdrawn; and read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Proposal, Right, require, require_another_person
from domain.calendar import today
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.keeping.retention import ErasureState, KeepingRules, RecordKind
from persistence.columns import every
from persistence.keeping.due import lay_down_due
from persistence.models import Erasure
from persistence.people.substituting import all_behind
from persistence.trail.audit import note

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('erasures'))")
_UNDER_WAY = text("select id from erasures where state in ('proposed', 'approved')")
_READ = text(f"""
select {every(Erasure, "e")},
  p.name as proposed_by_name, a.name as archived_by_name, g.name as approved_by_name
from erasures e join users p on p.id = e.proposed_by
left join users a on a.id = e.archived_by left join users g on g.id = e.approved_by
where cast(:erasure as bigint) is null or e.id = :erasure order by e.id desc limit :limit""")
_COUNTS = text("""
select kind, state, why, count(*) as records, min(last_on) as first_on, max(last_on) as last_on
from erasure_items where erasure_id = :erasure group by kind, state, why order by kind, state""")
_LOCK = text("select state, proposed_by, archived_at from erasures where id = :erasure for update")
_KEPT = text("update erasures set kept = :kept where id = :erasure").bindparams(
    bindparam("kept", type_=JSONB)
)
_ARCHIVED = text("""
update erasures set archived_by = :user, archived_at = now(), archive_sha256 = :sha256
where id = :erasure and state = 'proposed'""")
_APPROVE = text("""
update erasures set state = 'approved', approved_by = :user, approved_at = now()
where id = :erasure""")
_WITHDRAW = text("update erasures set state = 'withdrawn' where id = :erasure")


@dataclass(frozen=True, slots=True)
class Overview:
    """An erasure, and how many of its items stand how, by kind."""

    erasure: RowMapping
    counts: Sequence[RowMapping]

    @property
    def waiting(self) -> int:
        return sum(row["records"] for row in self.counts if row["state"] == "waiting")

    @property
    def erased(self) -> int:
        return sum(row["records"] for row in self.counts if row["state"] == "erased")


async def propose_erasure(
    connection: AsyncConnection, rules: KeepingRules, now: datetime, actor: Actor
) -> int:
    """Its number. All that is due today is laid down, and counted what is kept back and why.

    Raises Conflict while another is under way, and Invalid when nothing is due.
    """
    require(actor, Right.STEER)
    await connection.execute(_ONE_AT_A_TIME)
    if (await connection.execute(_UNDER_WAY)).first():
        raise Conflict("an erasure is under way")
    on = today(now)
    number = await _enter(connection, rules, on, now, actor)
    kept: dict[str, dict[str, int]] = {}
    for kind in RecordKind:
        before = rules.of(kind, on).value.before(on)
        kept[kind.value] = await lay_down_due(connection, number, kind, before, on)
    if not sum(counts.pop("due", 0) for counts in kept.values()):
        raise Invalid(Fault("erasure", "erasure-nothing-due"))
    await connection.execute(_KEPT, {"erasure": number, "kept": kept})
    await note(connection, f"erasure-{number}", actor.id, "erasure-proposed")
    return number


async def note_archived(
    connection: AsyncConnection, number: int, sha256: str, actor: Actor
) -> None:
    """The list of what will be erased was taken out, to be handed over."""
    await connection.execute(_ARCHIVED, {"erasure": number, "user": actor.id, "sha256": sha256})
    await note(connection, f"erasure-{number}", actor.id, "erasure-listed", sha256=sha256)


async def approve_erasure(
    connection: AsyncConnection, number: int, rules: KeepingRules, on: date, actor: Actor
) -> None:
    """From now on it is erased. Raises NotFound, Conflict, NotAllowed for whoever proposed it, and
    Invalid while the archive has not been given its list.
    """
    require(actor, Right.STEER)
    found = await _lock(connection, number, ErasureState.PROPOSED)
    stands_in_for = await all_behind(connection, actor.id, on)
    require_another_person(actor, stands_in_for, Proposal(found.proposed_by))
    if rules.archive.on_or_first(on).is_first and found.archived_at is None:
        raise Invalid(Fault("archive", "erasure-not-archived"))
    await connection.execute(_APPROVE, {"erasure": number, "user": actor.id})
    await note(connection, f"erasure-{number}", actor.id, "erasure-approved")


async def withdraw_erasure(connection: AsyncConnection, number: int, actor: Actor) -> None:
    """Nothing of it is erased. Raises NotFound; Conflict once it is approved."""
    require(actor, Right.STEER)
    await _lock(connection, number, ErasureState.PROPOSED)
    await connection.execute(_WITHDRAW, {"erasure": number})
    await note(connection, f"erasure-{number}", actor.id, "erasure-withdrawn")


async def list_erasures(connection: AsyncConnection, limit: int) -> Sequence[RowMapping]:
    """The newest first."""
    values = {"erasure": None, "limit": limit}
    return (await connection.execute(_READ, values)).mappings().all()


async def read_erasure(connection: AsyncConnection, number: int) -> Overview:
    """Raises NotFound."""
    values = {"erasure": number, "limit": 1}
    row = (await connection.execute(_READ, values)).mappings().first()
    if row is None:
        raise NotFound("erasure", number)
    counts = (await connection.execute(_COUNTS, {"erasure": number})).mappings().all()
    return Overview(row, counts)


async def _enter(
    connection: AsyncConnection, rules: KeepingRules, on: date, now: datetime, actor: Actor
) -> int:
    values = {
        "as_of": on,
        "rules": [_rule(rules, kind, on) for kind in RecordKind],
        "kept": {},
        "proposed_by": actor.id,
        "proposed_at": now,
    }
    made = insert(Erasure).values(values).returning(Erasure.id)
    return int((await connection.execute(made)).scalar_one())


def _rule(rules: KeepingRules, kind: RecordKind, on: date) -> dict[str, Any]:
    entry = rules.of(kind, on)
    return {
        "kind": kind.value,
        "years": entry.value.years,
        "before": entry.value.before(on).isoformat(),
        "source": entry.source,
    }


async def _lock(connection: AsyncConnection, number: int, state: ErasureState) -> Any:
    found = (await connection.execute(_LOCK, {"erasure": number})).first()
    if found is None:
        raise NotFound("erasure", number)
    if found.state != state:
        raise Conflict(f"erasure {number} is {found.state}")
    return found
