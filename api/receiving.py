"""A file that someone sends by hand: known by its content, and only from who may send such."""

from datetime import date

from fastapi import UploadFile
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.errors import Fault, Invalid
from domain.file_kinds import kind_of
from persistence.files.received import Kind, keep_file

_HEAD_BYTES = 64
_LONGEST_NAME = 200
_RIGHTS: dict[str, tuple[Kind, Right]] = {
    "claims": ("claims", Right.REGISTER_CLAIMS),
    "payments": ("payments", Right.BOOK_PAYMENTS),
    "betalingsservice": ("betalingsservice", Right.BOOK_PAYMENTS),
}


async def receive_upload(
    connection: AsyncConnection, upload: UploadFile, actor: Actor, on: date
) -> tuple[int, Kind, bool]:
    """The file's number and kind, and whether it is new.

    Raises Invalid for what nobody reads here, NotAllowed (role), Conflict when the same bytes were
    taken as another kind.
    """
    content = await upload.read()
    name = (upload.filename or "")[-_LONGEST_NAME:]
    found = kind_of(name, content[:_HEAD_BYTES])
    if found is None:
        raise Invalid(Fault("file", "file-of-no-kind"))
    kind, right = _RIGHTS[found]
    require(actor, right)
    number, is_new = await keep_file(connection, kind, name or kind, content, actor.id, on)
    return number, kind, is_new
