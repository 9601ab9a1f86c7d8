"""How messages in the outbox reach their stories: at least once, and in order for each story."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from inspect import getmembers, isfunction
from typing import Any, get_type_hints

import asyncpg
import structlog
from pydantic import TypeAdapter
from sqlalchemy.exc import DBAPIError
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.calendar import REAL_TIME, today
from domain.policy import Policy
from persistence.claims.records import agreement_record, claim_record
from persistence.claims.reopening import has_ended
from persistence.clock import read_clock
from persistence.database import Database
from persistence.outbox import (
    LOOK_AHEAD,
    REOPEN_CLAIM,
    START_AGREEMENT,
    START_CLAIM,
    START_FILE,
    START_TRIAL,
    mark_delivered,
    mark_troubled,
    waiting_messages,
)
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow
from workflows.claim_files import FileReading
from workflows.policy_trials import PolicyTrying
from workflows.queues import FILE_READERS, FORECAST, REOPENINGS, ROUNDS, STORIES, TRIAL
from workflows.rounds import Round

_log = structlog.get_logger()
_BATCH = 400
_AT_ONCE = 50
_REST_SECONDS = 1.0


def _signal_types() -> dict[str, TypeAdapter[Any] | None]:
    """What each signal's payload is, read off the handlers themselves."""
    types: dict[str, TypeAdapter[Any] | None] = {}
    for story in (ClaimWorkflow, AgreementWorkflow):
        for name, handler in getmembers(story, isfunction):
            if hasattr(handler, "__temporal_signal_definition"):
                hints = {k: v for k, v in get_type_hints(handler).items() if k != "return"}
                types[name] = TypeAdapter(*hints.values()) if hints else None
    return types


