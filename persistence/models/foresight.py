"""What is foreseen for the coming days: made anew as a whole, and never mended."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Serial, Table


class Forecast(Table):
    """One look ahead, as all was at *made_at*: from *first_on* to *last_on*, both included.

    States: making → in-force; the one before is thrown away. *reached* is the debtor that
    it has come to, None when it has seen all; *priced_on* the last day whose letters have been
    laid together. *audit_seen*, *hold_seen*: the last ids of their tables when it began.
    """

    __tablename__ = "forecasts"
    __table_args__ = (Index("ix_forecasts_state", "state", unique=True),)

    id: Mapped[Serial]
    state: Mapped[str] = mapped_column(default="making")
    made_at: Mapped[datetime]
    first_on: Mapped[date]
    last_on: Mapped[date]
    reached: Mapped[int | None] = mapped_column(BigInteger)
    priced_on: Mapped[date | None]
    lives: Mapped[int] = mapped_column(default=0)
    audit_seen: Mapped[int] = mapped_column(BigInteger)
    hold_seen: Mapped[int] = mapped_column(BigInteger)


class ForeseenRow(Table):
    """What comes on a day, or with a *why* does not. Facts of elsewhere, so held to no other table:

    a claim must not be locked for being looked at.
    """

    __tablename__ = "foreseen"
    __table_args__ = (
        Index("ix_foreseen_day", "forecast_id", "day", "id"),
        Index("ix_foreseen_claim", "claim_id"),
    )

    id: Mapped[Serial]
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecasts.id", ondelete="cascade"))
    day: Mapped[date]
    kind: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str]
    key: Mapped[str]
    claim_id: Mapped[str]
    debtor_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_on: Mapped[date | None]
    planned_on: Mapped[date | None]
    deadline: Mapped[date | None]
    after: Mapped[str | None]
    until: Mapped[date | None]
    letter_id: Mapped[int | None] = mapped_column(BigInteger)
    fee_ore: Mapped[Ore]
    why: Mapped[str | None]
    instead_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]]


class Pause(Table):
    """Claims that a person stopped together, from the list of what comes: done, and undone, as one.

    *key*: of the form that asked for it, so that it is done once.
    """

    __tablename__ = "pauses"

    id: Mapped[Serial]
    key: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str]
    note: Mapped[str]
    until: Mapped[date]
    placed_on: Mapped[date]
    placed_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    undone_on: Mapped[date | None]
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class PauseClaim(Table):
    """What came of one claim of a pause: its hold, or the code of why there is none."""

    __tablename__ = "pause_claims"
    __table_args__ = (
        CheckConstraint("(hold_id is null) = (refusal is not null)", name="answered"),
    )

    pause_id: Mapped[int] = mapped_column(ForeignKey("pauses.id"), primary_key=True)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    hold_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("holds.id"), index=True)
    refusal: Mapped[str | None]
