"""Who proposed what a second person is asked to approve, and that it is another person indeed."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Proposal, require_another_person
from domain.decisions import Outcome, TaskKind
from persistence.models import Decision, Refund, Task, WriteOffBatch
from persistence.substituting import all_behind

_WRITE_OFF = (
    select(Decision.decided_by, Decision.decided_for)
    .join(Task, Task.id == Decision.task_id)
    .where(Task.claim_id == bindparam("claim"), Decision.outcome == Outcome.WRITE_OFF.value)
    .order_by(Decision.id.desc())
    .limit(1)
)
_BATCH = select(WriteOffBatch.proposed_by, literal(None)).where(
    WriteOffBatch.id == bindparam("batch")
)
_REFUND = select(Refund.proposed_by, Refund.proposed_for).where(Refund.id == bindparam("refund"))


async def require_second_of(connection: AsyncConnection, task: Any, actor: Actor, on: date) -> None:
    """Raises NotAllowed when the actor, or whom they stand in for, proposed what *task* asks."""
    proposal = await proposal_behind(connection, task.kind, task.claim_id, task.subject)
    if proposal is not None:
        require_another_person(actor, await all_behind(connection, actor.id, on), proposal)


async def proposal_behind(
    connection: AsyncConnection, kind: str, claim_id: str | None, subject: str
) -> Proposal | None:
    """None where the task asks for no second person."""
    match kind:
        case TaskKind.WRITE_OFF_APPROVAL:
            found = await connection.execute(_WRITE_OFF, {"claim": claim_id})
        case TaskKind.WRITE_OFF_BATCH:
            number = int(subject.removeprefix("write-offs-"))
            found = await connection.execute(_BATCH, {"batch": number})
        case TaskKind.REFUND_APPROVAL:
            number = int(subject.removeprefix("refund-"))
            found = await connection.execute(_REFUND, {"refund": number})
        case _:
            return None
    by, behalf = found.one()
    return Proposal(by, frozenset({behalf} if behalf else ()))
