"""Reads a file of claims to its end, whatever dies on the way, and tells how far it is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.claim_files import ClaimFileActivities
    from activities.files import RowsFrom, Taken

# The database may be away for days; a file waits rather than fails. The heartbeat tells within
# seconds that a worker was killed.
PATIENT = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=30)
)
LOOKING = workflow.ActivityConfig(start_to_close_timeout=timedelta(minutes=5), retry_policy=PATIENT)
TAKING = workflow.ActivityConfig(
    start_to_close_timeout=timedelta(minutes=5),
    heartbeat_timeout=timedelta(seconds=10),
    retry_policy=PATIENT,
)


@dataclass(frozen=True)
class FileReading:
    """How far a file is read; *rows* is None until it is looked through, or when it is refused."""

    file_id: int
    rows_done: int = 0
    rows: int | None = None
    is_done: bool = False


def file_workflow_id(file_id: int) -> str:
    return f"file-{file_id}"


async def look_through(
    act: Callable[[Any, int], Awaitable[int | None]], reading: FileReading
) -> FileReading:
    """How many rows there are; a file that is refused has none and is done."""
    rows = await workflow.execute_activity_method(act, reading.file_id, **LOOKING)
    return FileReading(reading.file_id, reading.rows_done, rows, is_done=rows is None)


async def take_rows(
    act: Callable[[Any, RowsFrom], Awaitable[Taken]], reading: FileReading
) -> FileReading:
    if workflow.info().is_continue_as_new_suggested():
        workflow.continue_as_new(reading)
    order = RowsFrom(reading.file_id, reading.rows_done)
    taken = await workflow.execute_activity_method(act, order, **TAKING)
    return FileReading(reading.file_id, taken.rows_done, reading.rows, is_done=taken.is_last)


@workflow.defn(name="claim-file")
class ClaimFileWorkflow:
    @workflow.init
    def __init__(self, reading: FileReading) -> None:
        self.reading = reading

    @workflow.run
    async def run(self, reading: FileReading) -> FileReading:
        if reading.rows is None:
            self.reading = await look_through(ClaimFileActivities.look_through, reading)
        while not self.reading.is_done:
            self.reading = await take_rows(ClaimFileActivities.take_rows, self.reading)
        return self.reading

    @workflow.query
    def progress(self) -> FileReading:
        return self.reading
