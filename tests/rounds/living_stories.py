"""Stories that stay alive from day to day, hear their messages and act on real tables.

As on Temporal, but in one process and on the test's own clock: weeks of a town take seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select, text

from activities.agreements import AgreementActivities
from activities.claims import ClaimActivities
from domain.calendar import REAL_TIME, today
from persistence.claims.records import agreement_record, claim_record
from persistence.models import OutboxRow
from persistence.outbox import REOPEN_CLAIM, START_AGREEMENT, START_CLAIM
from tests.rounds.nights import RealAgreementSteps, RealClaimSteps
from workers.addressing import signal_types
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow

_BEGINNINGS = {START_CLAIM, REOPEN_CLAIM, START_AGREEMENT}


@dataclass
class _Sleeper:
    """A story as a task; *is_resting* while it sleeps, or has ended."""

    until: Callable[[], bool] = lambda: False
    wake_at: datetime | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    resting: asyncio.Event = field(default_factory=asyncio.Event)
    story: Any = None
    task: asyncio.Task[Any] | None = None

    def may_wake(self, now: datetime) -> bool:
        is_due = self.wake_at is not None and self.wake_at <= now
        return bool(self.task and not self.task.done()) and (self.until() or is_due)


class LivingStories:
    def __init__(self, database: Any, policy: Any) -> None:
        self._database, self._policy = database, policy
        self._claims = ClaimActivities(database, policy)
        self._agreements = AgreementActivities(database, policy)
        self._types: dict[str, TypeAdapter[Any] | None] = signal_types()
        self._sleepers: dict[str, _Sleeper] = {}
        self._heard = 0
        self.clock: datetime

    def now(self, life: Any) -> datetime:
        return self.clock

    async def sleep(
        self, life: Any, until: Callable[[], bool], left: timedelta | None, why: str
    ) -> None:
        kind = "agreement" if life.id.startswith("A-") else "claim"
        sleeper = self._sleepers[f"{kind}-{life.id}"]
        sleeper.until = until
        sleeper.wake_at = None if left is None else self.clock + left
        sleeper.woken.clear()
        sleeper.resting.set()
        await sleeper.woken.wait()

    def turn_the_page(self, life: Any) -> None:
        """There is no history to grow."""

    async def go_on(self, now: datetime) -> None:
        """All that happens up to the moment *now*, in the order in which it does."""
        while moments := self._due(now):
            self.clock = min(moments)
            await self._settle()
        self.clock = now
        await self._settle()

    def _due(self, now: datetime) -> list[datetime]:
        living = [one for one in self._sleepers.values() if one.task and not one.task.done()]
        return [one.wake_at for one in living if one.wake_at and one.wake_at <= now]

    async def _settle(self) -> None:
        is_busy = True
        while is_busy:
            is_busy = await self._deliver()
            for sleeper in list(self._sleepers.values()):
                if sleeper.may_wake(self.clock):
                    await self._wake(sleeper)
                    is_busy = True

    async def _wake(self, sleeper: _Sleeper) -> None:
        sleeper.resting.clear()
        sleeper.woken.set()
        await sleeper.resting.wait()
        if sleeper.task and sleeper.task.done():
            sleeper.task.result()

    async def _deliver(self) -> bool:
        async with self._database.transaction() as connection:
            found = select(OutboxRow).where(OutboxRow.id > self._heard).order_by(OutboxRow.id)
            rows = (await connection.execute(found)).all()
        for row in rows:
            self._heard = row.id
            await self._tell(row)
        return bool(rows)

    async def _tell(self, row: Any) -> None:
        if row.name in _BEGINNINGS:
            await self._begin(row.target)
        elif (sleeper := self._sleepers.get(row.target)) and sleeper.story:
            adapter = self._types[row.name]
            arguments = [adapter.validate_python(row.payload)] if adapter else []
            getattr(sleeper.story, row.name)(*arguments)
            if sleeper.may_wake(self.clock):
                await self._wake(sleeper)

    async def _begin(self, target: str) -> None:
        _, _, subject = target.partition("-")
        on = today(self.clock)
        async with self._database.transaction() as connection:
            if target.startswith("claim-"):
                ended = text("select ending from claims where id = :id")
                if await connection.scalar(ended, {"id": subject}):
                    return
                record = await claim_record(connection, self._policy, subject, REAL_TIME, on)
                kind, steps, acts = ClaimWorkflow, RealClaimSteps, self._claims
            else:
                record = await agreement_record(connection, subject, REAL_TIME, on)
                kind, steps, acts = AgreementWorkflow, RealAgreementSteps, self._agreements
        await self._start(target, kind(record), record, steps, acts)

    async def _start(self, target: str, story: Any, record: Any, steps: Any, acts: Any) -> None:
        story.pace = self
        story.steps = steps(record, story.pace)
        story.steps.acts = acts
        sleeper = self._sleepers[target] = _Sleeper(story=story)
        sleeper.task = asyncio.create_task(_run(story.run(record), sleeper))
        await sleeper.resting.wait()

    def living_claims(self) -> list[Any]:
        """What each claim that has not ended remembers."""
        stories = [one.story for one in self._sleepers.values() if one.task and not one.task.done()]
        return [story.record for story in stories if isinstance(story, ClaimWorkflow)]

    async def leave(self) -> None:
        for sleeper in self._sleepers.values():
            if sleeper.task:
                sleeper.task.cancel()
        await asyncio.gather(
            *(one.task for one in self._sleepers.values() if one.task), return_exceptions=True
        )


async def _run(life: Awaitable[Any], sleeper: _Sleeper) -> None:
    try:
        await life
    finally:
        sleeper.resting.set()
