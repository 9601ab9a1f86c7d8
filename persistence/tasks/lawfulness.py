"""What the law asks of an answer beside that it fits its question."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import Outcome, TaskKind
from domain.distraints.distraint import AT_A_HEARING, why_not_ours
from domain.errors import Fault, Invalid
from domain.policy import Policy
from persistence.tasks.answers import NewDecision

_CLAIM = text("select claim_type, period_end from claims where id = :claim")
_HEARING = text("""
select d.called_off_on is not null as is_called_off, exists (select from distraint_minutes m
  where m.distraint_id = d.id) as is_held
from distraints d where d.claim_id = :claim and d.task_key = :key""")


async def require_lawful(
    connection: AsyncConnection, policy: Policy, task: Any, decision: NewDecision, on: date
) -> None:
    """Raises Invalid when the town may not do what the answer means."""
    if task.kind == TaskKind.ASSESSMENT and decision.outcome is Outcome.ENFORCE:
        await _require_ours(connection, policy, task.claim_id, on)
    if task.kind == TaskKind.DISTRAINT:
        await _require_hearing(connection, task, decision.outcome)


async def _require_ours(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date
) -> None:
    claim = (await connection.execute(_CLAIM, {"claim": claim_id})).one()
    claim_type = policy.claim_type(claim.claim_type)
    if fault := why_not_ours(claim_type, claim.period_end, on):
        raise Invalid(fault)


async def _require_hearing(connection: AsyncConnection, task: Any, outcome: Outcome) -> None:
    """Nothing is taken but in a hearing; and one that is set is called off where it was set."""
    values = {"claim": task.claim_id, "key": task.key}
    hearing = (await connection.execute(_HEARING, values)).first()
    is_held = hearing is not None and hearing.is_held
    if outcome in AT_A_HEARING - {Outcome.AGREEMENT} and not is_held:
        raise Invalid(Fault("outcome", "hearing-not-held"))
    is_waiting = hearing is not None and not hearing.is_held and not hearing.is_called_off
    if outcome is Outcome.CANCELLED and is_waiting:
        raise Invalid(Fault("outcome", "hearing-not-called-off"))
