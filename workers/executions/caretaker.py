"""Carries out what supervisors ask to have done about stories, and looks at them.

What is asked lies in `story_steps`; any number of caretakers may take from there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetActivityRequest
from temporalio.client import Client, ScheduleOverlapPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.authority import HOUSE
from domain.calendar import REAL_TIME, today
from domain.errors import ClaimHasEnded
from domain.executions.troubles import StoryAct, Trouble
from domain.policy import Policy
from persistence.clock import read_clock
from persistence.database import Database
from persistence.executions.batches import end_batches
from persistence.executions.looks import ask_first_looks, ask_looks, keep_look
from persistence.executions.steps import (
    end_step,
    put_off,
    require_living,
    rounds_of,
    take_steps,
)
from workers.clock import real_now
from workers.executions.looking import Looking, stumbling_stories
from workers.executions.rebuilding import Rebuilding
from workers.schedules import schedule_of
from workflows.queues import STORIES

_log = structlog.get_logger()
_AT_ONCE = 20
_REST_SECONDS = 1.0
_GLANCE_SECONDS, _AT_A_GLANCE = 60.0, 100
_AWAY = {
    *(RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED),
    RPCStatusCode.RESOURCE_EXHAUSTED,
}
_NOTHING_TO_RETRY = "nothing-to-retry"


class Caretaker:
    """*real_now* is asked for the real time."""

    def __init__(
        self,
        database: Database,
        client: Client,
        policy: Policy,
        queue: str = STORIES,
        real_now: Callable[[], datetime] = real_now,
    ) -> None:
        self._database, self._client, self._real_now = database, client, real_now
        self._rebuilding = Rebuilding(database, client, policy, real_now, queue)
        self._looking = Looking(client, self._rebuilding)
        self._clock = REAL_TIME

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; whatever is asked is found within a second or two."""
        loop, next_glance = asyncio.get_running_loop(), 0.0
        while not stop.is_set():
            if loop.time() >= next_glance:
                await self._patiently(self.glance)
                next_glance = loop.time() + _GLANCE_SECONDS
            if not await self._patiently(self.work):
                await _rest(stop)

    async def glance(self) -> int:
        """Ask for a look at what the server says has stumbled; how many those are."""
        stories = await stumbling_stories(self._client, _AT_A_GLANCE)
        if stories:
            async with self._database.transaction() as connection:
                self._clock = await read_clock(connection)
                await ask_first_looks(connection, stories, Trouble.FAILING, self._now)
        return len(stories)

    async def work(self) -> int:
        """Carry out a handful; how many there were."""
        async with self._database.transaction() as connection:
            steps = await take_steps(connection, _AT_ONCE)
            self._clock = await read_clock(connection) if steps else self._clock
        await asyncio.gather(*(self._carry_out(step) for step in steps))
        if steps:
            async with self._database.transaction() as connection:
                await end_batches(connection, self._now)
        return len(steps)

    @property
    def _now(self) -> datetime:
        return self._clock.town_time(self._real_now())

    async def _patiently(self, do: Callable[[], Awaitable[int]]) -> int:
        try:
            return await do()
        except (OSError, asyncpg.PostgresError, DBAPIError) as trouble:  # the database is away
            _log.warning("caretaker waits for the database", trouble=type(trouble).__name__)
        except RPCError as trouble:  # Temporal is away
            _log.warning("caretaker waits for Temporal", status=trouble.status.name)
        except Exception as trouble:  # noqa: BLE001  # it outlives whatever happens
            _log.error("caretaker stumbled", trouble=repr(trouble))
        return 0

    async def _carry_out(self, step: Any) -> None:
        """What cannot be done says why; what cannot be done now waits."""
        try:
            trouble = await self._act(StoryAct(step["act"]), step["story"])
        except Exception as error:  # noqa: BLE001  # one story must not stop the others
            _log.warning("step not done", id=step["id"], trouble=type(error).__name__)
            if _is_passing(error):
                await self._put_off(step, error)
                return
            trouble = _word_of(error)
        async with self._database.transaction() as connection:
            await end_step(connection, step["id"], self._now, trouble)
            if step["act"] != StoryAct.LOOK:
                await ask_looks(connection, [step["story"]], HOUSE.id, self._now)

    async def _put_off(self, step: Any, error: Exception) -> None:
        async with self._database.transaction() as connection:
            await put_off(connection, step["id"], _word_of(error))

    async def _act(self, act: StoryAct, story: str) -> str | None:
        """What stood in the way, as a word; None when it is done."""
        match act:
            case StoryAct.LOOK:
                await self._look(story)
            case StoryAct.NUDGE:
                await self._client.get_workflow_handle(story).signal("nudged")
            case StoryAct.REBUILD:
                await self._rebuild(story)
            case StoryAct.RETRY:
                return await self._retry(story)
        return None

    async def _look(self, story: str) -> None:
        seen = await self._looking.look(story, self._clock)
        async with self._database.transaction() as connection:
            try:
                await require_living(connection, story)
            except ClaimHasEnded:  # an execution that has ended is as it should be
                seen = seen.without_trouble()
            await keep_look(connection, story, seen, self._now)

    async def _rebuild(self, story: str) -> None:
        async with self._database.transaction() as connection:
            await require_living(connection, story)
        await self._rebuilding.record(story, self._clock)  # what cannot be told again is not ended
        await self._rebuilding.terminate(story)
        try:
            await self._rebuilding.start(story, self._clock)
        except WorkflowAlreadyStartedError:
            return  # another caretaker was first

    async def _retry(self, story: str) -> str | None:
        async with self._database.transaction() as connection:
            rounds = await rounds_of(connection, story, today(self._now))
        for workflow in rounds:
            # One that is under way may have passed what waits: another comes after it.
            schedule = self._client.get_schedule_handle(schedule_of(workflow))
            await schedule.trigger(overlap=ScheduleOverlapPolicy.BUFFER_ONE)
        count = await self._try_acts_now(story)
        return None if rounds or count else _NOTHING_TO_RETRY

    async def _try_acts_now(self, story: str) -> int:
        """How many acts wait to be tried again; they wait no longer."""
        try:
            found = await self._client.get_workflow_handle(story).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return 0
            raise
        failed = [one for one in found.raw_description.pending_activities if one.attempt > 1]
        for one in failed:
            await self._reset(story, found.run_id, one.activity_id)
        return len(failed)

    async def _reset(self, story: str, run_id: str, activity_id: str) -> None:
        execution = WorkflowExecution(workflow_id=story, run_id=run_id)
        request = ResetActivityRequest(
            namespace=self._client.namespace, execution=execution, id=activity_id,
            identity="caretaker",
        )  # fmt: skip
        await self._client.workflow_service.reset_activity(request)


def _is_passing(error: Exception) -> bool:
    if isinstance(error, RPCError):
        return error.status in _AWAY
    return isinstance(error, (OSError, asyncpg.PostgresError, DBAPIError))


def _word_of(error: Exception) -> str:
    """What the catalogue has a sentence for, or the kind of the failure."""
    match error:
        case ClaimHasEnded():
            return "story-ended"
        case RPCError(status=RPCStatusCode.NOT_FOUND):
            return "story-missing"
        case RPCError(status=status) if status in _AWAY:
            return "temporal-away"
        case _:
            return type(error).__name__


async def _rest(stop: asyncio.Event) -> None:
    waits: Iterable[asyncio.Task[Any]] = [asyncio.ensure_future(stop.wait())]
    await asyncio.wait(waits, timeout=_REST_SECONDS)
    for wait in waits:
        wait.cancel()
