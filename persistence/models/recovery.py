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
    kind: Mapped[str]  # gateways.ports.ActionKind
    state: Mapped[str] = mapped_column(default="requested")
    """Then submitted, in-hearing, executed or rejected; dropped when it has become pointless."""
    amount_ore: Mapped[Ore]
    requested_on: Mapped[date]
    submitted_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]]


class RecoveryNotice(Table):
    """*number* is the authority's own; *story_number* counts the news the story must hear."""

    __tablename__ = "recovery_notices"
    __table_args__ = (UniqueConstraint("claim_id", "story_number"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    story_number: Mapped[int | None]
    kind: Mapped[str]
    code: Mapped[str | None]
    text: Mapped[str]
    amount_ore: Mapped[Ore]
    noticed_on: Mapped[date]


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


class SentClaim(Table):
    """A claim as it was handed over: the main claim, or interest or a fee of it. Append-only.

    A reference is used once and for ever, so nothing can go to the authority twice.
    """

    __tablename__ = "sent_claims"
    __table_args__ = (
        CheckConstraint("char_length(reference) <= 20", name="reference_fits"),
        CheckConstraint("principal_ore >= amount_ore and amount_ore >= 0", name="within_principal"),
        CheckConstraint("(parent is null) = (place = 0)", name="related_to_the_main"),
    )

    id: Mapped[Serial]
    reference: Mapped[str] = mapped_column(unique=True)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    place: Mapped[int]  # the main claim is 0
    part: Mapped[str]
    type_code: Mapped[str]
    principal_ore: Mapped[Ore]
    amount_ore: Mapped[Ore]
    description: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    originated_on: Mapped[date]
    due_on: Mapped[date]
    last_timely_on: Mapped[date]
    parent: Mapped[str | None] = mapped_column(ForeignKey("sent_claims.reference"))
    liabilities: Mapped[list[Any]] = mapped_column(JSONB)
    """Of each debtor: who, limitation date, judged on, settled on."""
    handed_over_on: Mapped[date]


class Preflight(Table):
    """What would stand in a claim's way to the authority, when it was last looked at.

    *missing*: the requirements that are not proved; *findings*: broken rules of the entry filter.
    """

    __tablename__ = "preflights"

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    since: Mapped[date]  # when it became so
    missing: Mapped[list[str]]
    rejected: Mapped[int]
    in_hearing: Mapped[int]
    findings: Mapped[list[Any]] = mapped_column(JSONB)
    refused_act: Mapped[str | None]  # the transfer that was refused for it


class GatewayCursor(Table):
    """How far we have read in a counterpart's stream of receipts."""

    __tablename__ = "gateway_cursors"

    gateway: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
