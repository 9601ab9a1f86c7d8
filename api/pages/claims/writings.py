"""Notes and attachments as pages: the forms beside a claim or a debtor, and files to be saved."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.attaching import as_download, receive_attachment
from api.dependencies import CaseVisitor, NoteVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.authority import Actor
from domain.errors import Fault, Invalid
from domain.file_notes import FileOwner, NoteKind
from persistence.files.attachments import open_attachment
from persistence.files.notes import (
    NewNote,
    colleagues,
    notes_that_mention,
    read_notes,
    require_owner,
    write_note,
)
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute)
_LARGEST_ID = 2**63 - 1
DebtorId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]
NoteId = Annotated[int | None, Query(ge=1, le=_LARGEST_ID)]


@dataclass(frozen=True, slots=True)
class NoteForm:
    """What was typed, kept until it is right. *key*: pressed twice it is written once."""

    kind: str = NoteKind.NOTE.value
    text: str = ""
    mentions: list[str] = field(default_factory=list)
    corrects: int | None = None
    files: list[UploadFile] = field(default_factory=list)
    key: str = field(default_factory=new_key)

    def read(self) -> NewNote:
        if self.kind not in set(NoteKind):
            raise Invalid(Fault("kind", "note-kind-unknown"))
        return NewNote(NoteKind(self.kind), self.text, tuple(self.mentions), self.corrects)

    @property
    def fingerprint(self) -> dict[str, Any]:
        files = [(file.filename, file.size) for file in self.files]
        return {"kind": self.kind, "text": self.text, "mentions": self.mentions, "files": files}


def _form(
    kind: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    mentions: Annotated[list[str], Form()] = [],  # noqa: B006  # as FastAPI wants it
    corrects: Annotated[int | None, Form(ge=1, le=_LARGEST_ID)] = None,
    file: Annotated[list[UploadFile], File()] = [],  # noqa: B006  # as FastAPI wants it
    key: Annotated[str, Form(max_length=100)] = "",
) -> NoteForm:
    chosen = [one for one in file if one.filename or one.size]
    return NoteForm(kind, text, mentions, corrects, chosen, key or new_key())


TheNote = Annotated[NoteForm, Depends(_form)]


@router.get("/claims/{claim_id}/notes")
async def ask_for_claim_note(
    request: Request,
    house: TheHouse,
    _: NoteVisitor,
    claim_id: ClaimId,
    corrects: NoteId = None,
) -> Response:
    return await _show_form(request, house, FileOwner(claim_id), NoteForm(corrects=corrects))


@router.get("/debtors/{debtor_id}/notes")
async def ask_for_debtor_note(
    request: Request,
    house: TheHouse,
    _: NoteVisitor,
    debtor_id: DebtorId,
    corrects: NoteId = None,
) -> Response:
    owner = FileOwner(debtor_id=debtor_id)
    return await _show_form(request, house, owner, NoteForm(corrects=corrects))


@router.post("/claims/{claim_id}/notes")
async def write_claim_note(
    request: Request, house: TheHouse, actor: NoteVisitor, claim_id: ClaimId, form: TheNote
) -> Response:
    return await _write(request, house, FileOwner(claim_id), form, actor)


@router.post("/debtors/{debtor_id}/notes")
async def write_debtor_note(
    request: Request, house: TheHouse, actor: NoteVisitor, debtor_id: DebtorId, form: TheNote
) -> Response:
    return await _write(request, house, FileOwner(debtor_id=debtor_id), form, actor)


@router.post("/claims/{claim_id}/attachments")
async def attach_to_claim(
    request: Request, house: TheHouse, actor: NoteVisitor, claim_id: ClaimId, file: UploadFile
) -> Response:
    return await _attach(request, house, FileOwner(claim_id), file, actor)


@router.post("/debtors/{debtor_id}/attachments")
async def attach_to_debtor(
    request: Request, house: TheHouse, actor: NoteVisitor, debtor_id: DebtorId, file: UploadFile
) -> Response:
    return await _attach(request, house, FileOwner(debtor_id=debtor_id), file, actor)


@router.get("/attachments/{attachment_id}")
async def save_attachment(
    house: TheHouse,
    actor: CaseVisitor,
    attachment_id: Annotated[int, Path(ge=1, le=_LARGEST_ID)],
) -> Response:
    """The file as it was sent."""
    async with house.database.transaction() as connection:
        return as_download(await open_attachment(connection, attachment_id, actor))


@router.get("/mentions")
async def show_mentions(request: Request, house: TheHouse, actor: CaseVisitor) -> Response:
    async with house.database.transaction() as connection:
        found = await notes_that_mention(connection, actor.id)
    return show(request, "mentions", {"notes": found})


async def _write(
    request: Request, house: House, owner: FileOwner, form: NoteForm, actor: Actor
) -> Response:
    """The note and all its files, or nothing and the form again with what was typed."""

    async def act(connection: AsyncConnection) -> StoredAnswer:
        number = await write_note(connection, owner, form.read(), actor, house.today)
        for file in form.files:
            await receive_attachment(connection, owner, file, actor, house.today, number)
        return StoredAnswer(303, {"note": number})

    try:
        await once(house, actor, form.key, fingerprint(request, form.fingerprint), act)
    except Invalid as wrong:
        return await _show_form(request, house, owner, form, wrong.faults)
    return RedirectResponse(f"{_home(owner)}?said=note-written#notes", 303)


async def _attach(
    request: Request, house: House, owner: FileOwner, file: UploadFile, actor: Actor
) -> Response:
    try:
        async with house.database.transaction() as connection:
            _, is_new = await receive_attachment(connection, owner, file, actor, house.today)
    except Invalid as wrong:
        return await _show_form(request, house, owner, None, wrong.faults)
    said = "attached" if is_new else "attached-before"
    return RedirectResponse(f"{_home(owner)}?said={said}#attachments", 303)


async def _show_form(
    request: Request,
    house: House,
    owner: FileOwner,
    form: NoteForm | None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.transaction() as connection:
        await require_owner(connection, owner)
        notes = await read_notes(connection, owner) if form and form.corrects else ()
        people = await colleagues(connection)
    facts = {
        "base": _home(owner),
        "owner_name": owner.claim_id or f"#{owner.debtor_id}",
        "form": form,
        "corrected": next((one for one in notes if form and one["id"] == form.corrects), None),
        "colleagues": people,
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "note", facts, 422 if faults else 200)


def _home(owner: FileOwner) -> str:
    return f"/claims/{owner.claim_id}" if owner.claim_id else f"/debtors/{owner.debtor_id}"
