"""The register of owners is asked who owns a property, and what it answers is heeded once."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.distraints.owners import NewOwner, property_number
from domain.errors import Conflict
from persistence.distraints.notices import tell_owners
from persistence.distraints.owners import begin, know_owner, properties_of, write_owner
from persistence.models import DistraintProperty
from persistence.trail.audit import note

_OPEN = text("""
select p.id, p.number, p.distraint_id from distraint_properties p
where p.answered_on is null and p.id > :after order by p.id limit :limit""")
_ANSWER = text("""
update distraint_properties p set answered_on = :on, is_found = :found, address = :address
from distraints d where p.id = :question and p.answered_on is null and d.id = p.distraint_id
returning p.distraint_id, p.asked_by, d.claim_id, d.called_off_on is null and exists
  (select from tasks t where t.subject = d.claim_id and t.key = d.task_key and t.state = 'open')
  as is_open""")
_LOCK = text("""
select c.id from claims c join distraints d on d.claim_id = c.id
join distraint_properties p on p.distraint_id = d.id where p.id = :question for no key update of c
""")


async def ask_for_owners(
    connection: AsyncConnection, distraint_id: int, number: str, actor: Actor, on: date
) -> None:
    """Let the next round ask the register who owns the property.

    Raises Invalid, NotAllowed, NotFound, Conflict and what `open_proceeding` does.
    """
    _, task = await begin(connection, distraint_id, actor, on)
    digits = property_number(number)
    known = {one["number"] for one in await properties_of(connection, distraint_id)}
    if digits in known:
        raise Conflict(f"property {digits} was asked for")
    row = {"distraint_id": distraint_id, "number": digits, "asked_by": actor.id, "asked_on": on}
    await connection.execute(insert(DistraintProperty), row)
    told = {"distraint": distraint_id, "property": digits}
    await note(connection, task.claim_id, actor.id, "owners-asked-for", **told)


async def open_questions(
    connection: AsyncConnection, after: int, limit: int
) -> Sequence[RowMapping]:
    """The properties that the register has not answered about."""
    values = {"after": after, "limit": limit}
    return (await connection.execute(_OPEN, values)).mappings().all()


async def heed_answer(
    connection: AsyncConnection,
    question_id: int,
    address: str,
    owners: Iterable[NewOwner] | None,
    on: date,
) -> None:
    """What the register told, once; *owners* None where it knows no such property."""
    await connection.execute(_LOCK, {"question": question_id})
    values = {"question": question_id, "on": on, "found": owners is not None, "address": address}
    answered = (await connection.execute(_ANSWER, values)).first()
    if answered is None or owners is None or not answered.is_open:
        return
    for owner in owners:
        debtor_id = await know_owner(connection, owner, on)
        await write_owner(
            connection, answered.distraint_id, debtor_id, owner.share, "register",
            answered.asked_by, on,
        )  # fmt: skip
    await tell_owners(connection, answered.distraint_id, on)
