"""Claims, who is liable for them, what has been done about them, and what holds them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Serial, Table


class Claim(Table):
    """One claim. Its balance and ledger number are kept by the ledger's trigger alone."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("source", "reference"),
        CheckConstraint("principal_ore > 0", name="principal_positive"),
        CheckConstraint("period_end >= period_start", name="period_ordered"),
        CheckConstraint("(ending is null) = (ended_on is null)", name="ending_dated"),
        Index("ix_claims_stage", "stage", "next_on"),
        Index("ix_claims_debtor", "debtor_id"),
        Index("ix_claims_due", "next_on", postgresql_where=text("ending is null")),
        Index("ix_claims_limitation", "limitation_date", postgresql_where=text("ending is null")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)  # as 2026-000123
    serial: Mapped[int] = mapped_column(BigInteger, unique=True)
    source: Mapped[str]  # the line-of-business system
    reference: Mapped[str]  # its own number for the claim
    claim_type: Mapped[str]
    policy_version: Mapped[str]
    debtor_id: Mapped[int] = mapped_column(ForeignKey("debtors.id"))
    department: Mapped[str]
    description: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    origination_date: Mapped[date]
    due_date: Mapped[date]
    last_timely_payment_date: Mapped[date]
    timely_until: Mapped[date | None]  # the same, where an agreement has moved it
    limitation_date: Mapped[date]
    principal_ore: Mapped[Ore]
    balance_ore: Mapped[Ore] = mapped_column(default=0)
    ledger_seq: Mapped[int] = mapped_column(default=0)
    payment_reference: Mapped[str] = mapped_column(unique=True)
    letters: Mapped[list[str]]  # the letters of its life, as the policy had them at registration
    transfer_notice_with: Mapped[str | None]
    stage: Mapped[str]
    stage_since: Mapped[date]  # the day on which it came there
    waiting_for: Mapped[str]  # the key of the act whose time runs or whose answer is awaited
    next_on: Mapped[date | None]  # when something happens by itself, if nobody does anything
    ending: Mapped[str | None]
    ended_on: Mapped[date | None]
    agreement_id: Mapped[str | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
    registered_on: Mapped[date]
    erased_on: Mapped[date | None]  # only figures and days are kept since


class StageMove(Table):
    """A claim came from one stage to another; the first of each from none. Triggers alone write."""

    __tablename__ = "stage_moves"
    __table_args__ = (
        Index(
            "ix_stage_moves_day",
            "moved_on",
            postgresql_include=["stage_from", "stage_to", "claim_id"],
        ),
    )

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    moved_on: Mapped[date]
    stage_from: Mapped[str | None]
    stage_to: Mapped[str]


class Liability(Table):
    """Who owes a claim. All debtors of a claim are jointly and severally liable."""

    __tablename__ = "liabilities"

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    debtor_id: Mapped[int] = mapped_column(ForeignKey("debtors.id"), primary_key=True, index=True)
    limitation_date: Mapped[date]  # what its latest event says; the database holds it to that
    first_limitation_date: Mapped[date] = mapped_column(server_default=FetchedValue())
    """As it was before anything moved it: filled by the database, and never changed."""
    discharged_on: Mapped[date | None]  # fritaget; the others go on being liable
    discharge: Mapped[dict[str, Any] | None]
    """By which reason and basis, on what evidence, and who wrote it down."""


class LimitationEvent(Table):
    """What moved the limitation date of one debtor's liability, and to when. Append-only.

    A correction strikes out another event, or says what the first date should have been.
    """

    __tablename__ = "limitation_events"
    __table_args__ = (
        CheckConstraint("source <> ''", name="proven"),
        CheckConstraint(
            "num_nonnulls(strikes_id, first_limitation_date) = cast(kind = 'correction' as int)",
            name="correction_told",
        ),
    )

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    debtor_id: Mapped[int] = mapped_column(ForeignKey("debtors.id"))
    kind: Mapped[str]
    happened_on: Mapped[date]
    limitation_date: Mapped[date]
    source: Mapped[str]
    strikes_id: Mapped[int | None] = mapped_column(ForeignKey("limitation_events.id"))
    first_limitation_date: Mapped[date | None]
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EarlyLapse(Table):
    """A line of interest or a fee that is time-barred before its claim is (§ 5, stk. 2)."""

    __tablename__ = "early_lapses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["claim_id", "seq"], ["ledger_entries.claim_id", "ledger_entries.seq"]
        ),
    )

    claim_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    limitation_date: Mapped[date]


class Act(Table):
    """Something a story did, once. *subject* is a claim's or an agreement's id. Append-only."""

    __tablename__ = "acts"

    subject: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    kind: Mapped[str]
    done_on: Mapped[date]
    deadline: Mapped[date | None]
    facts: Mapped[dict[str, Any]]


class Hold(Table):
    __tablename__ = "holds"
    __table_args__ = (CheckConstraint("until is null or until >= since", name="ordered"),)

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    released_on: Mapped[date | None]
    placed_by: Mapped[str]
    released_by: Mapped[str | None]
    suspension_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("suspensions.id"), index=True
    )
    filed_on: Mapped[date | None]  # anmeldt i boet
