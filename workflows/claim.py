"""The life of one claim (krav), told in the order the council's strategy tells it.

Every chapter begins from the record of what has already happened, so the story can be
told again from its first line, by newer code, and go on from where the claim stands.
"""

from functools import partial
from itertools import count

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.claim import Ending
    from domain.decisions import Outcome, TaskKind
    from domain.letters import Letter
    from domain.record import ClaimRecord, News
    from workflows.story import ClaimStory
    from workflows.waiting import Ended, wait


@workflow.defn(name="claim")
class ClaimWorkflow(ClaimStory):
    @workflow.init
    def __init__(self, record: ClaimRecord) -> None:
        super().__init__(record)

    @workflow.run
    async def run(self, record: ClaimRecord) -> Ending:
        ending: Ending | None
        try:
            before = await self.demand_and_remind()
            while not (ending := await self.settle(before)):
                self.record.rounds += 1
        except Ended:
            ending = self.record.ending
        assert ending, "only an ending ends the story"
        return await self.steps.close(ending)

    async def demand_and_remind(self) -> str | None:
        """Each letter is written when the time the one before it gave is out."""
        before = None
        for letter in self.record.letters:
            await self.write(letter, letter, after=before)
            before = letter
        return before

    async def settle(self, before: str | None) -> Ending | None:
        """One round: talk with the debtor, then follow what was agreed or decide what else."""
        talk = await self.decision_on(
            TaskKind.DIALOGUE, after=None if self.record.rounds else before
        )
        match talk.outcome:
            case Outcome.AGREEMENT:
                await self.watch_over(talk.agreement)
            case Outcome.PROMISE | Outcome.NOT_REACHED:
                await self.wait_until(talk)
            case _:
                return await self.choose_the_end()
        return None

    async def watch_over(self, agreement: str | None) -> None:
        """An agreement has a story of its own; here we only wait to hear how it ended."""
        await wait(self.record, self.pace, None, lambda: agreement in self.record.agreements)

    async def choose_the_end(self, attempt: int | None = None) -> Ending | None:
        """A person weighs what gets this claim paid fastest; nothing here happens by itself.

        *attempt*: how often a distraint has been in vain since the debtor was last talked with.
        """
        choice = await self.decision_on(TaskKind.ASSESSMENT, attempt)
        match choice.outcome:
            case Outcome.TRANSFER:
                return await self.transfer()
            case Outcome.ENFORCE:
                return await self.enforce(attempt)
            case Outcome.WRITE_OFF:
                return await self.write_off()
            case _:
                await self.wait_until(choice, attempt)
        return None

    async def transfer(self) -> Ending | None:
        """Hand the claim to the recovery authority, once every debtor has been notified."""
        notice: str | None = self.record.transfer_notice_with
        if notice not in self.record.acts:
            notice = self.in_this_round(Letter.TRANSFER_NOTICE)
            await self.write(Letter.TRANSFER_NOTICE, notice)
        if await self.hand_over(after=notice):
            return await self.follow_at_the_collector()
        return None

    async def hand_over(self, after: str | None = None) -> bool:
        """What is not proved is refused: a person mends it, or chooses another way."""
        key = self.in_this_round("transfer", self.record.rejections)
        is_handed_over = await self.do(
            key, partial(self.steps.transfer, key, after), after, may_give_up=True
        )
        self.record.is_with_collector = is_handed_over
        return is_handed_over

    async def follow_at_the_collector(self) -> Ending | None:
        """The claim lives on after the transfer, until the authority is done or it comes back."""
        while True:
            await wait(self.record, self.pace, None, lambda: self.record.has_news)
            number = self.record.news_read + 1
            match self.record.news[number]:
                case News.SETTLED | News.WRITTEN_OFF:
                    return Ending.SETTLED
                case News.RETURNED | News.RECALLED:
                    self.take_back(number)
                    return None
                case News.REJECTED:
                    if await self.is_given_up(number):
                        self.take_back(number)
                        return None
                case News.IN_HEARING:
                    await self.answer_the_hearing(number)
                case News.EXECUTED:
                    self.record.news_read = number

    def take_back(self, number: int) -> None:
        """From here on the claim is ours again, and what ends it is what ends any other."""
        self.record.news_read, self.record.is_with_collector = number, False

    async def is_given_up(self, number: int) -> bool:
        """A rejection has a reason a person can mend: then the claim is handed over anew.

        Meanwhile it is ours, so that the debtor can end it by paying.
        """
        self.record.is_with_collector = False
        verdict = await self.decision_on(TaskKind.EXCEPTION, f"news{number}")
        if verdict.outcome is Outcome.GIVE_UP:
            return True
        self.record.news_read = number
        self.record.rejections += 1
        return not await self.hand_over()

    async def answer_the_hearing(self, number: int) -> None:
        verdict = await self.decision_on(TaskKind.HEARING, number)
        if verdict.outcome is Outcome.WITHDRAW:
            key = self.in_this_round("recall", number)
            await self.do(key, partial(self.steps.recall, key))
        self.record.news_read = number

    async def enforce(self, attempt: int | None) -> Ending | None:
        """The municipality's own bailiff holds a distraint hearing (udlægsforretning)."""
        notice = self.in_this_round(Letter.DISTRAINT_NOTICE, attempt)
        await self.write(Letter.DISTRAINT_NOTICE, notice)
        hearing = await self.decision_on(TaskKind.DISTRAINT, attempt, after=notice)
        match hearing.outcome:
            case Outcome.PROPERTY_TAKEN | Outcome.ASSETS_TAKEN:
                await self.wait_until(hearing, attempt)
                await self.go_on_with_the_distraint(attempt or 0)
            case Outcome.AGREEMENT:
                await self.watch_over(hearing.agreement)
            case Outcome.PAID_AT_HEARING | Outcome.DISTRAINT_MADE:
                await self.wait_until(hearing, attempt)
            case Outcome.IN_VAIN:
                return await self.choose_the_end((attempt or 0) + 1)
            case _:
                return None
        return None

    async def go_on_with_the_distraint(self, attempt: int) -> None:
        """What is taken is sold, given up or kept until the claim is paid, as a person decides."""
        for step in count():
            number = f"{attempt}-{step}"
            choice = await self.decision_on(TaskKind.AFTER_DISTRAINT, number)
            if choice.outcome is Outcome.RELEASED:
                return
            await self.wait_until(choice, number)
            if choice.outcome is Outcome.REALISED:
                return

    async def write_off(self) -> Ending | None:
        """Only what has lost its legal basis, and only when a second person agrees."""
        verdict = await self.decision_on(TaskKind.WRITE_OFF_APPROVAL)
        return Ending.WRITTEN_OFF if verdict.outcome is Outcome.APPROVED else None

    @workflow.query
    def current(self) -> ClaimRecord:
        return self.record
