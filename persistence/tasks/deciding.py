"""How a person takes a task and answers it; facts and message in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Delete, Insert, Update, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, require, right_to_decide
from domain.decisions import STORY_TASKS, TaskKind
from domain.errors import (
    Fault,
    Invalid,
)
from domain.policy import Policy
from persistence.agreements.agreeing import make_agreement
from persistence.agreements.assessing import as_kept, recommendation_for
from persistence.agreements.covered_claims import let_join
from persistence.models import Claim, Decision, Draft, Task
from persistence.outbox import message
from persistence.tasks.answers import NewDecision, check
from persistence.tasks.consequences import follow
from persistence.tasks.lawfulness import require_lawful
from persistence.tasks.open_tasks import open_task, require_free
from persistence.tasks.screens import require_shown
from persistence.tasks.second_person import require_second_of
from persistence.tasks.taking_back import remember_changes
from persistence.trail.audit import noted


@dataclass(frozen=True, slots=True)
class Decided:
    """*undoable_until*: real time; None when the story has been told at once."""

    decision_id: int
    agreement_id: str | None
    undoable_until: datetime | None


async def decide(
    connection: AsyncConnection,
    policy: Policy,
    task_id: int,
    decision: NewDecision,
    actor: Actor,
    now: datetime,
    on: date,
) -> Decided:
    """Take the task if nobody has it, record the answer, tell the story. The first answer counts.

    Raises AlreadyDecided, TaskTaken, NotFound, NotAllowed (role, or own proposal), Invalid,
    Conflict.
    """
    task = await open_task(connection, task_id)
    require(actor, right_to_decide(TaskKind(task.kind)))
    absent = await require_free(connection, task, actor, on)
    await require_second_of(connection, task, actor, on)
    check(TaskKind(task.kind), decision, on)
    await require_lawful(connection, policy, task, decision, on)
    entry = await _entry(connection, task, decision, actor, absent)
    window = decision.undoable_for
    until = await remember_changes(connection, task_id, window) if window else None
    decision = await _weighed(connection, policy, task, decision, on)
    agreement_id = await _agree(connection, policy, decision, task.claim_id, on, actor)
    decided = await _close_task(
        connection,
        task_id,
        actor,
        now,
        _answer(task_id, decision, agreement_id, actor, now).values(
            undoable_until=until, decided_for=absent
        ),
        [*_along(task, decision, agreement_id, actor, entry)],
    )
    await follow(connection, policy, task, decision, actor, on)
    return Decided(decided, agreement_id, until)


async def _entry(
    connection: AsyncConnection,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    absent: str | None,
) -> dict[str, Any]:
    """What the audit trail says of it: for whom it was made, and before which screen."""
    entry = {"task": task.id, "outcome": decision.outcome.value, "role": actor.role.value}
    if absent:
        entry["for"] = absent
    if decision.screen:
        await require_shown(connection, decision.screen, task.subject, actor.id)
        entry["screen"] = decision.screen
    return entry


async def _weighed(
    connection: AsyncConnection, policy: Policy, task: Any, decision: NewDecision, on: date
) -> NewDecision:
    """What was recommended is kept with what was decided: that they differ is no fault."""
    if TaskKind(task.kind) is not TaskKind.ASSESSMENT:
        return decision
    advice = await recommendation_for(connection, policy, task.claim_id, on)
    return replace(decision, facts=decision.facts | as_kept(advice))


async def _agree(
    connection: AsyncConnection,
    policy: Policy,
    decision: NewDecision,
    claim_id: str | None,
    on: date,
    actor: Actor,
) -> str | None:
    if decision.agreement is None:
        return None
    if claim_id not in decision.agreement.claim_ids:
        raise Invalid(Fault("agreement.claim_ids", "agreement-without-this-claim"))
    agreement_id = await make_agreement(connection, policy, decision.agreement, on, actor.id)
    others = [other for other in decision.agreement.claim_ids if other != claim_id]
    await let_join(connection, agreement_id, others, on)
    return agreement_id


def _answer(
    task_id: int, decision: NewDecision, agreement_id: str | None, actor: Actor, now: datetime
) -> Insert:
    return insert(Decision).values(
        task_id=task_id,
        outcome=decision.outcome.value,
        look_again_on=decision.look_again_on,
        agreement_id=agreement_id,
        reasons=decision.reasons,
        facts=decision.facts,
        decided_by=actor.id,
        decided_at=now,
    )


async def _close_task(
    connection: AsyncConnection,
    task_id: int,
    actor: Actor,
    now: datetime,
    answer: Insert,
    along: Sequence[Insert | Update | Delete],
) -> int:
    """The task is closed, and all that its answer writes is written, in one statement."""
    written = answer.returning(Decision.id).cte("answer")
    taken = {"claimed_by": actor.id, "claimed_at": func.coalesce(Task.claimed_at, now)}
    closing = update(Task).where(Task.id == task_id).values(state="decided", **taken)
    for number, write in enumerate(along):
        closing = closing.add_cte(write.cte(f"write_{number}"))
    found = closing.returning(select(written.c.id).scalar_subquery())
    return int((await connection.execute(found)).scalar_one())


def _along(
    task: Any,
    decision: NewDecision,
    agreement_id: str | None,
    actor: Actor,
    entry: dict[str, Any],
) -> Iterator[Insert | Update | Delete]:
    """A draft has served; a task that a story asked has its answer passed on."""
    yield noted(task.subject, actor.id, "decided", **entry)
    yield delete(Draft).where(Draft.task_id == task.id, Draft.user_id == actor.id)
    if TaskKind(task.kind) in STORY_TASKS:
        yield from _pass_on(task, decision, agreement_id)


def _pass_on(
    task: Any, decision: NewDecision, agreement_id: str | None
) -> Iterator[Insert | Update]:
    """Tell the story that asked. A claim that waits for a named day says so on its page at once."""
    day = decision.look_again_on
    answer = {
        "outcome": decision.outcome.value,
        "on": day.isoformat() if day else None,
        "agreement": agreement_id,
    }
    payload = {"task": task.key, "answer": answer}
    yield message(f"claim-{task.claim_id}", "task_decided", payload)
    if day:
        yield update(Claim).where(Claim.id == task.claim_id).values(next_on=day)


__all__ = ["Decided", "NewDecision", "check", "decide"]
