"""Letters asked for, what they looked like, what came of them, and what stops the post."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class LetterRow(Table):
    """One debtor's copy of one letter. *deadline* is the debtor's last day, as far as is known.

    States: requested → dispatched → delivered; or cancelled (paid meanwhile), refused (on its way
    by the other channel), undelivered (a person must find the debtor).

    Letters to one debtor may leave as one: then *goes_with* is the one whose text it is, which
    alone has a text and a number in the post.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("subject", "key", "debtor_id"),
        Index("ix_letters_tray", "planned_on", postgresql_where="state = 'requested'"),
        Index("ix_letters_tray_by_debtor", "debtor_id", postgresql_where="state = 'requested'"),
        Index("ix_letters_followers", "goes_with", postgresql_where="goes_with is not null"),
        Index("ix_letters_claim", "claim_id"),
        Index("ix_letters_planned", "planned_on"),
        Index("ix_letters_dispatched", "dispatched_on"),
    )

    id: Mapped[Serial]
    subject: Mapped[str]  # the claim or agreement whose story asked
    key: Mapped[str]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"))
    debtor_id: Mapped[int] = mapped_column(ForeignKey("debtors.id"))
    letter: Mapped[str]
    days: Mapped[int]
    requested_on: Mapped[date]
    planned_on: Mapped[date]
    deadline: Mapped[date]
    state: Mapped[str] = mapped_column(default="requested")
    channel: Mapped[str] = mapped_column(default="digital-post")
    dispatched_on: Mapped[date | None]
    delivered_on: Mapped[date | None]
    template: Mapped[str | None]
    title: Mapped[str | None]
    body: Mapped[str | None]
    sha256: Mapped[str | None]
    goes_with: Mapped[int | None] = mapped_column(ForeignKey("letters.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    """What is particular in it: a person's own words, a hold's days, a refund."""


class LetterDocument(Table):
    """What was sent under one number in the post. Never changed once it was offered: then it has
    its PDF; before that only what the PDF is made of.
    """

    __tablename__ = "letter_documents"
    __table_args__ = (
        CheckConstraint(
            "(pdf is null) = (pdf_sha256 is null) and (pdf is null) = (layout is null)",
            name="printed",
        ),
    )

    message_id: Mapped[str] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    template: Mapped[str]
    policy_version: Mapped[str]
    written_on: Mapped[date]
    document: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    layout: Mapped[str | None]
    pdf: Mapped[bytes | None]
    pdf_sha256: Mapped[str | None]


class LetterEvent(Table):
    """What happened to a letter beside its way: held back and why, cancelled and why, receipts.

    Append-only.
    """

    __tablename__ = "letter_events"
    __table_args__ = (UniqueConstraint("letter_id", "happened_on", "event", "reason"),)

    id: Mapped[Serial]
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"))
    happened_on: Mapped[date] = mapped_column(index=True)
    event: Mapped[str]
    reason: Mapped[str]
    facts: Mapped[dict[str, Any]]


class PostStop(Table):
    """Nothing leaves while one is in force: *kind* brake (too many letters), button (a person)."""

    __tablename__ = "post_stops"
    __table_args__ = (
        Index(
            "ix_post_stops_in_force", "kind", unique=True, postgresql_where="released_at is null"
        ),
    )

    id: Mapped[Serial]
    kind: Mapped[str]
    reason: Mapped[str]
    stopped_at: Mapped[datetime]
    stopped_by: Mapped[str]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    facts: Mapped[dict[str, Any]]


class PostForecast(Table):
    """How many letters were foreseen for a day, on the eve of it."""

    __tablename__ = "post_forecasts"

    day: Mapped[date] = mapped_column(primary_key=True)
    letters: Mapped[int]
    made_at: Mapped[datetime]
