"""The books: what each claim consists of, and the money that came."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Serial, Table


class LedgerEntry(Table):
    """One line of a claim's account. Append-only; *seq* counts from 1 without a gap."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("claim_id", "seq"),
        CheckConstraint("amount_ore <> 0", name="not_nothing"),
        Index("ix_ledger_entries_booked_on", "booked_on"),
    )

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"))
    seq: Mapped[int] = mapped_column(default=0)  # given by the trigger
    kind: Mapped[str]
    amount_ore: Mapped[Ore]
    effective_on: Mapped[date]  # value date
    booked_on: Mapped[date]
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    payment_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("payments.id"), index=True
    )
    actor: Mapped[str]
    rule: Mapped[str]
    legal_basis: Mapped[str]
    facts: Mapped[dict[str, Any]]


class LedgerCoverage(Table):
    """How much of which debt entry a payment entry covers."""

    __tablename__ = "ledger_coverage"
    __table_args__ = (CheckConstraint("amount_ore > 0", name="positive"),)

    payment_entry_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ledger_entries.id"), primary_key=True
    )
    debt_entry_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ledger_entries.id"), primary_key=True, index=True
    )
    amount_ore: Mapped[Ore]


class Payment(Table):
    """Money that came, as the bank told it. Unplaced until it has found its claim."""

    __tablename__ = "payments"
    __table_args__ = (CheckConstraint("amount_ore > 0", name="positive"),)

    id: Mapped[Serial]
    source_reference: Mapped[str] = mapped_column(unique=True)
    file_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("files.id"), index=True)
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claims.id"), index=True)
    amount_ore: Mapped[Ore]
    unused_ore: Mapped[Ore] = mapped_column(default=0)  # what no claim could take
    paid_on: Mapped[date]
    booked_on: Mapped[date]
    payment_references: Mapped[list[str]]
    payer: Mapped[str]
    text: Mapped[str]
