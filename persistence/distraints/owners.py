"""The owners of what a hearing is about are named, told and struck: one act each."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.decisions import Outcome
from domain.distraints.owners import (
    NewOwner,
    Told,
    faults_of_knowing,
    faults_of_owner,
    faults_of_telling,
)
from domain.errors import Fault, Invalid, NotFound
from domain.policy import Policy
from persistence.debtors.entering import Person, name
from persistence.debtors.numbers import with_numbers
from persistence.distraints.notices import take_back_unsent, tell_owners
from persistence.distraints.setting import open_proceeding
from persistence.trail.audit import note

_NAME = text("""
insert into distraint_owners (distraint_id, debtor_id, share, source, named_by, named_on)
values (:distraint, :debtor, :share, :source, :by, :on)
on conflict (distraint_id, debtor_id) do update
  set share = excluded.share, struck_on = null, struck_why = null""")
_OWNERS = text("""
select o.debtor_id, e.name, e.kind, e.national_id, e.sealed_number, e.address, e.is_protected,
  o.share, o.source,
  o.told_on, o.told_how, l.id as letter_id, l.state, l.planned_on, l.dispatched_on, l.delivered_on,
  exists (select from liabilities b where b.claim_id = d.claim_id and b.debtor_id = o.debtor_id
    and b.discharged_on is null) as is_liable
from distraint_owners o join distraints d on d.id = o.distraint_id
join debtors e on e.id = o.debtor_id
left join letters l on l.subject = d.claim_id and l.debtor_id = o.debtor_id
  and l.state <> 'cancelled' and l.key = 'hearing-' || d.id || '-' || (select max(h.number)
    from distraint_hearings h where h.distraint_id = d.id)
where o.distraint_id = :distraint and o.struck_on is null order by o.id""")
_PROPERTIES = text("""
select number, address, asked_on, answered_on, is_found from distraint_properties
where distraint_id = :distraint order by id""")
_IS_DEBTOR = text("""
select exists (select from liabilities b join distraints d on d.claim_id = b.claim_id
  where d.id = :distraint and b.debtor_id = :debtor and b.discharged_on is null)""")
_STRIKE = text("""
update distraint_owners set struck_on = :on, struck_why = :why
where distraint_id = :distraint and debtor_id = :debtor and struck_on is null returning id""")
_TELL = text("""
update distraint_owners set told_on = :told_on, told_how = :how
where distraint_id = :distraint and debtor_id = :debtor and struck_on is null
  and told_on is null returning id""")


async def name_owner(
    connection: AsyncConnection, distraint_id: int, owner: NewOwner, actor: Actor, on: date
) -> int:
    """The bailiff knows who owns it; who owes nothing gets a notice. The owner's number."""
    await begin(connection, distraint_id, actor, on)
    if faults := list(faults_of_owner(owner)):
        raise Invalid(*faults)
    debtor_id = await know_owner(connection, owner, on)
    await _name(connection, distraint_id, debtor_id, owner.share, actor, on)
    return debtor_id


async def name_debtor_as_owner(
    connection: AsyncConnection, distraint_id: int, debtor_id: int, actor: Actor, on: date
) -> None:
    """One who owes the claim owns it too: told already, by the debtor's notice."""
    await begin(connection, distraint_id, actor, on)
    values = {"distraint": distraint_id, "debtor": debtor_id}
    if not (await connection.execute(_IS_DEBTOR, values)).scalar():
        raise NotFound("debtor", debtor_id)
    await _name(connection, distraint_id, debtor_id, "", actor, on)


async def _name(
    connection: AsyncConnection,
    distraint_id: int,
    debtor_id: int,
    share: str,
    actor: Actor,
    on: date,
) -> None:
    await write_owner(connection, distraint_id, debtor_id, share, "typed", actor.id, on)
    await tell_owners(connection, distraint_id, on)
    told = {"distraint": distraint_id, "debtor": debtor_id}
    await note(connection, f"debtor-{debtor_id}", actor.id, "owner-named", **told)


