"""What a claim's story does: each act one transaction, done once however often it is ordered."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.failures import told_to_temporal
from domain.authority import HOUSE
from domain.calendar import working_days_after
from domain.claim import Stage
from domain.deadlines import dispatch_day, letter_deadline
from domain.decisions import TaskKind
from domain.errors import Refusal
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.money import NOTHING
from domain.orders import AskPerson, Close, Order, Recall, Transfer, WriteLetter
from domain.policy import LetterStep, Policy
from domain.record import Verdict
from persistence.claims.acts import (
    LetterRequest,
    Mark,
    mark_act,
    opened_task,
    requested_letters,
    requested_recovery,
)
from persistence.claims.closing import end_claim
from persistence.claims.facts import ClaimFacts, read_facts
from persistence.claims.telling import is_settled
from persistence.database import Database
from persistence.money.accounts import Line, book_lines, interest_lines
from persistence.money.letter_fees import price_of
from persistence.post.tray import is_fee_shared
from persistence.recovery.handing_over import hand_over
from persistence.recovery.preflights import refused_for

STAGE_OF_TASK = {
    TaskKind.DIALOGUE: Stage.DIALOGUE,
    TaskKind.ASSESSMENT: Stage.ASSESSMENT,
    TaskKind.WRITE_OFF_APPROVAL: Stage.WRITE_OFF,
    TaskKind.DISTRAINT: Stage.ENFORCEMENT,
    TaskKind.AFTER_DISTRAINT: Stage.ENFORCEMENT,
}
STAGE_OF_LETTER = {
    Letter.DEMAND: Stage.DEMAND,
    Letter.TRANSFER_NOTICE: Stage.TRANSFER_NOTICE,
    Letter.DISTRAINT_NOTICE: Stage.ENFORCEMENT,
}


NOT_PROVED = "TransferNotProved"


class ClaimActivities:
    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy = database, policy

    @activity.defn(name="claim.write-letter")
    @told_to_temporal
    async def write_letter(self, order: WriteLetter) -> Verdict:
        """Ask the post room for the letter, and charge what it costs."""
        async with self._database.transaction() as connection:
            facts = await read_facts(connection, order.subject, order.on, order.key, order.after)
            if verdict := self._obstacle(facts, order):
                return verdict
            try:
                return await self._write(connection, facts, order)
            except Refusal as refusal:
                return Verdict(is_done=False, refused=type(refusal).__name__)

    async def _write(
        self, connection: AsyncConnection, facts: ClaimFacts, order: WriteLetter
    ) -> Verdict:
        step = self._step(facts, order.letter)
        planned = dispatch_day(order.on)
        due = facts.claim["last_timely_payment_date"]
        deadline = letter_deadline(order.letter, planned, step.days, due)
        lines = interest_lines(facts, self._policy, planned)
        fee = self._fee(facts, order.letter, step, planned, lines)
        if fee and not await self._is_shared(connection, facts.id, order.letter, planned):
            lines += fee
        await book_lines(connection, facts.id, lines, order.on)
        request = LetterRequest(
            facts.id, order.key, order.letter, step.days, order.on, planned, deadline
        )
        stage = STAGE_OF_LETTER.get(order.letter, Stage.REMINDER)
        mark = Mark(facts.id, order.key, "letter", order.on, deadline, stage)
        await mark_act(connection, facts.id, mark, requested_letters(facts.id, request))
        return Verdict(deadline=deadline)

    async def _is_shared(
        self, connection: AsyncConnection, claim_id: str, letter: Letter, on: date
    ) -> bool:
        """Letters that leave as one have one fee between them."""
        merges = self._policy.post_rule(on).merges
        return letter in merges and await is_fee_shared(connection, claim_id, on, merges)

    def _step(self, facts: ClaimFacts, letter: Letter) -> LetterStep:
        return self._policy.letter_step(
            facts.claim["claim_type"], letter, facts.claim["registered_on"]
        )

    def _fee(
        self,
        facts: ClaimFacts,
        letter: Letter,
        step: LetterStep,
        on: date,
        interest: Sequence[Line],
    ) -> list[Line]:
        if not step.has_fee:
            return []
        owed = facts.balance + sum((line.amount for line in interest), NOTHING)
        fee = price_of(self._policy, facts, letter, on, owed).fee
        if fee is None:
            return []
        return [Line(EntryKind.FEE, fee.amount, on, HOUSE.id, fee.rule, fee.legal_basis, (on, on))]

    @activity.defn(name="claim.ask-person")
    @told_to_temporal
    async def ask_person(self, order: AskPerson) -> Verdict:
        """Lay a task in the inbox."""
        async with self._database.transaction() as connection:
            facts = await read_facts(connection, order.subject, order.on, order.key, order.after)
            if verdict := self._obstacle(facts, order):
                return verdict
            told = await refused_for(connection, facts.id, order.key)
            task = opened_task(
                subject=facts.id,
                key=order.key,
                claim_id=facts.id,
                kind=order.kind.value,
                state="open",
                department=facts.claim["department"],
                opened_on=order.on,
                due_on=working_days_after(order.on, self._days_for(order.kind)),
                facts=told,
            )
            mark = Mark(
                facts.id, order.key, "task", order.on, None,
                STAGE_OF_TASK.get(order.kind), {"news": facts.news},
            )  # fmt: skip
            await mark_act(connection, facts.id, mark, task)
            return Verdict()

    def _days_for(self, kind: TaskKind) -> int:
        match kind:
            case TaskKind.DIALOGUE:
                return self._policy.dialogue_days
            case TaskKind.ASSESSMENT:
                return self._policy.assessment_days
            case TaskKind.WRITE_OFF_APPROVAL:
                return self._policy.approval_days
            case _:
                return self._policy.exception_days

    @activity.defn(name="claim.transfer")
    @told_to_temporal
    async def transfer(self, order: Transfer) -> Verdict:
        """Hand the claim to the recovery authority, if all is proved: the exchange sends it."""
        async with self._database.transaction() as connection:
            facts = await read_facts(connection, order.subject, order.on, order.key, order.after)
            if verdict := self._obstacle(facts, order):
                return verdict
            if await hand_over(connection, self._policy, facts, order.key, order.on):
                return Verdict()
            return Verdict(is_done=False, refused=NOT_PROVED)

    @activity.defn(name="claim.recall")
    @told_to_temporal
    async def recall(self, order: Recall) -> Verdict:
        """Ask the recovery authority for the claim back."""
        async with self._database.transaction() as connection:
            facts = await read_facts(connection, order.subject, order.on, order.key)
            if facts.is_acted:
                return Verdict()
            action = requested_recovery(
                claim_id=facts.id,
                key=order.key,
                kind="recall",
                amount_ore=0,
                requested_on=order.on,
                facts={"reason": "FEJL"},
            )
            mark = Mark(facts.id, order.key, "recall", order.on)
            await mark_act(connection, facts.id, mark, action)
            return Verdict()

    @activity.defn(name="claim.close")
    @told_to_temporal
    async def close(self, order: Close) -> Verdict:
        """End the claim: the ledger comes to nothing, and nobody is asked about it any more."""
        async with self._database.transaction() as connection:
            facts = await read_facts(connection, order.subject, order.on, order.key)
            if facts.is_acted:
                return Verdict(ended_as=facts.claim["ending"])
            ending = await end_claim(connection, self._policy, facts, order)
            return Verdict(ended_as=None if ending is order.ending else ending.value)

    def _obstacle(self, facts: ClaimFacts, order: Order) -> Verdict | None:
        """Why the act is not to be done now, if it is not; also when it is done already."""
        if facts.is_acted:
            return Verdict(deadline=facts.acted_deadline, answer=facts.answer)
        if over := self._over(facts, order.on):
            return over
        if facts.holds:
            return Verdict(is_done=False, holds=facts.holds)
        return _time_not_out(facts, order) if order.after else None

    def _over(self, facts: ClaimFacts, on: date) -> Verdict | None:
        if Stage(facts.claim["stage"]).is_with_the_collector:
            return None
        if facts.claim["is_withdrawn"]:
            return Verdict(is_done=False, is_withdrawn=True)
        if is_settled(self._policy, facts.claim, facts.balance, on):
            return Verdict(is_done=False, is_settled=True)
        return Verdict(is_done=False, is_written_off=True) if facts.is_given_up else None


def _time_not_out(facts: ClaimFacts, order: Order) -> Verdict | None:
    """A letter that has not left, or left late, still gives the debtor time."""
    assert order.after
    if facts.is_letter_waiting:
        return Verdict(is_done=False, postponed={order.after: None})
    if facts.letter_deadline and facts.letter_deadline >= order.on:
        return Verdict(is_done=False, postponed={order.after: facts.letter_deadline})
    return None
