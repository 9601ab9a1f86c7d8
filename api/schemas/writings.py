"""Notes and attachments in the files of claims and debtors, as clients see them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, Strict

from api.schemas.common import Body, Number, View
from domain.file_notes import LONGEST_NOTE, MOST_MENTIONS, NoteKind

_UserId = Annotated[str, Strict(), Field(min_length=1, max_length=200)]


class NoteBody(Body):
    """What was said or seen. A note is never changed; *corrects* names the one it puts right."""

    kind: NoteKind
    text: Annotated[str, Strict()] = Field(
        min_length=1, max_length=LONGEST_NOTE, examples=["Ringede; betaler på fredag."]
    )
    mentions: list[_UserId] = Field(
        default=[], max_length=MOST_MENTIONS, description="Ids of colleagues who should look."
    )
    corrects: Number | None = Field(default=None, description="An earlier note in the same file.")


class NoteWritten(View):
    note_id: int


class MentionView(View):
    id: str
    name: str
    has_seen: bool


class AttachedView(View):
    id: int
    name: str


class NoteView(View):
    """*written_on* is the town's day, *written_at* the real moment."""

    id: int
    claim_id: str | None
    debtor_id: int | None
    kind: NoteKind
    text: str
    author: str
    author_name: str
    written_on: date
    written_at: datetime
    corrects_id: int | None
    corrected_by: int | None = Field(description="The newest note that corrects this one.")
    mentions: list[MentionView]
    attachments: list[AttachedView]


class NoteList(View):
    items: list[NoteView] = Field(description="The newest first.")


class AttachmentView(View):
    id: int
    claim_id: str | None
    debtor_id: int | None
    note_id: int | None
    name: str
    media_type: str = Field(description="By the content, not by the name.")
    size_bytes: int
    sha256: str
    attached_by: str
    attached_by_name: str
    attached_on: date
    attached_at: datetime


class AttachmentList(View):
    items: list[AttachmentView] = Field(description="The newest first.")


class Attached(View):
    attachment_id: int
    is_new: bool = Field(description="The same bytes again in the same file are the same.")
