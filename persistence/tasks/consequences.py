"""What an answer does at once, beside what the claim's story makes of it."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.decisions import Outcome, TaskKind
from domain.policy import Policy
from persistence.claims.objecting import answer_objection
from persistence.endings.batch_approval import settle_batch
from persistence.endings.discharge_approval import settle_discharge
from persistence.endings.suspension_answers import answer_estate_claim, answer_review
from persistence.endings.writing_off import propose_write_off, settle_write_off
from persistence.enquiries.replies import reply
from persistence.money.refunding import decide_refund
from persistence.post.arriving import accept_as_delivered, send_again
from persistence.recovery.recalling import request_approval
from persistence.tasks.answers import NewDecision

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


async def _hold_to_it(
    connection: AsyncConnection,
    _: Policy,
    task: Any,
    decision: NewDecision,
    __: Actor,
    on: date,
) -> None:
    """In a hearing the authority is told why the claim is right; a withdrawal is the story's."""
    if decision.outcome is Outcome.APPROVED:
        await request_approval(connection, task.claim_id, task.id, decision.reasons, on)


_CONSEQUENCES: dict[TaskKind, Consequence] = {
    TaskKind.UNDELIVERED_LETTER: _settle_letter,
    TaskKind.REFUND_APPROVAL: _settle_refund,
    TaskKind.OBJECTION: answer_objection,
    TaskKind.ENQUIRY: _answer_enquiry,
    TaskKind.ASSESSMENT: propose_write_off,
    TaskKind.WRITE_OFF_APPROVAL: settle_write_off,
    TaskKind.WRITE_OFF_BATCH: settle_batch,
    TaskKind.DISCHARGE_APPROVAL: settle_discharge,
    TaskKind.ESTATE_CLAIM: answer_estate_claim,
    TaskKind.SUSPENSION_REVIEW: answer_review,
    TaskKind.HEARING: _hold_to_it,
}


def _number(subject: str) -> int:
    """The 17 in ``letter-17``."""
    return int(subject.rpartition("-")[2])
