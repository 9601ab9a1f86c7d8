"""The time machine: the past lived again under two policies, some debtors at a time.

Memory is flat: of each batch only its sums are kept, and a few of the claims that differ.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date

from activities.policy_trials import TryNext
from domain.policy import Policy
from domain.replaying.pasts import PastGroup
from domain.replaying.trial_figures import (
    Lived,
    Period,
    as_it_was,
    differences,
    figures_of,
)
from domain.replaying.trials import SAMPLE, Batch, Findings, People, Side
from persistence.database import Database
from persistence.replaying.groups import debtor_span, groups_of, next_debtors
from persistence.replaying.pasts import read_pasts
from persistence.replaying.trials import Trial
from policies.trying import policy_of
from workflows.replaying.replay import Replay

DEBTORS_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class TimeMachine:
    """*other* None: only the policy in force is held against what happened."""

    in_force: Policy
    other: Policy | None
    period: Period
    people: People = People.REACT

    def findings_of(self, groups: Sequence[PastGroup]) -> Findings:
        found = Findings()
        for group in groups:
            self._live_again(group, found)
        return found

    def _live_again(self, group: PastGroup, found: Findings) -> None:
        was, again = as_it_was(group), self._lived(group, self.in_force)
        pasts = {Side.HISTORY: was, Side.IN_FORCE: again}
        if self.other:
            pasts[Side.OTHER] = self._lived(group, self.other)
            found.changed += self._compare(found, Side.OTHER, group, again, pasts[Side.OTHER])
        found.differing += self._compare(found, Side.HISTORY, group, was, again)
        for side, lived in pasts.items():
            found.figures[side].update(figures_of(group, lived, self.period))
        found.claims += len(group.claims)
        found.claim_months += sum(self._months(claim.begun_on) for claim in group.claims)

    def _lived(self, group: PastGroup, policy: Policy) -> Lived:
        replay = Replay(policy, group, self.in_force, self.people)
        replay.live(self.period.until)
        return replay.lived_through

    def _compare(
        self, found: Findings, side: Side, group: PastGroup, one: Lived, other: Lived
    ) -> int:
        differing = differences(group, one, other)
        room = SAMPLE - len(found.samples[side])
        found.samples[side] += differing[: max(room, 0)]
        return len(differing)

    def _months(self, begun_on: date) -> int:
        first, last = max(begun_on, self.period.since), self.period.until
        return max((last.year - first.year) * 12 + last.month - first.month + 1, 0)


@dataclass(frozen=True, slots=True)
class _Read:
    pasts: list[PastGroup]
    reached: int


async def next_batch(
    database: Database, machine: TimeMachine, after: int, last: int
) -> Batch | None:
    """The next debtors up to number *last*, and all that hangs together with them; None at the end.

    Reckoned in a thread of its own, so that whoever shares the loop goes on.
    """
    read = await _read(database, machine, after, last)
    if read is None:
        return None
    return Batch(await asyncio.to_thread(machine.findings_of, read.pasts), read.reached)


async def batches(database: Database, machine: TimeMachine) -> AsyncIterator[tuple[Batch, float]]:
    """All of them, each with the share of the debtors that is done, from 0 to 1.

    While one is reckoned the next is read.
    """
    async with database.transaction() as connection:
        first, last = await debtor_span(connection)
    reading = asyncio.create_task(_read(database, machine, first - 1, last))
    try:
        while read := await reading:
            reading = asyncio.create_task(_read(database, machine, read.reached, last))
            findings = await asyncio.to_thread(machine.findings_of, read.pasts)
            yield Batch(findings, read.reached), (read.reached - first + 1) / (last - first + 1)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read(database: Database, machine: TimeMachine, after: int, last: int) -> _Read | None:
    async with database.transaction() as connection:
        debtors = await next_debtors(connection, after, last, DEBTORS_AT_ONCE)
        if not debtors:
            return None
        until = machine.period.until
        groups = await groups_of(connection, debtors, until)
        pasts = await read_pasts(connection, machine.in_force, groups, until)
    return _Read(pasts, debtors[-1])


def trying(policy: Policy) -> TryNext:
    """How a worker with the *policy* in force tries another one."""
    known: dict[int, Policy] = {}

    async def try_next(database: Database, trial: Trial, after: int) -> Batch | None:
        if trial.number not in known:
            known.clear()  # one at a time: a policy is large
            known[trial.number] = policy_of(policy, trial.other)
        machine = TimeMachine(policy, known[trial.number], trial.period, trial.people)
        return await next_batch(database, machine, after, trial.last)

    return try_next
