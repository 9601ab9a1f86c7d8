"""What an answer does at once, beside what the claim's story makes of it."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.decisions import Outcome, TaskKind
from domain.limitation import LimitationKind
from domain.policy import Policy
from persistence.answers import NewDecision
from persistence.enquiry_replies import reply
from persistence.limitation import note_limitation
from persistence.models import Claim
from persistence.objecting import answer_objection
from persistence.post import accept_as_delivered, send_again
from persistence.refunding import decide_refund

Consequence = Callable[[AsyncConnection, Policy, Any, NewDecision, Actor, date], Awaitable[None]]


async def follow(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """Do what the answer means, where nobody else will."""
    if consequence := _CONSEQUENCES.get(TaskKind(task.kind)):
        await consequence(connection, policy, task, decision, actor, on)


async def _settle_letter(
    connection: AsyncConnection, _: Policy, task: Any, decision: NewDecision, __: Actor, on: date
) -> None:
    send = send_again if decision.outcome is Outcome.RETRY else accept_as_delivered
    await send(connection, _number(task.subject), on)


async def _settle_refund(
    connection: AsyncConnection,
    _: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    await decide_refund(connection, _number(task.subject), decision.outcome, actor, on)


async def _answer_enquiry(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    _: Actor,
    on: date,
) -> None:
    if decision.outcome is Outcome.ANSWERED_BY_LETTER:
        await reply(connection, policy, _number(task.subject), task.id, decision.reasons, on)


_SUMMONED = select(Claim.debtor_id).where(Claim.id == bindparam("claim"))


async def _interrupt_limitation(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    _: NewDecision,
    __: Actor,
    on: date,
) -> None:
    """Distraint interrupts, also in vain (§ 18, stk. 2), for the debtor summoned to the hearing."""
    found = await connection.execute(_SUMMONED, {"claim": task.claim_id})
    kind, source = LimitationKind.DISTRAINT, f"task-{task.id}"
    await note_limitation(connection, policy, task.claim_id, kind, on, source, [found.scalar_one()])


_CONSEQUENCES: dict[TaskKind, Consequence] = {
    TaskKind.UNDELIVERED_LETTER: _settle_letter,
    TaskKind.REFUND_APPROVAL: _settle_refund,
    TaskKind.OBJECTION: answer_objection,
    TaskKind.ENQUIRY: _answer_enquiry,
    TaskKind.DISTRAINT: _interrupt_limitation,
}


def _number(subject: str) -> int:
    """The 17 in ``letter-17``."""
    return int(subject.rpartition("-")[2])
