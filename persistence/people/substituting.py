"""Who stands in for whom on a day: the tasks become theirs, the rights stay each one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Row, RowMapping, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, Role, require
from domain.errors import Conflict, Fault, Invalid, NotFound
from persistence.models import Substitution, User
from persistence.trail.audit import note

LONGEST = timedelta(days=366)

_ABSENT = text("""
select absent from substitutions where substitute = :person and ended_at is null
  and since <= :on and until >= :on order by absent""")
_ABSENT_THROUGH = text("""
with recursive behind (person) as (
  select absent from substitutions where substitute = :person and ended_at is null
    and since <= :on and until >= :on
  union
  select s.absent from substitutions s join behind b on s.substitute = b.person
  where s.ended_at is null and s.since <= :on and s.until >= :on
)
select person from behind where person <> :person""")
_OVERLAP = text("""
select 1 from substitutions where absent = :absent and ended_at is null
  and since <= :until and until >= :since limit 1""")
_LIST = text("""
select s.id, s.absent, a.name as absent_name, s.substitute, u.name as substitute_name,
  s.since, s.until, s.made_by, s.since <= :on as is_running
from substitutions s join users a on a.id = s.absent join users u on u.id = s.substitute
where s.ended_at is null and s.until >= :on order by s.since, s.id""")
_COLLEAGUES = (
    select(User.id, User.name)
    .where(User.role.not_in([Role.SYSTEM.value, Role.AUDITOR.value]))
    .order_by(User.name, User.id)
)


@dataclass(frozen=True, slots=True)
class NewSubstitution:
    """From the day *since* to the day *until*, both with them."""

    absent: str
    substitute: str
    since: date
    until: date


async def people_behind(connection: AsyncConnection, person: str, on: date) -> list[str]:
    """Whom *person* stands in for on the day: their tasks are to be seen as one's own."""
    found = await connection.execute(_ABSENT, {"person": person, "on": on})
    return list(found.scalars().all())


async def all_behind(connection: AsyncConnection, person: str, on: date) -> frozenset[str]:
    """Whom *person* stands in for, and whom those do: more than they may act for."""
    found = await connection.execute(_ABSENT_THROUGH, {"person": person, "on": on})
    return frozenset(found.scalars().all())


async def absent_behind(
    connection: AsyncConnection, actor: str, holder: str | None, on: date
) -> str | None:
    """The *holder* of a task when the actor stands in for them; None when it is one's own doing."""
    if holder is None or holder == actor:
        return None
    return holder if holder in await people_behind(connection, actor, on) else None


async def done_for(
    connection: AsyncConnection, actor: str, question: Row[str | None, str | None] | None, on: date
) -> str | None:
    """Whose question it is that the actor acts on: an absent one's, or who asked them to answer.

    *question*: who has it, and to whom it goes back; None: nobody was asked.
    """
    if question is None:
        return None
    holder, owner = question
    if holder == actor:
        return str(owner) if owner else None
    return await absent_behind(connection, actor, holder, on)


async def make_substitution(
    connection: AsyncConnection, wish: NewSubstitution, actor: Actor, on: date
) -> int:
    """Its number. By the absent one, or by who steers.

    Raises NotAllowed, Invalid; Conflict when someone stands in for them then already.
    """
    _require_own(actor, wish.absent)
    await _check(connection, wish, on)
    days = {"absent": wish.absent, "since": wish.since, "until": wish.until}
    if (await connection.execute(_OVERLAP, days)).first():
        raise Conflict(f"someone stands in for {wish.absent} then")
    new = insert(Substitution).returning(Substitution.id)
    values = days | {"substitute": wish.substitute, "made_by": actor.id}
    number = int((await connection.execute(new, values)).scalar_one())
    facts = {"substitute": wish.substitute, "since": wish.since, "until": wish.until}
    await note(connection, f"user-{wish.absent}", actor.id, "substitution-made", **facts)
    return number


async def end_substitution(connection: AsyncConnection, number: int, actor: Actor) -> None:
    """At once. Raises NotFound, NotAllowed; Conflict when it has been ended."""
    found = select(Substitution).where(Substitution.id == number).with_for_update()
    row = (await connection.execute(found)).first()
    if row is None:
        raise NotFound("substitution", number)
    if actor.id != row.substitute:
        _require_own(actor, row.absent)
    if row.ended_at is not None:
        raise Conflict(f"substitution {number} has ended")
    ended = {"ended_at": func.now(), "ended_by": actor.id}
    await connection.execute(update(Substitution).where(Substitution.id == number).values(ended))
    await note(
        connection, f"user-{row.absent}", actor.id, "substitution-ended", substitution=number
    )


async def substitutions(connection: AsyncConnection, on: date) -> Sequence[RowMapping]:
    """Those that run on the day or will, the next first."""
    return (await connection.execute(_LIST, {"on": on})).mappings().all()


async def colleagues(connection: AsyncConnection) -> Sequence[tuple[str, str]]:
    """Id and name of everyone who may be absent or stand in."""
    return [(row.id, row.name) for row in await connection.execute(_COLLEAGUES)]


def _require_own(actor: Actor, absent: str) -> None:
    require(actor, Right.ANSWER_TASKS if actor.id == absent else Right.STEER)


async def _check(connection: AsyncConnection, wish: NewSubstitution, on: date) -> None:
    """Locks the absent one, so that two rules for the same days cannot be made at once."""
    found = select(User.id, User.role).where(User.id.in_([wish.absent, wish.substitute]))
    rows = (await connection.execute(found.order_by(User.id).with_for_update())).all()
    known = {row.id for row in rows if row.role not in {Role.SYSTEM, Role.AUDITOR}}
    named = {"absent": wish.absent, "substitute": wish.substitute}
    faults = [Fault(name, "colleague-not-known") for name, who in named.items() if who not in known]
    if wish.absent == wish.substitute:
        faults.append(Fault("substitute", "substitute-is-absent"))
    if wish.until < wish.since:
        faults.append(Fault("until", "ends-before-it-begins"))
    elif wish.until < on:
        faults.append(Fault("until", "day-is-past"))
    elif wish.until - wish.since > LONGEST:
        faults.append(Fault("until", "substitution-too-long"))
    if faults:
        raise Invalid(*faults)
