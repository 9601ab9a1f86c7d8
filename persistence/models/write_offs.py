"""Claims that are given up, and what lets claims rest."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Serial, Table

_STANDS = "state in ('proposed', 'approved')"


class WriteOffBatch(Table):
    """Claims proposed in one go, and what a second person said: small ones, or those of an estate.

    *suspension_id*: the estate that left nothing; *task_id*: where that was answered.
    """

    __tablename__ = "write_off_batches"

    id: Mapped[Serial]
    reason: Mapped[str]
    reasons: Mapped[str]
    suspension_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("suspensions.id"))
    task_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tasks.id"))
    state: Mapped[str] = mapped_column(default="proposed")  # then approved or refused
    proposed_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    proposed_on: Mapped[date]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    decided_on: Mapped[date | None]


class _Proposal:
    """That a claim, or one who owes it, is let go: why, on what proof, and who said so."""

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tasks.id"))
    """Where it was proposed: an assessment, an estate that left nothing; None for small amounts."""
    reason: Mapped[str]
    legal_basis: Mapped[str]
    explanation: Mapped[str]
    proved_on: Mapped[date | None]
    attachment_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("attachments.id"))
    journal: Mapped[str] = mapped_column(server_default=text("''"), default="")
    amount_ore: Mapped[Ore]
    approval: Mapped[str]
    state: Mapped[str] = mapped_column(default="proposed")
    proposed_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    proposed_on: Mapped[date]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    decided_on: Mapped[date | None]
    committee_on: Mapped[date | None]
    committee_item: Mapped[str | None]
    committee_attachment_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("attachments.id")
    )
    committee_journal: Mapped[str | None]


class WriteOff(_Proposal, Table):
    """A claim proposed to be given up, from the proposal to what was booked, and taken back.

    *state*: proposed, approved, refused, overtaken when the claim ended another way, reversed.
    """

    __tablename__ = "write_offs"
    __table_args__ = (
        CheckConstraint("(booked_ore is null) = (booked_on is null)", name="booking_dated"),
        Index("ix_write_offs_standing", "claim_id", unique=True, postgresql_where=_STANDS),
        Index("ix_write_offs_booked_on", "booked_on", postgresql_where="booked_on is not null"),
    )

    batch_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("write_off_batches.id"), index=True
    )
    why_not: Mapped[str | None]  # the code of why a row of a batch was left out
    booked_ore: Mapped[int | None] = mapped_column(BigInteger)
    booked_on: Mapped[date | None]
    reversed_on: Mapped[date | None]
    reversed_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    reversal_reasons: Mapped[str | None]


class Discharge(_Proposal, Table):
    """One debtor proposed to be freed of a claim that others go on owing, and what came of it.

    *state*: proposed, approved, refused, overtaken when the claim ended before. *proposed_for*:
    the colleague whose work it was, absent or having asked for it.
    """

    __tablename__ = "discharges"
    __table_args__ = (
        Index(
            "ix_discharges_standing", "claim_id", "debtor_id", unique=True,
            postgresql_where="state = 'proposed'",
        ),
    )  # fmt: skip

    debtor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("debtors.id"))
    proposed_for: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class Suspension(Table):
    """Why one claim, or all of a debtor's, rests: what was told, what must be done, how it ended.

    *debtor_id*: of one that concerns all the debtor owes. *facts*: days and names, by their need.
    """

    __tablename__ = "suspensions"

    id: Mapped[Serial]
    debtor_id: Mapped[int | None] = mapped_column(ForeignKey("debtors.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    facts: Mapped[dict[str, Any]]
    file_by: Mapped[date | None]
    filed_on: Mapped[date | None]
    review_on: Mapped[date | None]
    placed_by: Mapped[str]
    ended_on: Mapped[date | None]
    ended_by: Mapped[str | None]
