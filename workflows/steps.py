"""The verbs of the stories: each is one act in one transaction, with the patience it deserves."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.agreements import AgreementActivities
    from activities.claims import ClaimActivities
    from domain.calendar import today
    from domain.claim import Ending
    from domain.decisions import TaskKind
    from domain.letters import Letter
    from domain.orders import (
        AskPerson,
        Close,
        CloseAgreement,
        Order,
        Recall,
        Transfer,
        WriteLetter,
    )
    from domain.record import AgreementOutcome, AgreementRecord, ClaimRecord, Verdict
    from workflows.waiting import Pace

# A local activity keeps the workflow task open: good for milliseconds, harmful for longer.
QUICK = workflow.LocalActivityConfig(
    start_to_close_timeout=timedelta(seconds=3),
    schedule_to_close_timeout=timedelta(seconds=6),
    retry_policy=RetryPolicy(maximum_attempts=3, initial_interval=timedelta(milliseconds=100)),
)
# The database may be away for days; a claim waits rather than fails. Short start_to_close, so
# that the act of a killed worker is taken up again in seconds.
PATIENT = workflow.ActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=30)
    ),
)


async def perform(act: Callable[[Any, Any], Awaitable[Verdict]], order: Order) -> Verdict:
    """Quickly inside the workflow task if it goes well; else the same act, patiently."""
    try:
        return await workflow.execute_local_activity_method(act, order, **QUICK)
    except FailureError as error:  # a local activity's own failure comes bare
        if is_cancelled_exception(error):
            raise
        return await workflow.execute_activity_method(act, order, **PATIENT)


class ClaimSteps:
    def __init__(self, record: ClaimRecord, pace: Pace) -> None:
        self._record, self._pace = record, pace

    async def perform(self, act: Callable[[Any, Any], Awaitable[Verdict]], order: Order) -> Verdict:
        return await perform(act, order)

    async def write(self, letter: Letter, key: str, after: str | None) -> Verdict:
        order = WriteLetter(*self._now(key), after=after, letter=letter)
        return await self.perform(ClaimActivities.write_letter, order)

    async def ask(self, kind: TaskKind, key: str, after: str | None) -> Verdict:
        order = AskPerson(*self._now(key), after=after, kind=kind)
        return await self.perform(ClaimActivities.ask_person, order)

    async def transfer(self, key: str, after: str | None) -> Verdict:
        return await self.perform(ClaimActivities.transfer, Transfer(*self._now(key), after=after))

    async def recall(self, key: str) -> Verdict:
        return await self.perform(ClaimActivities.recall, Recall(*self._now(key)))

    async def close(self, ending: Ending) -> Ending:
        """The first close counts, also when news since then would end the claim otherwise."""
        again = self._record.reopenings
        order = Close(*self._now(f"close-{again}" if again else "close"), ending=ending)
        verdict = await self.perform(ClaimActivities.close, order)
        return Ending(verdict.ended_as or ending)

    def _now(self, key: str) -> tuple[str, str, date]:
        return self._record.id, key, today(self._pace.now(self._record))


class AgreementSteps:
    def __init__(self, record: AgreementRecord, pace: Pace) -> None:
        self._record, self._pace = record, pace

    async def perform(self, act: Callable[[Any, Any], Awaitable[Verdict]], order: Order) -> Verdict:
        return await perform(act, order)

    async def remind(self, key: str) -> Verdict:
        """Tell the debtor that an instalment is missing and until when it can be mended."""
        order = WriteLetter(*self._now(key), letter=Letter.AGREEMENT_REMINDER)
        return await self.perform(AgreementActivities.remind, order)

    async def close(self, outcome: AgreementOutcome) -> Verdict:
        order = CloseAgreement(*self._now("close"), outcome=outcome)
        return await self.perform(AgreementActivities.close, order)

    def _now(self, key: str) -> tuple[str, str, date]:
        return self._record.id, key, today(self._pace.now(self._record))
