"""Tries another policy on the past, some debtors at a time, so that a killed worker goes on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from temporalio import activity

from activities.failures import told_to_temporal
from domain.errors import Refusal
from domain.replaying.trials import Batch, TrialState
from persistence.database import Database
from persistence.replaying.groups import debtor_span
from persistence.replaying.trials import (
    Trial,
    begin_trial,
    find_trial,
    set_state,
    take_batch,
)

TryNext = Callable[[Database, Trial, int], Awaitable[Batch | None]]
"""What comes of the next debtors after a number; None when there are no more."""


@dataclass(frozen=True, slots=True)
class Tried:
    """*reached*: the last debtor that is done."""

    reached: int
    is_over: bool


class PolicyTrialActivities:
    def __init__(self, database: Database, try_next: TryNext) -> None:
        self._database, self._try_next = database, try_next

    @activity.defn(name="trial.try-some")
    @told_to_temporal
    async def try_some(self, number: int) -> Tried:
        """Reckon the next debtors and add what comes of them, once however often it is asked."""
        trial = await self._begun(number)
        if trial.state.is_over:
            return Tried(trial.reached, is_over=True)
        try:
            batch = await self._try_next(self._database, trial, trial.reached)
        except Refusal:
            return await self._end(trial, TrialState.FAILED)
        if batch is None:
            return await self._end(trial, TrialState.DONE)
        async with self._database.transaction() as connection:
            now = await find_trial(connection, number, is_locked=True)
            if now.state.is_over or now.reached != trial.reached:
                return Tried(now.reached, is_over=now.state.is_over)
            await take_batch(connection, number, batch)
        return Tried(batch.reached, is_over=False)

    async def _begun(self, number: int) -> Trial:
        async with self._database.transaction() as connection:
            trial = await find_trial(connection, number, is_locked=True)
            if trial.state is TrialState.WAITING:
                await begin_trial(connection, number, *await debtor_span(connection))
                trial = await find_trial(connection, number)
        return trial

    async def _end(self, trial: Trial, state: TrialState) -> Tried:
        """One that was stopped meanwhile stays so."""
        async with self._database.transaction() as connection:
            now = await find_trial(connection, trial.number, is_locked=True)
            if not now.state.is_over:
                await set_state(connection, trial.number, state)
        return Tried(now.reached, is_over=True)
