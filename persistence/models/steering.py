"""What was laid before the council, as it was on its day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class CouncilReport(Table):
    """The arrears of a period as the books were at *read_at*: a draft, then frozen.

    A frozen row is never changed, but to be withdrawn; a new edition names what it replaces.
    *figures*: figure, dimension, part, øre and lines of each; no one person's data.
    """

    __tablename__ = "council_reports"
    __table_args__ = (
        CheckConstraint("since <= until", name="ordered"),
        CheckConstraint(
            "num_nulls(frozen_on, frozen_at, frozen_by, sha256) in (0, 4)", name="frozen_whole"
        ),
        CheckConstraint(
            "num_nulls(withdrawn_on, withdrawn_by, withdrawn_because) in (0, 3)",
            name="withdrawn_whole",
        ),
        Index(
            "ix_council_reports_replaces", "replaces_id", unique=True,
            postgresql_where="frozen_at is not null",
        ),
    )  # fmt: skip

    id: Mapped[Serial]
    since: Mapped[date]
    until: Mapped[date]
    figures: Mapped[list[Any]] = mapped_column(JSONB)
    goals: Mapped[list[Any]] = mapped_column(JSONB)  # of write-offs, beside the year so far
    comments: Mapped[dict[str, Any]]  # by section
    read_at: Mapped[datetime]
    policy_version: Mapped[str]
    compared_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("council_reports.id"))
    """The report before it, whose figures stand beside its own."""
    replaces_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("council_reports.id"))
    laid_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    frozen_on: Mapped[date | None]
    frozen_at: Mapped[datetime | None]
    frozen_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    sha256: Mapped[str | None]  # of figures, goals and comments as they were frozen
    withdrawn_on: Mapped[date | None]
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_because: Mapped[str | None]
