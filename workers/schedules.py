"""When the house makes its rounds, in hours of the town's time, kept by Temporal."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.calendar import TownClock
from workflows.queues import ROUNDS
from workflows.rounds import Round

_log = structlog.get_logger()
_SHORTEST = timedelta(seconds=1)  # Temporal keeps no shorter interval.
_TRIES, _PAUSE_SECONDS = 5, 2.0
_PASSING = {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}
_CATCH_UP = timedelta(seconds=10)  # A missed round is made good by the next one.


def schedule_of(workflow: str) -> str:
    """The id of the schedule that keeps the round of that name."""
    return f"rounds-{workflow}"


@dataclass(frozen=True, slots=True)
class Rounds:
    """*workflow* is the name it is registered under; *every* is the town's time."""

    workflow: str
    every: timedelta

    @property
    def schedule_id(self) -> str:
        return schedule_of(self.workflow)


ROUNDS_OF_THE_HOUSE = (
    Rounds("post-room", timedelta(hours=2)),
    Rounds("owners", timedelta(hours=2)),
    Rounds("mail-room", timedelta(minutes=10)),
    Rounds("webhooks", timedelta(minutes=5)),
    Rounds("exchange", timedelta(hours=24)),
    Rounds("watch", timedelta(hours=24)),
    Rounds("keeping", timedelta(hours=6)),
    Rounds("forecast", timedelta(hours=4)),
    Rounds("payouts", timedelta(hours=24)),
    Rounds("direct-debit", timedelta(hours=24)),
)


async def keep_rounds(client: Client, clock: TownClock) -> None:
    """Create the schedules, or bring those that exist to today's hours and clock."""
    for rounds in ROUNDS_OF_THE_HOUSE:
        await _keep_patiently(client, rounds, clock)


async def _keep_patiently(client: Client, rounds: Rounds, clock: TownClock) -> None:
    """A server that has just started, or has much to do, may not answer the first time."""
    for _ in range(_TRIES):
        try:
            return await _keep(client, rounds, clock)
        except RPCError as trouble:
            if trouble.status not in _PASSING:
                raise
            _log.info("schedule not kept yet", rounds=rounds.workflow, status=trouble.status.name)
        await asyncio.sleep(_PAUSE_SECONDS)
    return await _keep(client, rounds, clock)


async def _keep(client: Client, rounds: Rounds, clock: TownClock) -> None:
    schedule = _schedule(rounds, clock)
    try:
        await client.create_schedule(rounds.schedule_id, schedule, trigger_immediately=True)
    except ScheduleAlreadyRunningError:
        await _bring_up_to_date(client, rounds, schedule)


async def _bring_up_to_date(client: Client, rounds: Rounds, schedule: Schedule) -> None:
    def changed(found: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = found.description.schedule.state  # an operator's pause outlives a start
        return ScheduleUpdate(schedule)

    await client.get_schedule_handle(rounds.schedule_id).update(changed)


def _schedule(rounds: Rounds, clock: TownClock) -> Schedule:
    every = max(clock.real_length(rounds.every), _SHORTEST)
    return Schedule(
        action=ScheduleActionStartWorkflow(
            rounds.workflow,
            Round(clock),
            id=rounds.schedule_id,
            task_queue=ROUNDS,
            run_timeout=timedelta(minutes=30),
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_CATCH_UP),
    )
