"""What Temporal knows of a story's execution, beside what the tables say at the same moment."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.calendar import TownClock
from domain.executions.troubles import PendingAct, differences, trouble_seen
from domain.record import AgreementRecord, ClaimRecord, Life
from persistence.executions.looks import Seen
from workers.executions.rebuilding import Rebuilding

_PATIENCE = timedelta(seconds=4)
_RECORDS: dict[str, type[Life]] = {"claim": ClaimRecord, "agreement": AgreementRecord}
_METADATA = "__temporal_workflow_metadata"
MISSING = "missing"


class Looking:
    """*rebuilding* tells what the tables would have the story remember."""

    def __init__(self, client: Client, rebuilding: Rebuilding) -> None:
        self._client, self._rebuilding = client, rebuilding

    async def look(self, story: str, clock: TownClock) -> Seen:
        """Raises RPCError when Temporal is away; a story that nobody tells just has no record."""
        handle: WorkflowHandle[Any, Any] = self._client.get_workflow_handle(story)
        try:
            found = await handle.describe(rpc_timeout=_PATIENCE)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            trouble = trouble_seen(is_running=False, failed_tellings=0, pending=())
            return Seen(MISSING, trouble, {})
        is_running = found.status == WorkflowExecutionStatus.RUNNING
        facts = _facts(found, clock)
        if is_running:
            facts |= await self._ask(handle, story, clock)
        pending = [PendingAct(**one) for one in facts["pending"]]
        trouble = trouble_seen(
            is_running=is_running, failed_tellings=facts["failed_tellings"], pending=pending
        )
        return Seen(_status(found), trouble, facts)

    async def _ask(
        self, handle: WorkflowHandle[Any, Any], story: str, clock: TownClock
    ) -> dict[str, Any]:
        """What a worker that tells the story says of it; no word where none does."""
        kind = story.partition("-")[0]
        record, details = await asyncio.gather(
            _answer(handle, "current", _RECORDS[kind]), _answer(handle, _METADATA, WorkflowMetadata)
        )
        if record is None:
            return {"has_answered": False}
        known = await self._rebuilding.record(story, clock)
        return {
            "has_answered": True,
            "waits_for": details.current_details if details else "",
            "acts": {key: day and day.isoformat() for key, day in record.acts.items()},
            "holds": len(record.holds),
            "differences": [asdict(one) for one in differences(record, known)],
        }


async def _answer(handle: WorkflowHandle[Any, Any], query: str, kind: type[Any]) -> Any:
    """None when nobody answers in time, or the story's code cannot."""
    try:
        return await handle.query(query, result_type=kind, rpc_timeout=_PATIENCE)
    except (WorkflowQueryFailedError, WorkflowQueryRejectedError, RPCError):
        return None


def running_stories(client: Client) -> Callable[[str, str], Any]:
    """How the watch asks which executions run among the ids from one to another."""

    async def ask(first: str, last: str) -> set[str]:
        query = f"ExecutionStatus = 'Running' and WorkflowId between '{first}' and '{last}'"
        return {found.id async for found in client.list_workflows(query)}

    return ask


async def stumbling_stories(client: Client, most: int) -> list[str]:
    """Those whose code stumbled again and again, as the server noted; none where it does not."""
    query = "ExecutionStatus = 'Running' and TemporalReportedProblems is not null"
    try:
        found = [one.id async for one in client.list_workflows(query, limit=most)]
    except RPCError as error:
        if error.status != RPCStatusCode.INVALID_ARGUMENT:  # a server that knows no such thing
            raise
        return []
    return [story for story in found if story.partition("-")[0] in _RECORDS]


def _facts(found: WorkflowExecutionDescription, clock: TownClock) -> dict[str, Any]:
    raw = found.raw_description
    info = raw.workflow_execution_info
    return {
        "run_id": found.run_id,
        "began_at": clock.town_time(found.start_time).isoformat(),
        "ended_at": found.close_time and clock.town_time(found.close_time).isoformat(),
        "history_length": found.history_length,
        "history_bytes": info.history_size_bytes,
        "build": info.versioning_info.deployment_version.build_id or None,
        "failed_tellings": max(raw.pending_workflow_task.attempt - 1, 0),
        "pending": [asdict(_pending(one, clock)) for one in raw.pending_activities],
        "has_answered": False,
        "differences": [],
    }


def _pending(one: PendingActivityInfo, clock: TownClock) -> PendingAct:
    failure = one.last_failure
    kind = failure.application_failure_info.type or failure.WhichOneof("failure_info") or None
    return PendingAct(
        name=one.activity_type.name,
        attempts=one.attempt,
        failure=kind if one.HasField("last_failure") else None,
        next_at=_town(one.next_attempt_schedule_time, clock),
    )


def _town(moment: Timestamp, clock: TownClock) -> str | None:
    if not moment.seconds:
        return None
    return clock.town_time(moment.ToDatetime(UTC)).isoformat()


def _status(found: WorkflowExecutionDescription) -> str:
    return found.status.name.lower().replace("_", "-") if found.status else MISSING
