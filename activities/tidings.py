"""What a notice of the recovery authority changes with us: answers, money, and the claim's fate."""

from datetime import date

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import working_days_after
from domain.claim import Stage
from domain.ledger import EntryKind
from domain.limitation.dates import LimitationKind
from domain.money import NOTHING, Money
from domain.policy import Policy
from domain.record import News
from domain.recovery.books import Movement
from gateways.ports import NoticeKind, RecoveryNotice
from persistence.claims.facts import read_facts
from persistence.endings.resting_from_the_start import let_rest_again
from persistence.limitation.events import note_limitation
from persistence.money.accounts import Line, book_cover
from persistence.money.unplaced_money import ask_about_money
from persistence.recovery import actions as recovery
from persistence.recovery.answers import answer_action
from persistence.recovery.endings import end_there
from persistence.recovery.moves import Move, note_move
from persistence.recovery.payouts import keep_payout
from persistence.recovery.questions import ActionQuestion, ask_about_action, ask_about_notice

_log = structlog.get_logger()
_AUTHORITY = "recovery-authority"
_ANSWERS = {NoticeKind.EXECUTED, NoticeKind.REJECTED, NoticeKind.IN_HEARING}
_ENDS = {NoticeKind.RETURNED, NoticeKind.SETTLED, NoticeKind.WRITTEN_OFF}
STAGES_AFTER = {
    News.EXECUTED: Stage.RECOVERY,
    News.REJECTED: Stage.ASSESSMENT,
    News.RETURNED: Stage.DIALOGUE,
    News.RECALLED: Stage.DIALOGUE,
}
_LIMITATION = {
    News.EXECUTED: LimitationKind.RECEIVED,
    News.RETURNED: LimitationKind.RETURNED,
    News.RECALLED: LimitationKind.RETURNED,
}


