"""What people are asked, and what they answered."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func, text
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
    """A person's recorded answer to a task. The first one counts.

    Append-only but for this: until *undoable_until*, real time, it can be taken back.
    """

    __tablename__ = "decisions"

    id: Mapped[Serial]
    task_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tasks.id"), unique=True)
    outcome: Mapped[str]
    look_again_on: Mapped[date | None]
    agreement_id: Mapped[str | None] = mapped_column(ForeignKey("agreements.id"))
    reasons: Mapped[str]
    decided_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime]
    undoable_until: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    """What else was known when it was made: a budget, words to the debtor."""


class Draft(Table):
    """What someone has written in a task's form and not yet sent; theirs alone."""

    __tablename__ = "drafts"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    task_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tasks.id"), primary_key=True)
    fields: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class UndoStep(Table):
    """A row as it was before and after an answer that can be taken back; written by triggers."""

    __tablename__ = "undo_steps"
    __table_args__ = (Index("ix_undo_steps_row", "table_name", "row_key"),)

    id: Mapped[Serial]
    task_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tasks.id"), index=True)
    table_name: Mapped[str]
    row_key: Mapped[str | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    until: Mapped[datetime]
