"""What an agreement's story does: remind of a missing instalment, and end."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Update, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import start_of, working_days_after
from domain.claim import Stage
from domain.deadlines import deadline_after, dispatch_day
from domain.errors import NotFound
from domain.letters import Letter
from domain.orders import CloseAgreement, WriteLetter
from domain.policy import Policy
from domain.record import AgreementOutcome, Verdict
from persistence.agreeing import claims_of, let_go, lock_claims_of
from persistence.claim_acts import (
    LetterRequest,
    Mark,
    acted,
    mark_agreement_act,
    request_letters,
)
from persistence.database import Database
from persistence.models import Agreement, Claim
from persistence.outbox import message
from persistence.records import grace_day
from persistence.statements import is_bank_awaited

_FACTS = text("""
select g.*,
  (select count(*) from instalments i
    where i.agreement_id = g.id and i.total_ore <= g.paid_ore) as covered,
  (select jsonb_agg(i.due_on order by i.number) from instalments i where i.agreement_id = g.id)
    as due_dates,
  (select jsonb_build_object('deadline', a.deadline) from acts a
    where a.subject = g.id and a.key = :key) as act
from agreements g where g.id = :agreement for no key update of g
""").columns(due_dates=JSONB, act=JSONB)


class AgreementActivities:
    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy = database, policy

    @activity.defn(name="agreement.remind")
    @told_to_temporal
    async def remind(self, order: WriteLetter) -> Verdict:
        """Write that an instalment is missing, unless it has just come."""
        async with self._database.transaction() as connection:
            facts = await _read(connection, order.subject, order.key)
            if facts["act"]:
                return Verdict(deadline=_day(facts["act"]["deadline"]))
            if facts["covered"] >= _past_grace(facts, order.on):
                return Verdict(is_done=False, covered=facts["covered"])
            [claim_id, *_] = await claims_of(connection, order.subject)
            planned = dispatch_day(order.on)
            days = facts["catch_up_days"]
            deadline = deadline_after(planned, days)
            request = LetterRequest(
                order.subject, order.key, order.letter, days, order.on, planned, deadline
            )
            await request_letters(connection, claim_id, request)
            mark = Mark(order.subject, order.key, "letter", order.on, deadline)
            await mark_agreement_act(connection, mark)
            return Verdict(deadline=deadline)

    @activity.defn(name="agreement.close")
    @told_to_temporal
    async def close(self, order: CloseAgreement) -> Verdict:
        """End the agreement and tell its claims how it ended."""
        async with self._database.transaction() as connection:
            claims = await lock_claims_of(connection, order.subject)
            facts = await _read(connection, order.subject, order.key)
            if facts["act"]:
                return Verdict(ended_as=facts["state"])
            is_broken = order.outcome is AgreementOutcome.BROKEN
            if is_broken and facts["covered"] >= _past_grace(facts, order.on):
                return Verdict(is_done=False, covered=facts["covered"])
            if is_broken and await is_bank_awaited(connection, self._policy, start_of(order.on)):
                return _look_again(facts, order.on)
            alive = [claim for claim in claims if not claim.ending]
            if is_broken and alive:
                await self._write_that_it_is_broken(connection, alive[0], order)
            await _end(connection, order, alive)
            return Verdict()

    async def _write_that_it_is_broken(
        self, connection: AsyncConnection, claim: Any, order: CloseAgreement
    ) -> None:
        letter, planned = Letter.AGREEMENT_BROKEN, dispatch_day(order.on)
        days = self._policy.letter_step(claim.claim_type, letter, claim.registered_on).days
        deadline = deadline_after(planned, days)
        request = LetterRequest(order.subject, "broken", letter, days, order.on, planned, deadline)
        await request_letters(connection, claim.id, request)


def _look_again(facts: Any, on: date) -> Verdict:
    """The missing money may lie in a statement that has not come: tomorrow, when it may have."""
    key, covered = f"reminder-{facts['covered'] + 1}", facts["covered"]
    return Verdict(is_done=False, covered=covered, postponed={key: working_days_after(on, 1)})


async def _end(connection: AsyncConnection, order: CloseAgreement, claims: Sequence[Any]) -> None:
    """*claims* are those still alive; one that is paid has heard so by a message of its own."""
    facts = {"outcome": order.outcome.value}
    mark = Mark(order.subject, order.key, "close", order.on, facts=facts)
    payload = {"agreement": order.subject, **facts}
    messages = [
        message(f"claim-{claim.id}", "agreement_ended", payload)
        for claim in claims
        if claim.balance_ore > 0 or order.outcome is not AgreementOutcome.KEPT
    ]
    ended = (
        update(Agreement)
        .where(Agreement.id == order.subject)
        .values(state=order.outcome.value, ended_on=order.on)
    )
    for number, write in enumerate([acted(mark), _freed(order.subject), *messages]):
        ended = ended.add_cte(write.cte(f"along_{number}"))
    await connection.execute(ended)
    await let_go(connection, order.subject, order.on)


def _freed(agreement_id: str) -> Update:
    return (
        update(Claim)
        .where(Claim.agreement_id == agreement_id, Claim.ending.is_(None))
        .values(agreement_id=None, stage=Stage.DIALOGUE.value)
    )


async def _read(connection: AsyncConnection, agreement_id: str, key: str) -> Any:
    found = await connection.execute(_FACTS, {"agreement": agreement_id, "key": key})
    row = found.mappings().first()
    if row is None:
        raise NotFound("agreement", agreement_id)
    return row


def _past_grace(facts: Any, on: date) -> int:
    """How many instalments should have come by *on*."""
    days = [date.fromisoformat(day) for day in facts["due_dates"]]
    return sum(1 for day in days if grace_day(day, facts["grace_days"]) < on)


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
