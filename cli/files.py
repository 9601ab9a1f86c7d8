"""Reading a file of claims or payments into a running house, and what became of its rows."""

import asyncio
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from cli.doors import Door
from cli.ending import FAILED, REFUSED_ROWS
from cli.words import Words
from domain.authority import HOUSE
from domain.file_kinds import kind_of
from persistence.database import Database
from persistence.files.received import (
    DONE,
    REFUSED,
    FileProgress,
    Kind,
    find_file,
    keep_file,
    progress,
)
from reports.files import ReportRow, report
from workflows.claim_files import FileReading, file_workflow_id
from workflows.queues import FILE_READERS, ROUNDS

_LOOK_EVERY_SECONDS = 0.2
_HEAD_BYTES = 64


async def receive(database: Database, client: Client, kind: Kind, path: Path, on: date) -> int:
    """Keep the file and let its workflow read it; returns its number. Twice is once."""
    content = await asyncio.to_thread(path.read_bytes)
    if kind == "payments" and kind_of(path.name, content[:_HEAD_BYTES]) == "betalingsservice":
        kind = "betalingsservice"
    async with database.transaction() as connection:
        file_id, _ = await keep_file(connection, kind, path.name, content, HOUSE.id, on)
    await start_reading(client, kind, file_id)
    return file_id


async def start_reading(client: Client, kind: Kind, file_id: int) -> None:
    await client.start_workflow(
        FILE_READERS[kind],
        FileReading(file_id),
        id=file_workflow_id(file_id),
        task_queue=ROUNDS,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


async def import_file(kind: Kind, path: Path, say: Words) -> int:
    """0 when every row was taken, 2 when some were refused, 1 when the file was."""
    async with Door.open() as door:
        try:
            client = await door.temporal()
            file_id = await receive(door.database, client, kind, path, door.today)
        except (RPCError, RuntimeError):
            print(say("import-kept"))  # it is kept, and read when the command is given again
            raise
        state = await _watch(door.database, file_id, say)
        async with door.database.transaction() as connection:
            return await _tell(connection, state, say)


async def _watch(database: Database, file_id: int, say: Words) -> FileProgress:
    """A bar of how far the file is, until it is read to its end."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(say("import-reads"), total=None)
        while True:
            async with database.transaction() as connection:
                state = await progress(connection, file_id)
            bar.update(task, total=state.rows, completed=state.rows_done)
            if state.state in {DONE, REFUSED}:
                return state
            await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _tell(connection: AsyncConnection, state: FileProgress, say: Words) -> int:
    file = await find_file(connection, state.file_id)
    rows = await report(connection, state.file_id, say.language)
    for row in rows:
        print(_line(row, say))
    if state.state == REFUSED:
        print(say("import-refused", name=file.name))
        return FAILED
    print(
        say(
            f"import-done-{file.kind}",
            name=file.name,
            rows=state.rows_done,
            taken=state.rows_taken,
            refused=state.rows_refused,
        )
    )
    return REFUSED_ROWS if state.rows_refused else 0


def _line(row: ReportRow, say: Words) -> str:
    code = "import-row-warned" if row.is_warning else "import-row-refused"
    where = say("import-row", row=row.row) if row.row else say("import-whole-file")
    field = f" [{row.field}]" if row.field else ""
    return f"{where}{field} {say(code)}: {row.sentence}"
