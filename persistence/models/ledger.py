"""The books: what each claim consists of, and the money that came."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.ledger import EntryKind
from persistence.models.base import Ore, Serial, Table

_KIND_KNOWN = "kind in ({})".format(", ".join(f"'{kind}'" for kind in EntryKind))
_SIGN_OF_KIND = """case
  when kind in ('principal', 'interest', 'fee', 'court-fee', 'refund', 'charge-back')
  then amount_ore > 0 when kind in ('payment', 'write-off') then amount_ore < 0 else true end"""


class LedgerEntry(Table):
    """One line of a claim's account. Append-only; *seq* counts from 1 without a gap."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("claim_id", "seq"),
        CheckConstraint("amount_ore <> 0", name="not_nothing"),
        CheckConstraint(_KIND_KNOWN, name="kind_known"),
        CheckConstraint(_SIGN_OF_KIND, name="sign_of_kind"),
        CheckConstraint(
            "kind not in ('refund', 'charge-back') or payment_id is not null",
            name="undone_payment_named",
        ),
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
    corrects_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("ledger_entries.id"))
    """The entry that this one takes back, wholly or in part."""


class LedgerCoverage(Table):
    """How much of which debt entry another entry covers; negative where one takes cover away.

    At the end of a transaction each entry that is not debt is covered to the øre.
    """

    __tablename__ = "ledger_coverage"
    __table_args__ = (CheckConstraint("amount_ore <> 0", name="not_nothing"),)

    payment_entry_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ledger_entries.id"), primary_key=True
    )
    debt_entry_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ledger_entries.id"), primary_key=True, index=True
    )
    amount_ore: Mapped[Ore]


class Payment(Table):
    """Money that came, as its source told it: placed on claims, unplaced, or gone out again."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_ore > 0", name="positive"),
        CheckConstraint("unused_ore >= 0 and unused_ore <= amount_ore", name="unused_within"),
        Index("ix_payments_bank_key", "bank_key"),
        Index("ix_payments_booked_on", "booked_on"),
    )

    id: Mapped[Serial]
    source_reference: Mapped[str] = mapped_column(unique=True)
    file_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("files.id"), index=True)
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claims.id"), index=True)
    """Where it went first."""
    amount_ore: Mapped[Ore]
    unused_ore: Mapped[Ore] = mapped_column(default=0)  # unplaced; kept by triggers alone
    paid_on: Mapped[date]
    booked_on: Mapped[date]
    payment_references: Mapped[list[str]]
    payer: Mapped[str]
    text: Mapped[str]
    channel: Mapped[str] = mapped_column(default="api", server_default="api")
    """Where it came from: api, statement, advice, betalingsservice or authority."""
    file_row: Mapped[int | None]
    bank_key: Mapped[str | None]  # what the bank calls it, in whichever of its messages
    confirmed_by: Mapped[str | None] = mapped_column(unique=True)  # the other message that told it


class Refund(Table):
    """Money to be paid back: proposed, approved, leaving, sent, then paid; or refused, rejected."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_ore > 0", name="positive"),
        Index("ix_refunds_open", "state", postgresql_where="settled_on is null"),
    )

    id: Mapped[Serial]
    payment_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("payments.id"), index=True)
    debtor_id: Mapped[int] = mapped_column(ForeignKey("debtors.id"))
    amount_ore: Mapped[Ore]
    state: Mapped[str]
    reasons: Mapped[str]
    proposed_by: Mapped[str]
    proposed_for: Mapped[str | None] = mapped_column(ForeignKey("users.id"))  # someone absent
    proposed_on: Mapped[date]
    approved_by: Mapped[str | None]
    settled_on: Mapped[date | None]


class Payout(Table):
    """Money of a payment that left again; negative when it came back. Append-only."""

    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("amount_ore <> 0", name="not_nothing"),
        Index("ix_payouts_booked_on", "booked_on"),
    )

    id: Mapped[Serial]
    payment_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("payments.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("refunds.id"))
    kind: Mapped[str]  # refund | refund-rejected | charge-back
    amount_ore: Mapped[Ore]
    booked_on: Mapped[date]
    source_reference: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
