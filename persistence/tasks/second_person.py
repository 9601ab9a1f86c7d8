"""Who proposed what a second person is asked to approve, and that it is another person indeed.

A colleague who was asked to answer someone else's question acts for them, as a substitute does.
"""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Proposal, require_another_person
from domain.decisions import TaskKind
from domain.errors import NotAllowed
from persistence.people.substituting import all_behind

# Whose question the task *t* was when a colleague answered it: those who asked, one after another.
_ASKERS = """case when t.delegated_by is null then '{}' else array(select g.asked_by
    from delegations g where g.task_id = t.id and g.returned_at is null) || t.delegated_by end"""
_WRITE_OFF = text(f"""
select d.decided_by as by, {_ASKERS} || d.decided_for as behalf
from decisions d join tasks t on t.id = d.task_id
where t.claim_id = :claim and d.outcome = 'write-off' order by d.id desc limit 1""")
_BATCH = text(f"""
select b.proposed_by as by, {_ASKERS} || d.decided_for as behalf
from write_off_batches b left join tasks t on t.id = b.task_id
left join decisions d on d.task_id = t.id where b.id = :number""")
_DISCHARGE = text(f"""
select x.proposed_by as by, {_ASKERS} || d.decided_for || x.proposed_for as behalf
from discharges x left join tasks t on t.id = x.task_id
left join decisions d on d.task_id = t.id where x.id = :number""")
_REFUND = text("""
select proposed_by as by, array[proposed_for] as behalf from refunds where id = :number""")
_ASKED_BY = text(f"select {_ASKERS} from tasks t where t.id = :task")

_PROPOSALS: dict[str, TextClause] = {
    TaskKind.WRITE_OFF_APPROVAL: _WRITE_OFF,
    TaskKind.WRITE_OFF_BATCH: _BATCH,
    TaskKind.DISCHARGE_APPROVAL: _DISCHARGE,
    TaskKind.REFUND_APPROVAL: _REFUND,
}


class _Question(NamedTuple):
    """What of a task says who proposed what it asks about."""

    id: int
    kind: str
    claim_id: str | None
    subject: str


async def require_second_of(connection: AsyncConnection, task: Any, actor: Actor, on: date) -> None:
    """Raises NotAllowed when the actor, or whom they act for, proposed what *task* asks."""
    about = _Question(task.id, task.kind, task.claim_id, task.subject)
    await _require_another(connection, about, actor, on)


async def is_second_person(
    connection: AsyncConnection, task: RowMapping, actor: Actor, on: date
) -> bool:
    """Whether `require_second_of` would let them answer."""
    try:
        about = _Question(*(task[name] for name in _Question._fields))
        await _require_another(connection, about, actor, on)
    except NotAllowed:
        return False
    return True


async def _require_another(
    connection: AsyncConnection, about: _Question, actor: Actor, on: date
) -> None:
    proposal = await _proposal_behind(connection, about)
    if proposal is not None:
        behind = await _acted_for(connection, about.id, actor, on)
        require_another_person(actor, behind, proposal)


async def _proposal_behind(connection: AsyncConnection, about: _Question) -> Proposal | None:
    """None where the task asks for no second person."""
    query = _PROPOSALS.get(about.kind)
    if query is None:
        return None
    is_of_claim = query is _WRITE_OFF
    values = {"claim": about.claim_id} if is_of_claim else {"number": _number(about.subject)}
    found = (await connection.execute(query, values)).one()
    return Proposal(found.by, frozenset(person for person in found.behalf or () if person))


def _number(subject: str) -> int:
    """The 17 in ``refund-17``."""
    return int(subject.rpartition("-")[2])


async def _acted_for(
    connection: AsyncConnection, task_id: int, actor: Actor, on: date
) -> frozenset[str]:
    """Whom the actor stands in for, through others too, and who asked them to answer."""
    askers = await connection.scalar(_ASKED_BY, {"task": task_id})
    return await all_behind(connection, actor.id, on) | frozenset(askers or ())
