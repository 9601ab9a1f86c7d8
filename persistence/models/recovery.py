"""What we asked of the recovery authority, and what it told us."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Serial, Table


class RecoveryAction(Table):
    """An action for the authority. One is under way at a time for each claim."""

    __tablename__ = "recovery_actions"
    __table_args__ = (UniqueConstraint("claim_id", "key"),)

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"))
    key: Mapped[str]
    kind: Mapped[str]  # domain.recovery.actions.ActionKind
    state: Mapped[str] = mapped_column(default="requested")
    """Then submitted, in-hearing, executed or rejected; dropped when it has become pointless, and
    withdrawn when it was taken back in a hearing."""
    amount_ore: Mapped[Ore]
    requested_on: Mapped[date]
    submitted_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]]


class RecoveryNotice(Table):
    """*number* is the authority's own; *story_number* counts the news the story must hear."""

    __tablename__ = "recovery_notices"
    __table_args__ = (UniqueConstraint("claim_id", "story_number"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claims.id"), index=True)
    """None where it is about no claim of ours that we know."""
    reference: Mapped[str | None]  # of the claim there
    story_number: Mapped[int | None]
    kind: Mapped[str]
    code: Mapped[str | None]
    text: Mapped[str]
    amount_ore: Mapped[Ore]
    noticed_on: Mapped[date]
    document: Mapped[str | None]  # the message itself, where it could not be read


class RecoveryClaimRow(Table):
    """One of our claims as it was sent: the main claim, or interest or a fee related to it.

    A reference is used once and for ever, so nothing goes there twice; the stamdata never change.
    *left_ore* is what lies there now, as far as we have been told; *resends* the reference of an
    earlier stay that it goes on from; *facts* are its stamdata, as they were sent; *raised_to_ore*
    is the principal that was told to be the right one since.
    """

    __tablename__ = "recovery_claims"
    __table_args__ = (
        CheckConstraint("char_length(reference) <= 20", name="reference_fits"),
        CheckConstraint("amount_ore >= 0", name="not_negative"),
        CheckConstraint("(parent is null) = (part = 'principal')", name="related_to_the_main"),
    )

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("recovery_actions.id"), index=True)
    reference: Mapped[str] = mapped_column(unique=True)
    parent: Mapped[str | None]
    part: Mapped[str]
    state: Mapped[str]  # domain.recovery.actions.RecoveryState
    answered_on: Mapped[date | None]  # when it was received, or refused
    recalled_for: Mapped[str | None]
    resends: Mapped[str | None]
    principal_ore: Mapped[Ore]
    amount_ore: Mapped[Ore]
    left_ore: Mapped[Ore]
    raised_to_ore: Mapped[int | None] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]]


class RecoveryMove(Table):
    """What one act moves of one claim there: asked, then done on a day, or refused."""

    __tablename__ = "recovery_moves"
    __table_args__ = (
        UniqueConstraint("action_id", "reference", "kind"),
        UniqueConstraint("notice", "reference", "kind"),
        Index("ix_recovery_moves_reference", "reference", "moved_on"),
    )

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    reference: Mapped[str]
    action_id: Mapped[int | None] = mapped_column(ForeignKey("recovery_actions.id"))
    notice: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str]  # domain.recovery.books.Movement
    amount_ore: Mapped[Ore]
    state: Mapped[str]  # asked, done, refused
    moved_on: Mapped[date | None]


class RecoveryStatementRow(Table):
    """A line of the authority's own books at the end of a day: what we have moved of one claim."""

    __tablename__ = "recovery_statements"

    until: Mapped[date] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    came_ore: Mapped[Ore]
    recalled_ore: Mapped[Ore]
    down_ore: Mapped[Ore]
    up_ore: Mapped[Ore]
    recovered_ore: Mapped[Ore]


class RecoveryStatementRead(Table):
    """That the authority's books of a day have been read, though they may hold no line."""

    __tablename__ = "recovery_statements_read"

    until: Mapped[date] = mapped_column(primary_key=True)
    read_on: Mapped[date]


class RecoveryPayout(Table):
    """What the authority has paid out to us, as its notice tells; what differs is asked about.

    *covered_ore*: what it had told us that it recovered, since the payout before.
    """

    __tablename__ = "recovery_payouts"

    notice: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    paid_on: Mapped[date]
    amount_ore: Mapped[Ore]
    covered_ore: Mapped[Ore]


class TransferRow(Table):
    """A claim's way to the authority or back, with what was owed then. Append-only.

    *ledger_seq* is the claim's last entry before: later ones belong to where it then lay.
    """

    __tablename__ = "transfers"
    __table_args__ = (Index("ix_transfers_booked_on", "booked_on"),)

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    ledger_seq: Mapped[int]
    amount_ore: Mapped[Ore]  # positive both ways
    is_back: Mapped[bool]
    booked_on: Mapped[date]


class Preflight(Table):
    """What would stand in a claim's way to the authority, when it was last looked at.

    *missing*: the requirements that are not proved; *findings*: broken rules of the entry filter;
    *codes*: both, each once.
    """

    __tablename__ = "preflights"
    __table_args__ = (Index("ix_preflights_standing", "standing", "claim_id"),)

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    since: Mapped[date]  # when it became so
    missing: Mapped[list[str]]
    rejected: Mapped[int]
    in_hearing: Mapped[int]
    findings: Mapped[list[Any]] = mapped_column(JSONB)
    refused_act: Mapped[str | None]  # the transfer that was refused for it
    standing: Mapped[str]
    codes: Mapped[list[str]]


class GatewayCursor(Table):
    """How far we have read in a counterpart's stream of receipts."""

    __tablename__ = "gateway_cursors"

    gateway: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
