"""An attachment on its way in and out: read and judged first, handed out only to be saved."""

import re
from datetime import date
from urllib.parse import quote

from fastapi import Response, UploadFile
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.attachments import LARGEST_ATTACHMENT, read_attachment
from domain.authority import Actor
from domain.file_notes import FileOwner
from persistence.files.attachments import attach

LARGEST_BODY = 4 * LARGEST_ATTACHMENT
"""Bytes: a note with a few files; each of them has its own limit, which is told in words."""


async def receive_attachment(
    connection: AsyncConnection,
    owner: FileOwner,
    upload: UploadFile,
    actor: Actor,
    on: date,
    note_id: int | None = None,
) -> tuple[int, bool]:
    """Raises Invalid for what may not be kept: then nothing of it is."""
    content = await upload.read(LARGEST_ATTACHMENT + 1)
    file = read_attachment("file", upload.filename or "", content)
    return await attach(connection, owner, file, actor, on, note_id)


def as_download(row: RowMapping) -> Response:
    """However hostile its content is: the browser saves it and runs nothing of it."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", row["name"])
    name = f"filename=\"{plain}\"; filename*=UTF-8''{quote(row['name'], safe='')}"
    headers = {
        "Content-Disposition": f"attachment; {name}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
    }
    return Response(row["content"], media_type=row["media_type"], headers=headers)
