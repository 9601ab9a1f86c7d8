"""How one message reaches whom it is for: a story begins or hears, or a round is set off."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from inspect import getmembers, isfunction
from typing import Any, get_type_hints

from pydantic import TypeAdapter
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.calendar import REAL_TIME, TownClock, today
from domain.policy import Policy
from domain.record import ClaimRecord
from persistence.claims.records import agreement_record, claim_record, claim_records
from persistence.claims.reopening import has_ended
from persistence.database import Database
from persistence.outbox import (
    LOOK_AHEAD,
    PLACE,
    REOPEN_CLAIM,
    START_AGREEMENT,
    START_CLAIM,
    START_FILE,
    START_TRIAL,
)
from traces.carrying import TRACE
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow
from workflows.claim_files import FileReading
from workflows.policy_trials import PolicyTrying
from workflows.queues import FILE_READERS, FORECAST, REOPENINGS, TRIAL
from workflows.rounds import Round


def signal_types() -> dict[str, TypeAdapter[Any] | None]:
    """What each signal's payload is, read off the handlers themselves."""
    types: dict[str, TypeAdapter[Any] | None] = {}
    for story in (ClaimWorkflow, AgreementWorkflow):
        for name, handler in getmembers(story, isfunction):
            if hasattr(handler, "__temporal_signal_definition"):
                hints = {k: v for k, v in get_type_hints(handler).items() if k != "return"}
                types[name] = TypeAdapter(*hints.values()) if hints else None
    return types


@dataclass(frozen=True, slots=True)
class Pace:
    """How stories make room for each other.

    *begins_a_second*: how many of one file at most take their first step in a second: by itself a
    quarter of what the smallest machine, of two cores, can take. *spread_minutes*: over how much
    of the night the turns of a day are spread; None for a few minutes.
    """

    begins_a_second: int = 25
    spread_minutes: int | None = None


class Addressing:
    """Knows for each message of the outbox what Temporal must be told. *queue*: of the stories.

    *pace*: how stories that begin make room for each other.
    """

    def __init__(
        self,
        database: Database,
        client: Client,
        policy: Policy,
        queue: str,
        rounds: str,
        real_now: Callable[[], datetime],
        pace: Pace,
    ) -> None:
        self._database, self._client, self._policy = database, client, policy
        self._queue, self._rounds, self._real_now = queue, rounds, real_now
        self._pace = pace
        self._types = signal_types()

    async def records(self, messages: Iterable[Any], clock: TownClock) -> dict[str, ClaimRecord]:
        """What the claims begin from that *messages* begin, by target, in one question for all."""
        ids = [_subject(message) for message in messages if message.name == START_CLAIM]
        if not ids:
            return {}
        async with self._database.transaction() as connection:
            found = await claim_records(connection, self._policy, ids, clock, self._today(clock))
        return {f"claim-{record.id}": record for record in found}

    async def deliver(
        self, message: Any, clock: TownClock, records: Mapping[str, ClaimRecord]
    ) -> None:
        """Raises what stood in the way; *clock*: how the town's time runs."""
        match message.name:
            case name if name == START_CLAIM:
                await self._begin(message, clock, records)
            case name if name == START_AGREEMENT:
                record = await self._read(_agreement, message, clock)
                await self._start(AgreementWorkflow.run, record, message.target)
            case name if name == START_FILE:
                await self._read_file(message)
            case name if name == START_TRIAL:
                await self._try_policy(message)
            case name if name == LOOK_AHEAD:
                await self._set_off(FORECAST, Round(clock), message.target)
            case name if name == REOPEN_CLAIM:
                await self._reopen(message, clock)
            case _:
                await self._signal(message)

    def _today(self, clock: TownClock) -> date:
        return today(clock.town_time(self._real_now()))

    async def _read(
        self, read: Callable[..., Awaitable[Any]], message: Any, clock: TownClock
    ) -> Any:
        async with self._database.transaction() as connection:
            on = self._today(clock)
            return await read(connection, self._policy, _subject(message), clock, on)

    async def _begin(
        self, message: Any, clock: TownClock, records: Mapping[str, ClaimRecord]
    ) -> None:
        record = records.get(message.target) or await self._read(claim_record, message, clock)
        await self._start(ClaimWorkflow.run, record, message.target, self._delay(message, clock))

    def _delay(self, message: Any, clock: TownClock) -> timedelta | None:
        """Each of a file's claims has its turn, so that ten thousand first steps are no storm.

        What comes meanwhile is in the tables at once, and heard when the turn has come. A hurried
        town's days would be over before that.
        """
        seconds = message.payload.get(PLACE, 0) // self._pace.begins_a_second
        is_hurried = clock.speed != REAL_TIME.speed
        return timedelta(seconds=seconds) if seconds and not is_hurried else None

    async def _start(
        self, run: Any, record: Any, target: str, delay: timedelta | None = None
    ) -> None:
        """Start the story from its record; one that runs already is left alone."""
        record.spread_minutes = self._pace.spread_minutes
        try:
            await self._client.start_workflow(
                run,
                record,
                id=target,
                task_queue=self._queue,
                start_delay=delay,
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

    async def _reopen(self, message: Any, clock: TownClock) -> None:
        """Start the story of a claim that had ended. Raises while its old one has yet to finish."""
        subject = _subject(message)
        async with self._database.transaction() as connection:
            on = self._today(clock)
            record = await claim_record(connection, self._policy, subject, clock, on)
            is_over = await has_ended(connection, subject)
        if is_over or record.reopenings > message.payload["number"]:
            return
        record.spread_minutes = self._pace.spread_minutes
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
        arguments = [adapter.validate_python(_without_origin(message.payload))] if adapter else []
        try:
            await handle.signal(message.name, args=arguments)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:  # a story that is over needs no news
                raise


def _without_origin(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != TRACE}


def _subject(message: Any) -> str:
    """Whom a story is about, which its id says after the first dash."""
    return str(message.target.partition("-")[2])


async def _agreement(connection: Any, _: Policy, subject: str, clock: Any, on: Any) -> Any:
    return await agreement_record(connection, subject, clock, on)
