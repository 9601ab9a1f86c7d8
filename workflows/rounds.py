"""How a round of the house is run: by the town's clock, patiently, in activities of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, RetryState

with workflow.unsafe.imports_passed_through():
    from domain.calendar import TownClock

P = ParamSpec("P")
R = TypeVar("R")

# A counterpart may be down for a while; the next round comes anyway, so a round gives up in time.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 15, 30, 60, 60, 60, 60))
# The heartbeat tells within seconds that a worker was killed.
ONE_TRY = workflow.ActivityConfig(
    start_to_close_timeout=timedelta(seconds=60),
    heartbeat_timeout=timedelta(seconds=10),
    retry_policy=RetryPolicy(maximum_attempts=1),
)


@dataclass(frozen=True)
class Round:
    """What every round is given: how the town's time runs."""

    clock: TownClock

    @property
    def now(self) -> datetime:
        return self.clock.town_time(workflow.now())


async def perform(
    act: Callable[Concatenate[Any, datetime, P], Awaitable[R]],
    a_round: Round,
    *more: P.args,
    **_: P.kwargs,
) -> R:
    """Try until it is done, and tell each try the time anew.

    Temporal's own retries repeat the argument: a letter that had to wait past midnight would bear
    yesterday's date and take a day from the debtor.
    """
    for pause in PAUSES:
        try:
            return await _try_once(act, a_round.now, *more)
        except ActivityError as error:
            if error.retry_state is RetryState.NON_RETRYABLE_FAILURE:
                raise
            await workflow.sleep(pause)
    return await _try_once(act, a_round.now, *more)


async def _try_once(act: Callable[..., Awaitable[R]], *arguments: Any) -> R:
    done: R = await workflow.execute_activity_method(act, args=arguments, **ONE_TRY)
    return done
