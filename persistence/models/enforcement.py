"""The town's own distraints: when hearings were set, what came of them, and what became of it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Serial, Table


class Distraint(Table):
    """One proceeding about one claim, from the first hearing set to the last.

    Where it stands follows from its claim, the task *task_key* and its minutes.
    """

    __tablename__ = "distraints"
    __table_args__ = (
        UniqueConstraint("claim_id", "task_key"),
        Index("ix_distraints_bailiff", "bailiff", "id"),
    )

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"))
    task_key: Mapped[str]
    bailiff: Mapped[str] = mapped_column(ForeignKey("users.id"))
    opened_on: Mapped[date]
    ordered_on: Mapped[date]  # when the demand was written: enforcement had been decided
    demanded_on: Mapped[date]  # when the last debtor had got the demand
    fee_entry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("ledger_entries.id"))
    called_off_on: Mapped[date | None]


class DistraintHearing(Table):
    """When and where the bailiff comes, as it was set. The one with the highest number counts.

    Append-only. *is_adjourned*: the one before it had begun, and goes on then. *expected_ore*: what
    will be owed on the day, *court_fee_ore* what the hearing itself will cost, as the debtors were
    told.
    """

    __tablename__ = "distraint_hearings"
    __table_args__ = (
        UniqueConstraint("distraint_id", "number"),
        Index("ix_distraint_hearings_starts_at", "starts_at"),
    )

    id: Mapped[Serial]
    distraint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("distraints.id"))
    number: Mapped[int]
    starts_at: Mapped[datetime]
    place: Mapped[str]
    is_outside: Mapped[bool]
    expected_ore: Mapped[Ore]
    court_fee_ore: Mapped[Ore]
    reason: Mapped[str]  # why it was moved; empty for the first
    set_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    set_on: Mapped[date]
    is_adjourned: Mapped[bool] = mapped_column(server_default=text("false"))


class DistraintMinutes(Table):
    """What was written of a hearing that was held (udlægsblad, fogedbog). Append-only."""

    __tablename__ = "distraint_minutes"
    __table_args__ = (CheckConstraint("text <> ''", name="says_something"),)

    id: Mapped[Serial]
    distraint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("distraints.id"), unique=True)
    hearing_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("distraint_hearings.id"))
    outcome: Mapped[str]
    text: Mapped[str]
    present: Mapped[str]
    owed_ore: Mapped[Ore]
    court_fee_entry_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("ledger_entries.id")
    )
    held_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    held_on: Mapped[date]
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DistraintAsset(Table):
    """What was taken, and what the bailiff thinks it is worth. Append-only."""

    __tablename__ = "distraint_assets"
    __table_args__ = (CheckConstraint("kind in ('property', 'movables', 'other')", name="kinds"),)

    id: Mapped[Serial]
    minutes_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("distraint_minutes.id"), index=True
    )
    kind: Mapped[str]
    description: Mapped[str]
    value_ore: Mapped[Ore]


class DistraintNote(Table):
    """What happened after: an objection, the steps of a forced sale. Append-only."""

    __tablename__ = "distraint_notes"

    id: Mapped[Serial]
    distraint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("distraints.id"), index=True)
    event: Mapped[str]
    happened_on: Mapped[date]
    text: Mapped[str] = mapped_column(server_default=text("''"))
    noted_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DistraintProperty(Table):
    """A property whose owners are asked for, by its number (BFE) in the register of owners.

    *is_found* is unknown until the round has asked; then *answered_on* says when.
    """

    __tablename__ = "distraint_properties"
    __table_args__ = (
        UniqueConstraint("distraint_id", "number"),
        Index("ix_distraint_properties_open", "id", postgresql_where=text("answered_on is null")),
    )

    id: Mapped[Serial]
    distraint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("distraints.id"))
    number: Mapped[str]
    address: Mapped[str] = mapped_column(server_default=text("''"))
    asked_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    asked_on: Mapped[date]
    answered_on: Mapped[date | None]
    is_found: Mapped[bool | None]


class DistraintOwner(Table):
    """Who owns what a hearing is about, whether they owe anything or not: all must be told.

    *told_on*: told otherwise than by our letter, *told_how* is the proof. Struck is who was named
    by mistake.
    """

    __tablename__ = "distraint_owners"
    __table_args__ = (
        UniqueConstraint("distraint_id", "debtor_id"),
        CheckConstraint("source in ('register', 'typed')", name="sources"),
        CheckConstraint("(told_on is null) = (told_how is null)", name="told_with_proof"),
        CheckConstraint("(struck_on is null) = (struck_why is null)", name="struck_with_reason"),
    )

    id: Mapped[Serial]
    distraint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("distraints.id"))
    debtor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("debtors.id"), index=True)
    share: Mapped[str]
    source: Mapped[str]
    named_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    named_on: Mapped[date]
    told_on: Mapped[date | None]
    told_how: Mapped[str | None]
    struck_on: Mapped[date | None]
    struck_why: Mapped[str | None]
