"""Files that came in: kept whole, read row by row behind a cursor, with what was refused."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import delete, distinct, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim_fields import UNKNOWN
from domain.errors import Conflict, Fault, Invalid, NotFound
from persistence.files.sealing_files import open_content, sealed_content
from persistence.models import FileFault, FileRow
from persistence.outbox import START_FILE, tell

Kind = Literal["claims", "payments", "betalingsservice"]

RECEIVED, DONE, REFUSED = "received", "done", "refused"

LARGEST_FILE = 200 * 1024 * 1024
"""Bytes. A municipality's whole year of claims is a tenth of it."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """*rows* is how many there are, once the file has been looked through."""

    id: int
    kind: str
    name: str
    state: str
    rows_done: int
    rows_taken: int
    received_on: date
    received_by: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileProgress:
    """*rows_taken* became claims or payments; *rows_refused* are in the report."""

    file_id: int
    state: str
    rows: int | None
    rows_done: int
    rows_taken: int
    rows_refused: int


@dataclass(frozen=True, slots=True)
class RowFault:
    """*row* as the sender's spreadsheet or editor counts; 0 is the file as a whole."""

    row: int
    fault: Fault
    is_warning: bool = False


async def keep_file(
    connection: AsyncConnection, kind: Kind, name: str, content: bytes, actor: str, on: date
) -> tuple[int, bool]:
    """The file's id, and whether it is new: the same bytes again are the same file.

    A file that is new is read as soon as its message has reached Temporal. One that was refused as
    one kind may be sent again as the other, for nothing of it was taken. Raises Invalid for a file
    that is too large, Conflict for one taken as the other kind.
    """
    if len(content) > LARGEST_FILE:
        megabytes = str(LARGEST_FILE // 1024 // 1024)
        raise Invalid(Fault("", "file-too-large", {"limit": megabytes}))
    digest = hashlib.sha256(content).hexdigest()
    values = {
        "sha256": digest,
        "kind": kind,
        "name": name,
        **await sealed_content(connection, kind, digest, content),
        "received_on": on,
        "received_by": actor,
        "facts": {},
    }
    new = upsert(FileRow).values(values).on_conflict_do_nothing(index_elements=["sha256"])
    file_id = (await connection.execute(new.returning(FileRow.id))).scalar()
    is_new = file_id is not None
    if file_id is None:
        file_id, is_new = await _known_file(connection, digest, kind, content)
    if is_new:
        await tell(connection, f"file-{file_id}", START_FILE, {"kind": kind})
    return file_id, is_new


async def tell_again(connection: AsyncConnection) -> int:
    """Have every file read that is not done: whoever was reading may be gone. How many they are."""
    found = select(FileRow.id, FileRow.kind).where(FileRow.state == RECEIVED).order_by(FileRow.id)
    files = (await connection.execute(found)).all()
    for file in files:
        await tell(connection, f"file-{file.id}", START_FILE, {"kind": file.kind})
    return len(files)


async def _known_file(
    connection: AsyncConnection, digest: str, kind: Kind, content: bytes
) -> tuple[int, bool]:
    columns = (FileRow.id, FileRow.kind, FileRow.state)
    found = select(*columns).where(FileRow.sha256 == digest).with_for_update()
    known = (await connection.execute(found)).one()
    if known.kind == kind:
        return known.id, False
    if known.state != REFUSED:
        raise Conflict(f"file {known.id} was taken as {known.kind}")
    await connection.execute(delete(FileFault).where(FileFault.file_id == known.id))
    kept = await sealed_content(connection, kind, digest, content)
    anew = update(FileRow).where(FileRow.id == known.id)
    await connection.execute(anew.values(kind=kind, state=RECEIVED, **kept))
    return known.id, True


async def find_file(
    connection: AsyncConnection, file_id: int, *, is_locked: bool = False
) -> KeptFile:
    """All but its content. Raises NotFound."""
    columns = [getattr(FileRow, name) for name in KeptFile.__slots__]
    found = select(*columns).where(FileRow.id == file_id)
    if is_locked:
        found = found.with_for_update()
    row = (await connection.execute(found)).first()
    if row is None:
        raise NotFound("file", file_id)
    return KeptFile(*row)


async def latest_files(connection: AsyncConnection, most: int = 100) -> list[KeptFile]:
    """The latest first."""
    columns = [getattr(FileRow, name) for name in KeptFile.__slots__]
    found = select(*columns).order_by(FileRow.id.desc()).limit(most)
    return [KeptFile(*row) for row in await connection.execute(found)]


async def read_content(connection: AsyncConnection, file_id: int) -> bytes:
    """The file as it came. Raises NotFound."""
    found = select(FileRow.content, FileRow.sealed_key, FileRow.sha256).where(FileRow.id == file_id)
    row = (await connection.execute(found)).first()
    if row is None:
        raise NotFound("file", file_id)
    return open_content(connection, row)


async def note_faults(
    connection: AsyncConnection, file_id: int, faults: Sequence[RowFault]
) -> None:
    rows = [
        {
            "file_id": file_id,
            "row": at.row,
            "field": at.fault.field,
            "code": at.fault.code,
            "placeholders": at.fault.values,
            "is_warning": at.is_warning,
        }
        for at in faults
    ]
    if rows:
        await connection.execute(insert(FileFault), rows)


async def move_cursor(
    connection: AsyncConnection, file_id: int, rows_done: int, newly_taken: int
) -> None:
    """In the transaction of what the rows became: so a killed worker repeats nothing."""
    await connection.execute(
        update(FileRow)
        .where(FileRow.id == file_id)
        .values(rows_done=rows_done, rows_taken=FileRow.rows_taken + newly_taken)
    )


async def set_state(
    connection: AsyncConnection, file_id: int, state: str, facts: dict[str, Any] | None = None
) -> None:
    values: dict[str, Any] = {"state": state}
    if facts is not None:
        values["facts"] = facts
    await connection.execute(update(FileRow).where(FileRow.id == file_id).values(**values))


async def progress(connection: AsyncConnection, file_id: int) -> FileProgress:
    """Raises NotFound."""
    file = await find_file(connection, file_id)
    refused = select(func.count(distinct(FileFault.row))).where(
        FileFault.file_id == file_id, FileFault.row > 0, FileFault.is_warning.is_(False)
    )
    return FileProgress(
        file_id=file_id,
        state=file.state,
        rows=file.facts.get("rows"),
        rows_done=file.rows_done,
        rows_taken=file.rows_taken,
        rows_refused=await connection.scalar(refused) or 0,
    )


async def faults(connection: AsyncConnection, file_id: int) -> list[RowFault]:
    """What was wrong or odd, in the order of the rows."""
    found = select(FileFault).where(FileFault.file_id == file_id)
    rows = await connection.execute(found.order_by(FileFault.row, FileFault.id))
    return [
        RowFault(r["row"], Fault(r["field"], r["code"], r["placeholders"]), r["is_warning"])
        for r in rows.mappings()
    ]


async def noted_unknown_fields(connection: AsyncConnection, file_id: int) -> set[str]:
    found = (
        select(FileFault.field)
        .distinct()
        .where(FileFault.file_id == file_id, FileFault.code.in_(UNKNOWN))
    )
    return set((await connection.execute(found)).scalars())
