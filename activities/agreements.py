"""What an agreement's story does: remind of a missing instalment, and end."""

from datetime import date
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from domain.claim import Stage
from domain.deadlines import deadline_after, dispatch_day
from domain.errors import NotFound
from domain.letters import Letter
from domain.orders import CloseAgreement, WriteLetter
from domain.policy import Policy
from domain.record import AgreementOutcome, Verdict
from persistence.agreeing import claims_of, let_go, lock_claims_of
from persistence.claim_acts import LetterRequest, Mark, mark_agreement_act, request_letters
from persistence.database import Database
from persistence.models import Act, Agreement, Claim
from persistence.outbox import tell
from persistence.records import grace_day

_FACTS = text("""
select g.*,
  (select count(*) from instalments i
    where i.agreement_id = g.id and i.total_ore <= g.paid_ore) as covered,
  (select jsonb_agg(i.due_on order by i.number) from instalments i where i.agreement_id = g.id)
    as due_dates
from agreements g where g.id = :agreement for no key update of g
""").columns(due_dates=JSONB)


class AgreementActivities:
    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy = database, policy

    @activity.defn(name="agreement.remind")
    async def remind(self, order: WriteLetter) -> Verdict:
        """Write that an instalment is missing, unless it has just come."""
        async with self._database.transaction() as connection:
            if done := await _done_before(connection, order.subject, order.key):
                return done
            facts = await _read(connection, order.subject)
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
    async def close(self, order: CloseAgreement) -> Verdict:
        """End the agreement and tell its claims how it ended."""
        async with self._database.transaction() as connection:
            if done := await _done_before(connection, order.subject, order.key):
                return done
            await lock_claims_of(connection, order.subject)
            facts = await _read(connection, order.subject)
            is_broken = order.outcome is AgreementOutcome.BROKEN
            if is_broken and facts["covered"] >= _past_grace(facts, order.on):
                return Verdict(is_done=False, covered=facts["covered"])
            await _end(connection, order)
            return Verdict()


async def _end(connection: AsyncConnection, order: CloseAgreement) -> None:
    claims = await claims_of(connection, order.subject)
    mark = Mark(order.subject, order.key, "close", order.on, facts={"outcome": order.outcome.value})
    await mark_agreement_act(connection, mark)
    await connection.execute(
        update(Agreement)
        .where(Agreement.id == order.subject)
        .values(state=order.outcome.value, ended_on=order.on)
    )
    if claims and order.outcome is AgreementOutcome.BROKEN:
        await _write_that_it_is_broken(connection, claims[0], order)
    for claim_id in claims:
        payload = {"agreement": order.subject, "outcome": order.outcome.value}
        await tell(connection, f"claim-{claim_id}", "agreement_ended", payload)
    await let_go(connection, order.subject, order.on)
    await _free_the_claims(connection, order.subject)


async def _write_that_it_is_broken(
    connection: AsyncConnection, claim_id: str, order: CloseAgreement
) -> None:
    planned = dispatch_day(order.on)
    request = LetterRequest(
        order.subject, "broken", Letter.AGREEMENT_BROKEN, 0, order.on, planned, planned
    )
    await request_letters(connection, claim_id, request)


async def _free_the_claims(connection: AsyncConnection, agreement_id: str) -> None:
    await connection.execute(
        update(Claim)
        .where(Claim.agreement_id == agreement_id, Claim.ending.is_(None))
        .values(agreement_id=None, stage=Stage.DIALOGUE.value)
    )


async def _done_before(connection: AsyncConnection, subject: str, key: str) -> Verdict | None:
    found = select(Act.deadline).where(Act.subject == subject, Act.key == key)
    row = (await connection.execute(found)).first()
    return Verdict(deadline=row.deadline) if row else None


async def _read(connection: AsyncConnection, agreement_id: str) -> Any:
    found = await connection.execute(_FACTS, {"agreement": agreement_id})
    row = found.mappings().first()
    if row is None:
        raise NotFound(f"agreement {agreement_id}")
    return row


def _past_grace(facts: Any, on: date) -> int:
    """How many instalments should have come by *on*."""
    days = [date.fromisoformat(day) for day in facts["due_dates"]]
    return sum(1 for day in days if grace_day(day, facts["grace_days"]) < on)
