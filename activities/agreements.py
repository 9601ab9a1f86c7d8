"""What an agreement's story does: remind of a missing instalment, and end."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Update, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.failures import told_to_temporal
from domain.authority import HOUSE
from domain.calendar import working_days_after
from domain.claim import Stage
from domain.deadlines import deadline_after, dispatch_day, grace_day
from domain.errors import NotFound
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.orders import CloseAgreement, WriteLetter
from domain.policy import Policy
from domain.record import AgreementOutcome, Verdict
from persistence.agreements.covered_claims import holds_over, let_go, lock_claims_of
from persistence.agreements.ending import book_rested, told_of, write_of_end
from persistence.agreements.plan_sums import sum_up
from persistence.claims.acts import (
    LetterRequest,
    Mark,
    acted,
    entering,
    mark_agreement_act,
    request_letters,
)
from persistence.claims.facts import ClaimFacts, read_facts
from persistence.columns import every
from persistence.database import Database
from persistence.models import Agreement, Claim
from persistence.money.accounts import Line, book_lines
from persistence.money.letter_fees import price_of
from persistence.money.statements import has_bank_told_all
from persistence.outbox import message

_FACTS = text(f"""
select {every(Agreement, "g")},
  (select count(*) from instalments i
    where i.agreement_id = g.id and i.total_ore <= g.paid_ore) as covered,
  (select jsonb_agg(i.due_on order by i.number) from instalments i where i.agreement_id = g.id)
    as due_dates,
  (select max(a.deadline) from acts a where a.subject = g.id and a.key like 'reminder-%')
    as reminded_until,
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
            alive = _alive(await lock_claims_of(connection, order.subject))
            facts = await _read(connection, order.subject, order.key)
            if facts["act"]:
                return Verdict(deadline=_day(facts["act"]["deadline"]))
            if facts["covered"] >= _past_grace(facts, order.on):
                return Verdict(is_done=False, covered=facts["covered"])
            if not alive:
                return Verdict(is_done=False, is_withdrawn=True)
            if holds := await holds_over(connection, order.subject, order.on):
                return Verdict(is_done=False, holds=holds)
            return await self._remind(connection, facts, alive, order)

    async def _remind(
        self, connection: AsyncConnection, facts: Any, claims: Sequence[Any], order: WriteLetter
    ) -> Verdict:
        planned, days = dispatch_day(order.on), facts["catch_up_days"]
        charged = await self._charge(connection, claims, order, planned)
        deadline = deadline_after(planned, days)
        request = LetterRequest(
            order.subject, order.key, order.letter, days, order.on, planned, deadline
        )
        await request_letters(connection, charged or claims[0].id, request)
        mark = Mark(order.subject, order.key, "letter", order.on, deadline)
        await mark_agreement_act(connection, mark)
        return Verdict(deadline=deadline)

    async def _charge(
        self, connection: AsyncConnection, claims: Sequence[Any], order: WriteLetter, on: date
    ) -> str | None:
        """One fee for the letter, however many claims it is about; the claim that bears it.

        It goes with the last instalment: who catches up keeps the agreement.
        """
        for claim in claims:
            facts = await read_facts(connection, claim.id, order.on)
            if fee := self._fee(facts, order.letter, on):
                await book_lines(connection, claim.id, [fee], order.on)
                await sum_up(connection, order.subject)
                return facts.id
        return None

    def _fee(self, facts: ClaimFacts, letter: Letter, on: date) -> Line | None:
        fee = price_of(self._policy, facts, letter, on, facts.balance).fee
        if fee is None:
            return None
        return Line(EntryKind.FEE, fee.amount, on, HOUSE.id, fee.rule, fee.legal_basis, (on, on))

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
            if is_broken and not await self._has_bank_told_all(connection, facts, order.on):
                return _look_again(facts, order.on)
            alive = [claim for claim in claims if not claim.ending]
            await _end(connection, order, facts, alive)
            if is_broken and alive and not facts["ended_by"]:
                await self._write_that_it_is_broken(connection, alive, order)
            return Verdict()

    async def _has_bank_told_all(self, connection: AsyncConnection, facts: Any, on: date) -> bool:
        """Whether money that came within the days given would be known.

        Only those days count: the statement of yesterday has never come at midnight.
        """
        until = facts["reminded_until"] or on - timedelta(days=1)
        return await has_bank_told_all(connection, self._policy, until)

    async def _write_that_it_is_broken(
        self, connection: AsyncConnection, claims: Sequence[Any], order: CloseAgreement
    ) -> None:
        """With all that is owed now, and so with the interest that stood still until today."""
        ids = [claim.id for claim in claims]
        rested = await book_rested(connection, self._policy, ids, order.on)
        letter, facts = Letter.AGREEMENT_BROKEN, told_of(rested)
        await write_of_end(
            connection, self._policy, order.subject, claims[0], letter, order.on, facts
        )


def _alive(claims: Sequence[Any]) -> list[Any]:
    """Those that are still to be paid."""
    return [claim for claim in claims if not (claim.ending or claim.is_withdrawn)]


def _look_again(facts: Any, on: date) -> Verdict:
    """The missing money may lie in a statement that has not come: tomorrow, when it may have."""
    key, covered = f"reminder-{facts['covered'] + 1}", facts["covered"]
    return Verdict(is_done=False, covered=covered, postponed={key: working_days_after(on, 1)})


async def _end(
    connection: AsyncConnection, order: CloseAgreement, facts: Any, claims: Sequence[Any]
) -> None:
    """*claims* are those still alive; one that is paid has heard so by a message of its own."""
    told = {"outcome": order.outcome.value}
    mark = Mark(order.subject, order.key, "close", order.on, facts=told)
    payload = {"agreement": order.subject, **told}
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
    missed = _missed(facts) if order.outcome is AgreementOutcome.BROKEN else None
    for number, write in enumerate([acted(mark), _freed(order, missed), *messages]):
        ended = ended.add_cte(write.cte(f"along_{number}"))
    await connection.execute(ended)
    await let_go(connection, order.subject, order.on)


def _missed(facts: Any) -> date | None:
    """The due day of the first instalment that did not come: since then nothing was in time."""
    due_dates = facts["due_dates"]
    return _day(due_dates[facts["covered"]]) if facts["covered"] < len(due_dates) else None


def _freed(order: CloseAgreement, missed: date | None) -> Update:
    """What is still owed is talked about again; what is paid ends from where it stands.

    *missed*: the day on which a broken agreement was broken, to which payment was in time.
    """
    talked_about = entering(Stage.DIALOGUE, order.on, only=Claim.balance_ore > 0)
    moved = {"timely_until": missed} if missed else {}
    return (
        update(Claim)
        .where(Claim.agreement_id == order.subject, Claim.ending.is_(None))
        .values(talked_about | {"agreement_id": None} | moved)
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
