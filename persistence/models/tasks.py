"""What people are asked, and what they answered."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class Task(Table):
    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("subject", "key"),
        Index("ix_tasks_open", "due_on", "id", postgresql_where="state = 'open'"),
        Index("ix_tasks_claim", "claim_id"),
    )

    id: Mapped[Serial]
    subject: Mapped[str]  # the claim, agreement, letter or payment it is about
    key: Mapped[str]
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claims.id"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")  # open | decided | cancelled
    department: Mapped[str]
    opened_on: Mapped[date]
    due_on: Mapped[date]
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    facts: Mapped[dict[str, Any]]


class Decision(Table):
    """A person's recorded answer to a task. The first one counts. Append-only."""

    __tablename__ = "decisions"

    id: Mapped[Serial]
    task_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tasks.id"), unique=True)
    outcome: Mapped[str]
    look_again_on: Mapped[date | None]
    agreement_id: Mapped[str | None] = mapped_column(ForeignKey("agreements.id"))
    reasons: Mapped[str]
    decided_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    decided_for: Mapped[str | None] = mapped_column(ForeignKey("users.id"))  # someone absent
    decided_at: Mapped[datetime]
