"""Notes and attachments: written, listed and opened, with a claim or with a debtor."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Response, UploadFile
from sqlalchemy import RowMapping

from api.attaching import as_download, receive_attachment
from api.dependencies import NoteWriter, TheHouse, Viewer
from api.house import House
from api.routes.describing import ClaimId, problems
from api.schemas.common import Number
from api.schemas.writings import (
    Attached,
    AttachmentList,
    AttachmentView,
    NoteBody,
    NoteList,
    NoteView,
    NoteWritten,
)
from domain.authority import Actor
from domain.file_notes import FileOwner
from persistence.files.attachments import open_attachment, read_attachments
from persistence.files.notes import (
    NewNote,
    notes_that_mention,
    read_notes,
    require_owner,
    write_note,
)
from persistence.trail.audit import note

router = APIRouter(tags=["notes"])
DebtorId = Annotated[Number, Path(examples=[3])]
AttachmentId = Annotated[Number, Path(examples=[17])]
_LISTED, _WRITTEN, _SENT = problems(404, 422), problems(404, 422), problems(404, 413, 422)


@router.get("/claims/{claim_id}/notes", operation_id="listClaimNotes", responses=_LISTED)
async def get_claim_notes(claim_id: ClaimId, house: TheHouse, actor: Viewer) -> NoteList:
    """The notes on a claim. That you looked is written in the audit trail."""
    return await _notes(house, FileOwner(claim_id), actor)


@router.get("/debtors/{debtor_id}/notes", operation_id="listDebtorNotes", responses=_LISTED)
async def get_debtor_notes(debtor_id: DebtorId, house: TheHouse, actor: Viewer) -> NoteList:
    """The notes on a debtor. That you looked is written in the audit trail."""
    return await _notes(house, FileOwner(debtor_id=debtor_id), actor)


@router.post(
    "/claims/{claim_id}/notes",
    operation_id="writeClaimNote",
    status_code=201,
    responses=_WRITTEN,
)
async def post_claim_note(
    claim_id: ClaimId, body: NoteBody, house: TheHouse, actor: NoteWriter
) -> NoteWritten:
    """Write a note on a claim; it is never changed."""
    return await _write(house, FileOwner(claim_id), body, actor)


@router.post(
    "/debtors/{debtor_id}/notes",
    operation_id="writeDebtorNote",
    status_code=201,
    responses=_WRITTEN,
)
async def post_debtor_note(
    debtor_id: DebtorId, body: NoteBody, house: TheHouse, actor: NoteWriter
) -> NoteWritten:
    """Write a note on a debtor; it is never changed."""
    return await _write(house, FileOwner(debtor_id=debtor_id), body, actor)


@router.get("/mentions", operation_id="listMentions", responses=problems())
async def get_mentions(house: TheHouse, actor: Viewer) -> NoteList:
    """The latest notes that ask you to look, those you have not seen first; a hundred at most."""
    async with house.database.transaction() as connection:
        return _note_list(await notes_that_mention(connection, actor.id))


@router.get("/claims/{claim_id}/attachments", operation_id="listClaimAttachments",
            responses=_LISTED)  # fmt: skip
async def get_claim_attachments(
    claim_id: ClaimId, house: TheHouse, actor: Viewer
) -> AttachmentList:
    """The files laid with a claim. That you looked is written in the audit trail."""
    return await _attachments(house, FileOwner(claim_id), actor)


@router.get("/debtors/{debtor_id}/attachments", operation_id="listDebtorAttachments",
            responses=_LISTED)  # fmt: skip
async def get_debtor_attachments(
    debtor_id: DebtorId, house: TheHouse, actor: Viewer
) -> AttachmentList:
    """The files laid with a debtor. That you looked is written in the audit trail."""
    return await _attachments(house, FileOwner(debtor_id=debtor_id), actor)


@router.post(
    "/claims/{claim_id}/attachments",
    operation_id="attachToClaim",
    status_code=201,
    responses=_SENT,
)
async def post_claim_attachment(
    claim_id: ClaimId, file: UploadFile, house: TheHouse, actor: NoteWriter
) -> Attached:
    """Lay a file with a claim: PDF, picture, plain text, mail or office document, 10 MB at most."""
    return await _attach(house, FileOwner(claim_id), file, actor)


@router.post(
    "/debtors/{debtor_id}/attachments",
    operation_id="attachToDebtor",
    status_code=201,
    responses=_SENT,
)
async def post_debtor_attachment(
    debtor_id: DebtorId, file: UploadFile, house: TheHouse, actor: NoteWriter
) -> Attached:
    """Lay a file with a debtor: of the same kinds, 10 MB at most."""
    return await _attach(house, FileOwner(debtor_id=debtor_id), file, actor)


@router.get(
    "/attachments/{attachment_id}",
    operation_id="openAttachment",
    responses=problems(404, 422),
    response_class=Response,
)
async def get_attachment(attachment_id: AttachmentId, house: TheHouse, actor: Viewer) -> Response:
    """The file as it was sent, to be saved and never shown by the browser itself."""
    async with house.database.transaction() as connection:
        return as_download(await open_attachment(connection, attachment_id, actor))


async def _notes(house: House, owner: FileOwner, actor: Actor) -> NoteList:
    async with house.database.transaction() as connection:
        await require_owner(connection, owner)
        found = await read_notes(connection, owner)
        await note(connection, owner.audit_subject, actor.id, "viewed")
    return _note_list(found)


def _note_list(rows: Sequence[RowMapping]) -> NoteList:
    return NoteList(items=[NoteView.model_validate(dict(row)) for row in rows])


async def _write(house: House, owner: FileOwner, body: NoteBody, actor: Actor) -> NoteWritten:
    new = NewNote(body.kind, body.text, tuple(body.mentions), body.corrects)
    async with house.database.transaction() as connection:
        number = await write_note(connection, owner, new, actor, house.today)
    return NoteWritten(note_id=number)


async def _attachments(house: House, owner: FileOwner, actor: Actor) -> AttachmentList:
    async with house.database.transaction() as connection:
        await require_owner(connection, owner)
        rows = await read_attachments(connection, owner)
        await note(connection, owner.audit_subject, actor.id, "viewed")
    return AttachmentList(items=[AttachmentView(**row) for row in rows])


async def _attach(house: House, owner: FileOwner, file: UploadFile, actor: Actor) -> Attached:
    async with house.database.transaction() as connection:
        number, is_new = await receive_attachment(connection, owner, file, actor, house.today)
    return Attached(attachment_id=number, is_new=is_new)
