"""Who looked and acted, what was before them, why, and for whom they stood in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table

_PEOPLE = "actor not in ('story', 'rettidig')"


class AuditRow(Table):
    """Append-only; each row's hash covers the row before it with the same subject."""

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("subject", "seq"),
        Index("ix_audit_people_at", "at", "id", postgresql_where=_PEOPLE),
        Index("ix_audit_people_actor", "actor", "at", "id", postgresql_where=_PEOPLE),
        Index("ix_audit_people_act", "act", "at", "id", postgresql_where=_PEOPLE),
    )

    id: Mapped[Serial]
    subject: Mapped[str]
    seq: Mapped[int] = mapped_column(default=0)  # given by the trigger
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    act: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(default="")
    hash: Mapped[str] = mapped_column(default="")
    erased_in: Mapped[int | None] = mapped_column(BigInteger)
    """The erasure that took its words; its hash still ties the chain together."""


class AuditAnchor(Table):
    """The ends of all chains among the audit rows after one id up to another; append-only.

    A chain cannot tell that its last rows are gone, nor that there was one. An anchor can.
    """

    __tablename__ = "audit_anchors"

    id: Mapped[Serial]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    after_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    last_id: Mapped[int] = mapped_column(BigInteger)
    row_count: Mapped[int]
    heads: Mapped[dict[str, Any]]  # by subject: the number of its last row, and how its hash begins
    previous: Mapped[str]
    hash: Mapped[str]


class ScreenRow(Table):
    """What was on a screen, under the SHA-256 of its words; append-only."""

    __tablename__ = "screens"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PurposeRow(Table):
    """Why someone looks at a debtor's cases on a day, where the house could not tell."""

    __tablename__ = "purposes"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    debtor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("debtors.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    purpose: Mapped[str]


class Substitution(Table):
    """Someone stands in for someone absent, from one day to another, both with them."""

    __tablename__ = "substitutions"
    __table_args__ = (
        CheckConstraint("absent <> substitute", name="not_for_oneself"),
        CheckConstraint("since <= until", name="begins_before_it_ends"),
        Index("ix_substitutions_absent", "absent", "until", postgresql_where="ended_at is null"),
        Index(
            "ix_substitutions_substitute", "substitute", "until",
            postgresql_where="ended_at is null",
        ),
    )  # fmt: skip

    id: Mapped[Serial]
    absent: Mapped[str] = mapped_column(ForeignKey("users.id"))
    substitute: Mapped[str] = mapped_column(ForeignKey("users.id"))
    since: Mapped[date]
    until: Mapped[date]
    made_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
