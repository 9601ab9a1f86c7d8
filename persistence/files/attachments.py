"""Files laid with claims and debtors: the same file twice is one, and its bytes are kept once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.attachments import NewAttachment
from domain.authority import Actor
from domain.errors import Fault, Invalid, NotFound
from domain.file_notes import FileOwner
from persistence.files.notes import require_owner, require_writer
from persistence.models import Attachment, AttachmentContent, FileNote, User
from persistence.trail.audit import note


async def attach(
    connection: AsyncConnection,
    owner: FileOwner,
    file: NewAttachment,
    actor: Actor,
    on: date,
    note_id: int | None = None,
) -> tuple[int, bool]:
    """The attachment's number, and whether it is new: the same bytes in the same file are one."""
    require_writer(actor)
    return await lay(connection, owner, file, actor, on, note_id)


async def lay(
    connection: AsyncConnection,
    owner: FileOwner,
    file: NewAttachment,
    actor: Actor,
    on: date,
    note_id: int | None = None,
) -> tuple[int, bool]:
    """As `attach`, for a caller who knows that the actor may."""
    await require_owner(connection, owner)
    await _require_note(connection, owner, note_id)
    number = await _lay(connection, owner, file, actor, on, note_id)
    if number is None:
        known = select(Attachment.id).where(_lies_with(owner), Attachment.sha256 == file.sha256)
        return int((await connection.execute(known)).scalar_one()), False
    await note(connection, owner.audit_subject, actor.id, "attached", attachment=number)
    return number, True


async def _lay(
    connection: AsyncConnection,
    owner: FileOwner,
    file: NewAttachment,
    actor: Actor,
    on: date,
    note_id: int | None,
) -> int | None:
    """None when it lies there already."""
    await _keep_bytes(connection, file)
    values = {
        "claim_id": owner.claim_id,
        "debtor_id": owner.debtor_id,
        "note_id": note_id,
        "name": file.name,
        "media_type": file.media_type,
        "size_bytes": len(file.content),
        "sha256": file.sha256,
        "attached_by": actor.id,
        "attached_on": on,
    }
    laid = insert(Attachment).values(values).on_conflict_do_nothing().returning(Attachment.id)
    return (await connection.execute(laid)).scalar()


async def _keep_bytes(connection: AsyncConnection, file: NewAttachment) -> None:
    content = {"sha256": file.sha256, "content": file.content}
    await connection.execute(insert(AttachmentContent).values(content).on_conflict_do_nothing())


async def _require_note(connection: AsyncConnection, owner: FileOwner, note_id: int | None) -> None:
    if note_id is None:
        return
    found = select(FileNote.claim_id, FileNote.debtor_id).where(FileNote.id == note_id)
    row = (await connection.execute(found)).first()
    if row is None or tuple(row) != (owner.claim_id, owner.debtor_id):
        raise Invalid(Fault("note_id", "note-in-another-file"))


def _lies_with(owner: FileOwner) -> Any:
    if owner.claim_id:
        return Attachment.claim_id == owner.claim_id
    return Attachment.debtor_id == owner.debtor_id


def _listed() -> Select[*tuple[Any, ...]]:
    return select(
        Attachment.id,
        Attachment.claim_id,
        Attachment.debtor_id,
        Attachment.note_id,
        Attachment.name,
        Attachment.media_type,
        Attachment.size_bytes,
        Attachment.sha256,
        Attachment.attached_by,
        User.name.label("attached_by_name"),
        Attachment.attached_on,
        Attachment.attached_at,
    ).join(User, User.id == Attachment.attached_by)


async def read_attachments(connection: AsyncConnection, owner: FileOwner) -> Sequence[RowMapping]:
    """The newest first, without their bytes."""
    found = _listed().where(_lies_with(owner)).order_by(Attachment.id.desc())
    return (await connection.execute(found)).mappings().all()


async def open_attachment(
    connection: AsyncConnection, attachment_id: int, actor: Actor
) -> RowMapping:
    """The attachment with its `content`; that someone opened it is noted. Raises NotFound."""
    found = (
        _listed()
        .add_columns(AttachmentContent.content)
        .join(AttachmentContent, AttachmentContent.sha256 == Attachment.sha256)
        .where(Attachment.id == attachment_id)
    )
    row = (await connection.execute(found)).mappings().first()
    if row is None:
        raise NotFound("attachment", attachment_id)
    owner = FileOwner(row["claim_id"], row["debtor_id"])
    await note(
        connection, owner.audit_subject, actor.id, "attachment-opened", attachment=attachment_id
    )
    return row