class Relay:
    """Carries the outbox to Temporal. *real_now* is asked for the real time."""

    def __init__(
        self,
        database: Database,
        client: Client,
        policy: Policy,
        queue: str = STORIES,
        rounds: str = ROUNDS,
        real_now: Callable[[], datetime] = lambda: datetime.now(UTC),  # noqa: TID251  # an edge
    ) -> None:
        self._database, self._client, self._policy = database, client, policy
        self._queue, self._rounds, self._real_now = queue, rounds, real_now
        self._types = _signal_types()
        self._clock = REAL_TIME
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._news = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop; sleeps until the database announces news."""
        listener = asyncio.create_task(self._listen(stop))
        try:
            while not stop.is_set():
                self._news.clear()
                if not await self._deliver_patiently():
                    await _first(self._news.wait(), stop.wait(), asyncio.sleep(_REST_SECONDS))
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def deliver_waiting(self) -> int:
        """Deliver what waits now; returns how many messages arrived."""
        async with self._database.transaction() as connection:
            rows = await waiting_messages(connection, _BATCH)
            self._clock = await read_clock(connection) if rows else self._clock
        if not rows:
            return 0
        by_target: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            by_target[row.target].append(row)
        arrived = await asyncio.gather(*(self._deliver_in_order(m) for m in by_target.values()))
        delivered = [row_id for ids in arrived for row_id in ids]
        if delivered:
            async with self._database.transaction() as connection:
                await mark_delivered(connection, delivered)
        return len(delivered)

    async def _deliver_patiently(self) -> int:
        try:
            return await self.deliver_waiting()
        except (OSError, asyncpg.PostgresError, DBAPIError) as trouble:  # the database is away
            _log.warning("relay waits for the database", trouble=type(trouble).__name__)
        except Exception as trouble:  # noqa: BLE001  # the relay outlives whatever happens
            _log.error("relay stumbled", trouble=repr(trouble))
        await asyncio.sleep(_REST_SECONDS)
        return 0

    async def _deliver_in_order(self, messages: list[Any]) -> list[int]:
        """One story's messages, oldest first; stops at the first that does not arrive."""
        arrived: list[int] = []
        async with self._at_once:
            for message in messages:
                try:
                    await self._deliver(message)
                except Exception as trouble:  # noqa: BLE001  # one message must not stop the others
                    await self._remember(message, trouble)
                    break
                arrived.append(message.id)
        return arrived

    async def _remember(self, message: Any, trouble: Exception) -> None:
        _log.warning("message not delivered", id=message.id, trouble=type(trouble).__name__)
        async with self._database.transaction() as connection:
            await mark_troubled(connection, message.id, type(trouble).__name__)

    async def _deliver(self, message: Any) -> None:
        match message.name:
            case name if name == START_CLAIM:
                await self._start(ClaimWorkflow.run, message.target, claim_record)
            case name if name == START_AGREEMENT:
                await self._start(AgreementWorkflow.run, message.target, _agreement)
            case name if name == START_FILE:
                await self._read_file(message)
            case name if name == START_TRIAL:
                await self._try_policy(message)
            case name if name == LOOK_AHEAD:
                await self._set_off(FORECAST, Round(self._clock), message.target)
            case name if name == REOPEN_CLAIM:
                await self._reopen(message)
            case _:
                await self._signal(message)

    async def _start(self, run: Any, target: str, read: Callable[..., Awaitable[Any]]) -> None:
        """Start the story from its facts; one that runs already is left alone."""
        _, _, subject = target.partition("-")
        async with self._database.transaction() as connection:
            on = today(self._clock.town_time(self._real_now()))
            record = await read(connection, self._policy, subject, self._clock, on)
        try:
            await self._client.start_workflow(
                run,
                record,
                id=target,
                task_queue=self._queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            )
        except WorkflowAlreadyStartedError:
            return

    async def _read_file(self, message: Any) -> None:
        """Let the file be read; one that is read already finds nothing left to do."""
        reading = FileReading(int(message.target.removeprefix("file-")))
        await self._set_off(FILE_READERS[message.payload["kind"]], reading, message.target)

    async def _try_policy(self, message: Any) -> None:
        """Let the trial go on; one that is over finds nothing left to do."""
        trying = PolicyTrying(int(message.target.removeprefix("policy-trial-")))
        await self._set_off(TRIAL, trying, message.target)

    async def _set_off(self, workflow: str, argument: Any, target: str) -> None:
        """Begin a round of the house; asked for again meanwhile it is one."""
        await self._client.start_workflow(
            workflow,
            argument,
            id=target,
            task_queue=self._rounds,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    async def _reopen(self, message: Any) -> None:
        """Start the story of a claim that had ended. Raises while its old one has yet to finish."""
        _, _, subject = message.target.partition("-")
        async with self._database.transaction() as connection:
            on = today(self._clock.town_time(self._real_now()))
            record = await claim_record(connection, self._policy, subject, self._clock, on)
            is_over = await has_ended(connection, subject)
        if is_over or record.reopenings > message.payload["number"]:
            return
        try:
            await self._client.start_workflow(
                ClaimWorkflow.run,
                record,
                id=message.target,
                task_queue=self._queue,
                memo={REOPENINGS: record.reopenings},
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            )
        except WorkflowAlreadyStartedError:
            running = await self._client.get_workflow_handle(message.target).describe()
            if await running.memo_value(REOPENINGS, 0, type_hint=int) < record.reopenings:
                raise

    async def _signal(self, message: Any) -> None:
        handle: WorkflowHandle[Any, Any] = self._client.get_workflow_handle(message.target)
        adapter = self._types[message.name]
        arguments = [adapter.validate_python(message.payload)] if adapter else []
        try:
            await handle.signal(message.name, args=arguments)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:  # a story that is over needs no news
                raise

    async def _listen(self, stop: asyncio.Event) -> None:
        """Wake the relay when someone writes to the outbox."""
        while not stop.is_set():
            try:
                async with self._database.engine.connect() as connection:
                    raw = (await connection.get_raw_connection()).driver_connection
                    assert raw is not None
                    await raw.add_listener("outbox", lambda *_: self._news.set())
                    while not stop.is_set() and not raw.is_closed():
                        await _first(stop.wait(), asyncio.sleep(_REST_SECONDS))
            except Exception as trouble:  # noqa: BLE001  # without news it polls
                _log.debug("relay cannot listen", trouble=repr(trouble))
                await asyncio.sleep(_REST_SECONDS)


async def _agreement(connection: Any, _: Policy, subject: str, clock: Any, on: Any) -> Any:
    return await agreement_record(connection, subject, clock, on)


async def _first(*waits: Awaitable[Any]) -> None:
    """Return when the first of *waits* is done; drop the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