async def strike_owner(
    connection: AsyncConnection,
    distraint_id: int,
    debtor_id: int,
    why: str,
    actor: Actor,
    on: date,
) -> None:
    """Named by mistake: a notice that has not left does not leave. Raises as `name_owner`."""
    _, task = await begin(connection, distraint_id, actor, on)
    if not why.strip():
        raise Invalid(Fault("why", "reasons-missing"))
    values = {"distraint": distraint_id, "debtor": debtor_id, "on": on, "why": why.strip()}
    if not (await connection.execute(_STRIKE, values)).first():
        raise NotFound("debtor", debtor_id)
    values = {"distraint": distraint_id, "debtor": debtor_id}
    if not (await connection.execute(_IS_DEBTOR, values)).scalar():
        await take_back_unsent(connection, task.claim_id, distraint_id, debtor_id)
    told = {"distraint": distraint_id, "debtor": debtor_id}
    await note(connection, f"debtor-{debtor_id}", actor.id, "owner-struck", **told)


async def tell_by_hand(
    connection: AsyncConnection,
    distraint_id: int,
    debtor_id: int,
    told_on: date,
    how: str,
    actor: Actor,
    on: date,
) -> None:
    """An owner has been told by other means; *how* is the proof. Once. Raises as `name_owner`."""
    await begin(connection, distraint_id, actor, on)
    if not how.strip():
        raise Invalid(Fault("how", "owner-told-without-proof"))
    if told_on > on:
        raise Invalid(Fault("told_on", "event-to-come"))
    values = {"distraint": distraint_id, "debtor": debtor_id, "told_on": told_on}
    if not (await connection.execute(_TELL, values | {"how": how.strip()})).first():
        raise NotFound("debtor", debtor_id)
    told = {"distraint": distraint_id, "debtor": debtor_id}
    await note(connection, f"debtor-{debtor_id}", actor.id, "owner-told", **told)


async def begin(
    connection: AsyncConnection, distraint_id: int, actor: Actor, on: date
) -> tuple[Any, Any]:
    """The proceeding and its task, for a bailiff. Raises as `open_proceeding`, and NotAllowed."""
    require(actor, Right.HOLD_DISTRAINT_HEARINGS)
    return await open_proceeding(connection, distraint_id, actor, on)


async def know_owner(connection: AsyncConnection, owner: NewOwner, on: date) -> int:
    """Among those whom we may write to; their number."""
    address = [line.strip() for line in owner.address if line.strip()]
    return await name(connection, Person(owner.national_id, owner.name.strip(), address), on)


async def write_owner(
    connection: AsyncConnection,
    distraint_id: int,
    debtor_id: int,
    share: str,
    source: str,
    by: str,
    on: date,
) -> None:
    """Again changes the share; one who was struck counts once more."""
    values = {"distraint": distraint_id, "debtor": debtor_id, "share": share.strip()}
    values |= {"source": source, "by": by, "on": on}
    await connection.execute(_NAME, values)


async def owners_of(connection: AsyncConnection, distraint_id: int) -> Sequence[Any]:
    """Those who count, with the letter that tells each of the hearing as it now stands."""
    rows = (await connection.execute(_OWNERS, {"distraint": distraint_id})).mappings()
    return with_numbers(connection, rows, "owners", "debtor_id")


async def properties_of(connection: AsyncConnection, distraint_id: int) -> Sequence[RowMapping]:
    return (await connection.execute(_PROPERTIES, {"distraint": distraint_id})).mappings().all()


async def faults_of_owners(
    connection: AsyncConnection, policy: Policy, distraint_id: int, outcome: Outcome, held_on: date
) -> list[Fault]:
    """Why the hearing cannot be held yet, as far as owners go."""
    owners = await owners_of(connection, distraint_id)
    asked = await properties_of(connection, distraint_id)
    unanswered = sum(one["answered_on"] is None for one in asked)
    rule = policy.distraint_rule(held_on)
    told = [as_told(one) for one in owners if not one["is_liable"]]
    knowing = faults_of_knowing(outcome, len(owners), unanswered)
    return [*knowing, *faults_of_telling(rule, told, held_on)]


def as_told(row: Any) -> Told:
    return Told(row["name"], row["dispatched_on"], row["delivered_on"], row["told_on"])
