"""Letters asked for, sent and received."""

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class LetterRow(Table):
    """One debtor's copy of one letter. *deadline* is the debtor's last day, as far as is known.

    States: requested → dispatched → delivered; or cancelled (paid meanwhile), refused (on its way
    by the other channel), undelivered (a person must find the debtor).
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("subject", "key", "debtor_id"),
        Index("ix_letters_tray", "planned_on", postgresql_where="state = 'requested'"),
        Index("ix_letters_claim", "claim_id"),
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
