"""What people answered about claims that rest: filed, looked at again, nothing is left."""

from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.claim import HoldReason
from domain.decisions import Outcome
from domain.endings.suspension import Course, SuspensionRule, Told, course, is_in_time
from domain.policy import Policy
from persistence.claims.holding import release_hold
from persistence.columns import every
from persistence.endings.estates import EstateEnding, propose_to_give_up
from persistence.endings.suspension_tasks import (
    Asked,
    ask_again,
    file_no_more,
    keep_watch,
    subject_of,
)
from persistence.models import Suspension
from persistence.tasks.answers import NewDecision
from persistence.trail.audit import note

_SUSPENSION = text(f"select {every(Suspension)} from suspensions where id = :id for no key update")
_FILED = text("""
with filed as (
  update holds set filed_on = :on where suspension_id = :id and released_on is null
    and filed_on is null
)
update suspensions set filed_on = coalesce(filed_on, :on) where id = :id""")
_LOOK_AGAIN = text("update suspensions set review_on = :day where id = :id")
_HOLDS = text("""
select id from holds where suspension_id = :id and released_on is null order by claim_id""")


async def answer_estate_claim(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """Filed on the day of the answer. What is filed too late interrupts nothing."""
    row = await _suspension(connection, task)
    if decision.outcome is Outcome.NOTHING_LEFT:
        await _nothing_left(connection, policy, row, task, decision, actor, on)
        return
    act = "estate-claim-not-filed"
    if decision.outcome is Outcome.FILED:
        await connection.execute(_FILED, {"id": row["id"], "on": on})
        act = "estate-claim-filed" if is_in_time(row["file_by"], on) else "estate-claim-late"
    await note(connection, subject_of(row["id"]), actor.id, act)


async def answer_review(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """Rests until somebody looks the next time, goes on, or is proposed to be given up."""
    row = await _suspension(connection, task)
    if row["ended_on"]:
        return
    if decision.outcome is Outcome.RESUME:
        holds = (await connection.execute(_HOLDS, {"id": row["id"]})).scalars().all()
        for hold in holds:
            await release_hold(connection, policy, hold, on, actor)
        return
    if decision.outcome is Outcome.NOTHING_LEFT:
        await _nothing_left(connection, policy, row, task, decision, actor, on)
        return
    day = decision.look_again_on or on
    await connection.execute(_LOOK_AGAIN, {"id": row["id"], "day": day})
    await ask_again(connection, _about(policy, row, task, Course(None, day), on), day, on)


async def _nothing_left(
    connection: AsyncConnection,
    policy: Policy,
    row: RowMapping,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """All is laid before a second person; until then it rests, and somebody looks again."""
    proposal = EstateEnding(row["id"], HoldReason(row["reason"]), row["debtor_id"], task.id)
    await propose_to_give_up(connection, policy, proposal, decision, on, actor)
    await file_no_more(connection, row["id"])
    again = course(_rule(policy, row, on), Told(), on)
    await keep_watch(connection, _about(policy, row, task, again, on), on)
    await note(connection, subject_of(row["id"]), actor.id, "estate-left-nothing")


def _about(policy: Policy, row: RowMapping, task: Any, plan: Course, on: date) -> Asked:
    return Asked(row["id"], _rule(policy, row, on), plan, row["debtor_id"], task.claim_id)


def _rule(policy: Policy, row: RowMapping, on: date) -> SuspensionRule:
    rule = policy.endings.suspension(HoldReason(row["reason"]), on)
    assert rule, "it was asked by its rule"
    return rule


async def _suspension(connection: AsyncConnection, task: Any) -> RowMapping:
    found = await connection.execute(_SUSPENSION, {"id": task.facts["suspension"]})
    return found.mappings().one()
