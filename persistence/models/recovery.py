"""What we asked of the recovery authority, and what it told us."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
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


class GatewayCursor(Table):
    """How far we have read in a counterpart's stream of receipts."""

    __tablename__ = "gateway_cursors"

    gateway: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
