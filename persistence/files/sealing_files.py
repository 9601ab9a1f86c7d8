"""Files of claims hold CPR numbers: their bytes are sealed once numbers are.

Files of banks stay as they came: they are read a piece at a time, and tell of payers what these
wrote themselves.
"""

from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.debtors.numbers import NoKeys, safe_of
from persistence.models import FileRow, NumberSealing
from sealing.keys import CannotOpen, Sealed

SEALED_KIND = "claims"
_BEGAN = select(NumberSealing.began_at)
_KEEP = (
    update(FileRow)
    .where(FileRow.id == bindparam("file"))
    .values(content=bindparam("bytes"), sealed_key=bindparam("key"))
)


async def sealed_content(
    connection: AsyncConnection, kind: str, digest: str, content: bytes
) -> dict[str, Any]:
    """The columns that hold a file's bytes. Raises NoKeys."""
    safe = safe_of(connection)
    if kind != SEALED_KIND or (await connection.execute(_BEGAN)).first() is None:
        return {"content": content, "sealed_key": None}
    if safe is None:
        raise NoKeys("files are sealed here and there are no keys")
    sealed = safe.ring.seal(content, _place_of(digest))
    return {"content": sealed.content, "sealed_key": sealed.key}


def open_content(connection: AsyncConnection, row: Any) -> bytes:
    """*row*: content, sealed_key and sha256. Raises NoKeys."""
    if row.sealed_key is None:
        return bytes(row.content)
    safe = safe_of(connection)
    try:
        if safe is not None:
            sealed = Sealed(row.sealed_key, bytes(row.content))
            safe.opened["file"] += 1
            return safe.ring.open(sealed, _place_of(row.sha256))
    except CannotOpen:
        pass
    raise NoKeys("a file cannot be opened")


async def seal_a_file(connection: AsyncConnection, after: int) -> int | None:
    """The next one with an id above *after*; its id, None when none was left."""
    safe = safe_of(connection)
    if safe is None:
        raise NoKeys("there are no keys to seal files with")
    is_old = or_(FileRow.sealed_key.is_(None), FileRow.sealed_key != safe.ring.current)
    has_content = func.length(FileRow.content) > 0
    columns = (FileRow.id, FileRow.sha256, FileRow.content, FileRow.sealed_key)
    found = select(*columns).where(FileRow.kind == SEALED_KIND, FileRow.id > after, is_old)
    wanted = found.where(has_content).order_by(FileRow.id).limit(1).with_for_update()
    row = (await connection.execute(wanted)).first()
    if row is None:
        return None
    sealed = safe.ring.seal(open_content(connection, row), _place_of(row.sha256))
    values = {"file": row.id, "bytes": sealed.content, "key": sealed.key}
    await connection.execute(_KEEP, values)
    return int(row.id)


def _place_of(digest: str) -> bytes:
    return f"files.content {digest}".encode()
