"""The life of a payment agreement (betalingsaftale), which may cover several claims of a debtor."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.record import AgreementOutcome, AgreementRecord
    from workflows.messages import InstalmentsCovered
    from workflows.steps import AgreementSteps
    from workflows.story import Story
    from workflows.waiting import Ended, Pace, TemporalPace, wait


@workflow.defn(name="agreement")
class AgreementWorkflow(Story[AgreementRecord]):
    @workflow.init
    def __init__(self, record: AgreementRecord) -> None:
        self.record = record
        self.pace: Pace = TemporalPace()
        self.steps = AgreementSteps(record, self.pace)

    @workflow.run
    async def run(self, record: AgreementRecord) -> AgreementOutcome:
        """Follow the instalments until one is missed for good or none is left."""
        try:
            while not self.record.is_over:
                number = self.record.covered + 1
                while not await self.is_kept(number):
                    if outcome := await self.close(AgreementOutcome.BROKEN):
                        return outcome
        except Ended:
            pass
        outcome = await self.close(self.outcome)
        assert outcome, "only what would break an agreement can be overtaken by money"
        return outcome

    async def close(self, outcome: AgreementOutcome) -> AgreementOutcome | None:
        """The database has the last word: the missing money may just have come."""
        verdict = await self.steps.close(outcome)
        self.record.learn("close", verdict)
        return AgreementOutcome(verdict.ended_as or outcome) if verdict.is_done else None

    @property
    def outcome(self) -> AgreementOutcome:
        is_kept = self.record.covered >= len(self.record.grace_until)
        return AgreementOutcome.KEPT if is_kept else AgreementOutcome.DISSOLVED

    async def is_kept(self, number: int) -> bool:
        """An instalment may come within the days of grace, and once more after a reminder."""
        key = f"instalment-{number}"
        self.record.acts.setdefault(key, self.record.grace_until[number - 1])
        is_reminded = f"reminder-{number}" in self.record.acts
        if not is_reminded and await self.is_paid_within(key, number):
            return True
        return await self.is_caught_up(number)

    async def is_caught_up(self, number: int) -> bool:
        key = f"reminder-{number}"
        while key not in self.record.acts and not self.is_other_than(number):
            await wait(self.record, self.pace, None, lambda: self.record.held_since is None)
            self.record.learn(key, await self.steps.remind(key))
        return await self.is_paid_within(key, number)

    async def is_paid_within(self, key: str, number: int) -> bool:
        return await wait(self.record, self.pace, key, lambda: self.is_other_than(number))

    def is_other_than(self, number: int) -> bool:
        """Whether another instalment is the next: *number* is paid, or one before it bounced."""
        return self.record.covered != number - 1

    @workflow.signal
    def instalments_covered(self, message: InstalmentsCovered) -> None:
        """Fewer than before where money was taken away again."""
        self.record.covered = message.covered

    @workflow.signal
    def dissolved(self) -> None:
        self.record.is_dissolved = True

    @workflow.query
    def current(self) -> AgreementRecord:
        return self.record
