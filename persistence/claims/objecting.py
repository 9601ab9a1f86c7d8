"""A debtor disputes a claim: the clock stands still until a person has answered."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.calendar import working_days_after
from domain.claim import HoldReason
from domain.decisions import Outcome, TaskKind
from domain.errors import Conflict, Fault, Invalid
from domain.letters import Letter
from domain.policy import Policy
from persistence.claims.holding import place_hold, release_hold
from persistence.claims.withdrawing import withdraw
from persistence.models import Claim, Hold, Task
from persistence.post.correspondence import write_by_hand
from persistence.tasks.answers import NewDecision
from persistence.trail.audit import note

_LONGEST = 4000
_OPEN = select(Task.id).where(
    Task.subject == bindparam("claim"),
    Task.kind == TaskKind.OBJECTION.value,
    Task.state == "open",
)
_DEPARTMENT = select(Claim.department).where(Claim.id == bindparam("claim"))
_IN_FORCE = select(Hold.id).where(Hold.id == bindparam("hold"), Hold.released_on.is_(None))


async def register_objection(
    connection: AsyncConnection, policy: Policy, claim_id: str, words: str, on: date, actor: Actor
) -> int:
    """Stop the claim's clock, tell the debtors that we look at it, and ask someone to answer.

    *words*: what the debtor says. Returns the task. Raises Invalid, NotFound, NotAllowed,
    ClaimHasEnded; Conflict when an objection waits for its answer already.
    """
    require(actor, Right.WORK_ON_TASKS)
    if not words.strip():
        raise Invalid(Fault("words", "objection-missing"))
    if len(words) > _LONGEST:
        raise Invalid(Fault("words", "words-too-long", {"most": str(_LONGEST)}))
    hold = await place_hold(connection, claim_id, HoldReason.OBJECTION, words, on, None, actor)
    if (await connection.execute(_OPEN, {"claim": claim_id})).first():
        raise Conflict(f"claim {claim_id} has an open objection")
    task = await _ask(connection, policy, claim_id, hold, words, on)
    await note(connection, claim_id, actor.id, "objection-registered", task=task, hold=hold)
    return task


async def _ask(
    connection: AsyncConnection, policy: Policy, claim_id: str, hold: int, words: str, on: date
) -> int:
    values: dict[str, Any] = {
        "subject": claim_id,
        "key": f"{TaskKind.OBJECTION}-{hold}",
        "claim_id": claim_id,
        "kind": TaskKind.OBJECTION.value,
        "department": await connection.scalar(_DEPARTMENT, {"claim": claim_id}),
        "opened_on": on,
        "due_on": working_days_after(on, policy.dialogue_days),
        "facts": {"hold": hold, "words": words},
    }
    return int((await connection.execute(insert(Task).returning(Task.id), values)).scalar_one())


async def answer_objection(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """Upheld: the claim is withdrawn. Refused: its clock runs again. The debtors are told why."""
    letter = Letter.OBJECTION_ANSWERED
    await write_by_hand(connection, policy, task.claim_id, letter, decision.words, on, actor)
    if decision.outcome is Outcome.UPHELD:
        await withdraw(connection, task.claim_id, decision.reasons, on, actor)
        return
    hold = task.facts["hold"]
    if (await connection.execute(_IN_FORCE, {"hold": hold})).first():
        await release_hold(connection, policy, hold, on, actor, is_told=False)