class Tidings:
    """Everything here is part of the transaction in which the notice is read."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def take(self, connection: AsyncConnection, notice: RecoveryNotice, on: date) -> None:
        """Heed it once; what cannot be understood is kept, and a person is asked."""
        there = await recovery.claim_there(connection, notice.claim_reference)
        stage = await recovery.lock_claim(connection, there["claim_id"]) if there else None
        is_new = await recovery.keep_notice(
            connection,
            number=notice.number,
            claim_id=there["claim_id"] if there else None,
            reference=notice.claim_reference or None,
            kind=notice.kind.value,
            code=notice.code,
            text=notice.text,
            amount_ore=notice.amount_ore,
            noticed_on=notice.on,
            document=notice.document or None,
        )
        if not is_new:
            return
        if there is None or stage is None:
            await self._take_as_unknown(connection, notice, on)
        else:
            await self._heed(connection, notice, there, stage, on)

    async def _take_as_unknown(
        self, connection: AsyncConnection, notice: RecoveryNotice, on: date
    ) -> None:
        """About no claim of ours that we know, about all of them, or not to be read."""
        if notice.kind is NoticeKind.PAYOUT:
            await self._take_payout(connection, notice, on)
            return
        _log.warning("notice about an unknown claim", number=notice.number)
        if notice.amount_ore:
            await self._ask_about_money(connection, notice, None, Money(notice.amount_ore), on)
        else:
            await self._ask_about_notice(connection, notice, None, on)

    async def _take_payout(
        self, connection: AsyncConnection, notice: RecoveryNotice, on: date
    ) -> None:
        """The month's money: what is not what we were told of its coverages, a person must see."""
        paid = Money(notice.amount_ore)
        covered = await keep_payout(connection, notice.number, paid, notice.on)
        if covered is not None and covered != paid:
            await self._ask_about_notice(connection, notice, None, on)

    async def miss(self, connection: AsyncConnection, first: int, last: int, on: date) -> None:
        """Notices that can no longer be fetched: only its books tell now what they said."""
        numbers = str(first) if first == last else f"{first}–{last}"
        await self.take(
            connection, RecoveryNotice(first, None, "", NoticeKind.MISSED, on, text=numbers), on
        )

    async def _heed(
        self,
        connection: AsyncConnection,
        notice: RecoveryNotice,
        there: RowMapping,
        stage: Stage,
        on: date,
    ) -> None:
        """A claim that is not with the authority has nothing more to hear from it."""
        claim_id, news = there["claim_id"], None
        if notice.kind in {NoticeKind.PAID, NoticeKind.SETTLED}:
            await self._book(connection, notice, claim_id, stage, on)
        if notice.kind in _ANSWERS:
            news = await self._answer(connection, notice, claim_id, on)
        elif notice.kind in _ENDS:
            ended = await end_there(connection, there, notice.kind.value)
            news = News(ended) if ended else None
        elif notice.kind is NoticeKind.REVERSED:
            await self._reverse(connection, notice, claim_id, on)
        if news and stage.is_with_the_collector:
            await self._tell(connection, notice, claim_id, news, on)

    async def _tell(
        self,
        connection: AsyncConnection,
        notice: RecoveryNotice,
        claim_id: str,
        news: News,
        on: date,
    ) -> None:
        """A claim in hearing, or refused, has not been received: its limitation is as it was."""
        await recovery.tell_news(connection, claim_id, notice.number, news)
        if news in STAGES_AFTER:
            await recovery.move_to_stage(connection, claim_id, STAGES_AFTER[news], on)
        if news in _LIMITATION:
            kind, proof = _LIMITATION[news], f"notice-{notice.number}"
            await note_limitation(connection, self._policy, claim_id, kind, notice.on, proof)
        if STAGES_AFTER.get(news) is Stage.DIALOGUE:
            await let_rest_again(connection, self._policy, claim_id, on, _AUTHORITY)

    async def _answer(
        self, connection: AsyncConnection, notice: RecoveryNotice, claim_id: str, on: date
    ) -> News | None:
        """What an answered action means to the story: only its own claim's fate does."""
        reference, number = notice.claim_reference, _action_of(notice)
        said = notice.kind.value
        answered = (
            await answer_action(connection, number, reference, said, notice.on) if number else None
        )
        if answered is None:
            await self._ask_about_notice(connection, notice, claim_id, on)
            return None
        if not answered.is_new:
            return None
        match answered.kind, notice.kind:
            case "create", _ if answered.is_main:
                return News(said)
            case "recall", NoticeKind.EXECUTED:
                return News.RECALLED
            case _, NoticeKind.REJECTED:
                of_part = reference if answered.kind == "create" else None
                question = ActionQuestion(claim_id, number, of_part, answered.asked_by)
                await self.ask_about_action(connection, question, on)
            case _:
                pass
        return None

    async def _book(
        self,
        connection: AsyncConnection,
        notice: RecoveryNotice,
        claim_id: str,
        stage: Stage,
        on: date,
    ) -> None:
        """What the authority has recovered lessens the debt, as far as it reaches."""
        if not notice.amount_ore:
            return
        recovered = Money(notice.amount_ore)
        await self._note_recovered(connection, notice, claim_id, recovered)
        facts = await read_facts(connection, claim_id, on)
        owed = facts.balance if stage.is_with_the_collector else NOTHING
        amount = max(min(recovered, owed), NOTHING)
        if amount:
            line = Line(
                EntryKind.PAYMENT, -amount, notice.on, _AUTHORITY, "recovered", "GIL § 4",
                facts={"notice": notice.number},
            )  # fmt: skip
            await book_cover(connection, facts, self._policy, line, on)
        if rest := recovered - amount:
            await self._ask_about_money(connection, notice, claim_id, rest, on)

    async def _reverse(
        self, connection: AsyncConnection, notice: RecoveryNotice, claim_id: str, on: date
    ) -> None:
        """What it had recovered is taken back: whose debt that is again, a person must say."""
        taken_back = -Money(notice.amount_ore)
        await self._note_recovered(connection, notice, claim_id, taken_back)
        await self._ask_about_notice(connection, notice, claim_id, on)

    async def _note_recovered(
        self, connection: AsyncConnection, notice: RecoveryNotice, claim_id: str, amount: Money
    ) -> None:
        move = Move(
            claim_id, notice.claim_reference, Movement.RECOVERED, amount, notice.on,
            notice=notice.number,
        )  # fmt: skip
        await note_move(connection, move)
        await recovery.lessen_what_is_left(connection, notice.claim_reference, amount)

    async def _ask_about_money(
        self,
        connection: AsyncConnection,
        notice: RecoveryNotice,
        claim_id: str | None,
        unused: Money,
        on: date,
    ) -> None:
        """What the authority has recovered and no claim can take."""
        await ask_about_money(
            connection, self._policy, f"notice-{notice.number}", claim_id, unused, on,
            notice=notice.number,
        )  # fmt: skip

    async def _ask_about_notice(
        self,
        connection: AsyncConnection,
        notice: RecoveryNotice,
        claim_id: str | None,
        on: date,
    ) -> None:
        due = working_days_after(on, self._policy.exception_days)
        await ask_about_notice(connection, notice.number, claim_id, on, due)

    async def ask_about_action(
        self, connection: AsyncConnection, question: ActionQuestion, on: date
    ) -> None:
        due = working_days_after(on, self._policy.exception_days)
        await ask_about_action(connection, question, on, due)


def _action_of(notice: RecoveryNotice) -> int:
    """Ours, by the delivery's id; 0 for one that we never gave."""
    _, _, number = (notice.action_id or "").partition("action-")
    return int(number) if number.isdecimal() and len(number) < len(str(2**63)) else 0
