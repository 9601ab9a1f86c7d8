"""How a round of the house is run: by the town's clock, patiently, in activities of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from domain.calendar import TownClock

# A counterpart may be down for a while; the next round comes anyway, so a round gives up in time.
PATIENT = workflow.ActivityConfig(
    start_to_close_timeout=timedelta(seconds=60),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        maximum_interval=timedelta(minutes=5),
        maximum_attempts=10,
    ),
)


@dataclass(frozen=True)
class Round:
    """What every round is given: how the town's time runs."""

    clock: TownClock

    @property
    def now(self) -> datetime:
        return self.clock.town_time(workflow.now())


async def perform(act: Callable[[Any, datetime], Awaitable[Any]], a_round: Round) -> Any:
    return await workflow.execute_activity_method(act, a_round.now, **PATIENT)
