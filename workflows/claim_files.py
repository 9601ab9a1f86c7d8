"""Reads a file of claims to its end, whatever dies on the way, and tells how far it is."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.files import ClaimFileActivities, RowsFrom

# The database may be away for days; a file waits rather than fails. The heartbeat tells within
# seconds that a worker was killed.
PATIENT_READING = workflow.ActivityConfig(
    start_to_close_timeout=timedelta(minutes=5),
    heartbeat_timeout=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=30)
    ),
)
LOOKING_THROUGH = workflow.ActivityConfig(
    start_to_close_timeout=timedelta(minutes=5), retry_policy=PATIENT_READING["retry_policy"]
)


@dataclass(frozen=True)
class FileReading:
    """How far a file is read; *rows* is None until it is looked through, or when it is refused."""

    file_id: int
    rows_done: int = 0
    rows: int | None = None


def file_workflow_id(file_id: int) -> str:
    return f"file-{file_id}"


@workflow.defn(name="claim-file")
class ClaimFileWorkflow:
    @workflow.init
    def __init__(self, reading: FileReading) -> None:
        self.reading = reading

    @workflow.run
    async def run(self, reading: FileReading) -> FileReading:
        file_id = reading.file_id
        rows = reading.rows or await workflow.execute_activity_method(
            ClaimFileActivities.look_through, file_id, **LOOKING_THROUGH
        )
        self.reading = FileReading(file_id, reading.rows_done, rows)
        is_last = rows is None
        while not is_last:
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self.reading)
            is_last = await self.take_rows()
        return self.reading

    async def take_rows(self) -> bool:
        order = RowsFrom(self.reading.file_id, self.reading.rows_done)
        taken = await workflow.execute_activity_method(
            ClaimFileActivities.take_rows, order, **PATIENT_READING
        )
        self.reading = FileReading(order.file_id, taken.rows_done, self.reading.rows)
        return taken.is_last

    @workflow.query
    def progress(self) -> FileReading:
        return self.reading
