"""What people write down and lay in the files of claims and debtors."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table

_ONE_OWNER = "(claim_id is null) <> (debtor_id is null)"


class FileNote(Table):
    """A note on a claim or a debtor. Append-only: a later note may correct an earlier one."""

    __tablename__ = "file_notes"
    __table_args__ = (
        CheckConstraint(_ONE_OWNER, name="one_owner"),
        CheckConstraint("text <> ''", name="says_something"),
    )

    id: Mapped[Serial]
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claims.id"), index=True)
    debtor_id: Mapped[int | None] = mapped_column(ForeignKey("debtors.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    author: Mapped[str] = mapped_column(ForeignKey("users.id"))
    written_on: Mapped[date]  # the town's day
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())  # real time
    corrects_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("file_notes.id"), index=True
    )


class NoteMention(Table):
    """A colleague whom a note asks to look; *seen_at* is when they did, in real time."""

    __tablename__ = "note_mentions"
    __table_args__ = (
        Index("ix_note_mentions_unseen", "user_id", postgresql_where="seen_at is null"),
        Index("ix_note_mentions_user", "user_id", "note_id"),
    )

    note_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("file_notes.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    seen_at: Mapped[datetime | None]


class Attachment(Table):
    """A file laid in a claim's or a debtor's file, perhaps with a note. Append-only."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint(_ONE_OWNER, name="one_owner"),
        UniqueConstraint("claim_id", "sha256"),
        UniqueConstraint("debtor_id", "sha256"),
    )

    id: Mapped[Serial]
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claims.id"))
    debtor_id: Mapped[int | None] = mapped_column(ForeignKey("debtors.id"))
    note_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("file_notes.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]  # by its content
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("attachment_contents.sha256"))
    attached_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    attached_on: Mapped[date]
    attached_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AttachmentContent(Table):
    """The bytes, once, whoever attached them and however often. Append-only."""

    __tablename__ = "attachment_contents"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
