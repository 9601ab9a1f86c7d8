"""How a story waits: for a deadline or a person, never past its end, never during a hold."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import NoReturn, Protocol

from temporalio import workflow
from temporalio.workflow import ContinueAsNewVersioningBehavior

with workflow.unsafe.imports_passed_through():
    from domain.calendar import time_left, today
    from domain.record import Life


class Ended(Exception):
    """The story is over. Raised only while waiting, never in the middle of an act."""


class Pace(Protocol):
    """The time a story lives in: Temporal's, or the rehearsal's."""

    def now(self, life: Life) -> datetime: ...

    async def sleep(
        self, life: Life, until: Callable[[], bool], left: timedelta | None, why: str
    ) -> None:
        """Return when *until* holds or the town time *left* is gone, whichever comes first."""

    def turn_the_page(self, life: Life) -> None:
        """Go on in a fresh history when this one is long or its code is old."""


async def wait(
    life: Life, pace: Pace, key: str | None, until: Callable[[], bool] = lambda: False
) -> bool:
    """Return whether *until* came true before the time that the act *key* gave was out.

    Without a deadline only *until* ends the wait. Raises Ended when the story is over.
    """
    while True:
        deadline = life.acts.get(key) if key else None
        left = time_left(deadline, pace.now(life)) + life.spread if deadline else None
        if life.is_over:
            raise Ended
        if until():
            return True
        if life.held_since:
            await _sit_out_the_holds(life, pace, key)
        elif left is not None and left <= timedelta(0):
            return False
        else:
            pace.turn_the_page(life)
            await pace.sleep(life, _news(life, key, deadline, until), left, key or "")


def _news(
    life: Life, key: str | None, deadline: date | None, until: Callable[[], bool]
) -> Callable[[], bool]:
    """Whether anything has come that the wait must look at: also a deadline that was moved."""
    return lambda: until() or life.is_interrupted or (key and life.acts.get(key)) != deadline


async def _sit_out_the_holds(life: Life, pace: Pace, key: str | None) -> None:
    """Stop the clock: a debtor keeps the days that an objection or a death took away."""
    life.drop_expired_holds(today(pace.now(life)))
    while life.holds and not life.is_over:
        pace.turn_the_page(life)
        news = partial(_are_holds_changed, life, set(life.holds))
        await pace.sleep(life, news, _hold_left(life, pace), "hold")
        life.drop_expired_holds(today(pace.now(life)))
    if not life.holds:
        life.give_back_held_days(key)


def _are_holds_changed(life: Life, standing: set[int]) -> bool:
    return set(life.holds) != standing or life.is_over


def _hold_left(life: Life, pace: Pace) -> timedelta | None:
    ends = [hold.until for hold in life.holds.values() if hold.until]
    return time_left(min(ends), pace.now(life)) if ends else None


class TemporalPace:
    """Temporal's time, read through the town's clock."""

    def now(self, life: Life) -> datetime:
        return life.clock.town_time(workflow.now())

    async def sleep(
        self, life: Life, until: Callable[[], bool], left: timedelta | None, why: str
    ) -> None:
        clock, nudges = life.clock, life.nudges
        workflow.set_current_details(describe_wait(why, self.now(life) + left if left else None))
        try:
            await workflow.wait_condition(
                lambda: until() or (life.clock, life.nudges) != (clock, nudges),
                timeout=left and clock.real_length(left),
                timeout_summary=why or None,
            )
        except TimeoutError:
            return

    def turn_the_page(self, life: Life) -> None:
        info = workflow.info()
        if (
            info.is_continue_as_new_suggested()
            or info.is_target_worker_deployment_version_changed()
        ):
            _continue(life)


def _continue(life: Life) -> NoReturn:
    workflow.continue_as_new(
        life, initial_versioning_behavior=ContinueAsNewVersioningBehavior.AUTO_UPGRADE
    )


def describe_wait(why: str, until: datetime | None) -> str:
    """One line for the Temporal Web UI: what the story waits for, and until when."""
    return f"waits: {why}" + (
        f", until {until:%Y-%m-%d}" if until else ", for a person or a message"
    )
