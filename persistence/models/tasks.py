"""What people are asked, and what they answered."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Serial, Table

_OPEN = "state = 'open'"
_PARTS = ("kind", "amount", "limitation", "age", "promise")
_SORTED_BY = {
    "opened": "opened_on",
    "amount": "balance_ore",
    "limitation": "limitation_date",
    "debtor_order": "debtor_order",
    "claim_type": "claim_type",
    "kind": "kind",
    "open_claim": "claim_id",
}


def _none() -> Any:
    return mapped_column(server_default=text("''"))


def _nothing() -> Any:
    return mapped_column(server_default=text("0"))


class Task(Table):
    """Below *facts*, what the inbox reads; triggers alone keep what repeats the claim's facts."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("subject", "key"),
        Index("ix_tasks_open", "due_on", "id", postgresql_where=_OPEN),
        Index("ix_tasks_claim", "claim_id"),
        Index(
            "ix_tasks_queue",
            text("points desc"),
            "id",
            postgresql_where=_OPEN,
            postgresql_include=[
                "kind", "claim_type", "stage", "department", "claimed_by", "asked_by",
                "delegated_by", "balance_ore", "limitation_date", "opened_on", "due_on",
                "snoozed_until", "debtor_id", "claim_id",
            ],
        ),
        *(Index(f"ix_tasks_{name}", column, "id", postgresql_where=_OPEN)
          for name, column in _SORTED_BY.items()),
        Index("ix_tasks_holder", "claimed_by", "id", postgresql_where=_OPEN,
              postgresql_include=["opened_on", "due_on", "snoozed_until"]),
        *(Index(f"ix_tasks_{name}_order", text(f"coalesce({column}, ''::text)"), "id",
                postgresql_where=_OPEN)
          for name, column in (("holder", "claimed_by"), ("claim", "claim_id"))),
        Index("ix_tasks_debtor", "debtor_id", postgresql_where=_OPEN),
        Index("ix_tasks_open_id", "id", postgresql_where=_OPEN),
    )  # fmt: skip

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

    claimed_at: Mapped[datetime | None]
    snoozed_until: Mapped[date | None]  # out of sight before that day
    snooze_reason: Mapped[str | None]
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    """Who waits for the answer: they proposed what is to be approved."""
    delegated_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    """To whom it goes back."""
    claim_type: Mapped[str] = _none()
    stage: Mapped[str] = _none()
    balance_ore: Mapped[Ore] = _nothing()
    # Of a task about no claim, far away; not the last day there is, which the driver takes for
    # eternity.
    limitation_date: Mapped[date] = mapped_column(server_default=text("'9999-01-01'"))
    debtor_id: Mapped[int | None] = mapped_column(BigInteger)
    debtor_order: Mapped[str] = _none()
    kind_points: Mapped[int] = _nothing()
    amount_points: Mapped[int] = _nothing()
    limitation_points: Mapped[int] = _nothing()
    age_points: Mapped[int] = _nothing()
    promise_points: Mapped[int] = _nothing()
    points: Mapped[int] = mapped_column(
        Computed(" + ".join(f"{part}_points" for part in _PARTS), persisted=True)
    )


class TaskWeight(Table):
    """How much a part of the priority weighs from *step* on. *name*: of a kind of task, or ''."""

    __tablename__ = "task_weights"

    part: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    points: Mapped[int]


class TaskWeighing(Table):
    """The day whose weights the open tasks have. *reached*: the last one that has them already."""

    __tablename__ = "task_weighing"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weighed_on: Mapped[date]
    reached: Mapped[int | None] = mapped_column(BigInteger)


class Delegation(Table):
    """A colleague was asked, and the task goes back with the answer."""

    __tablename__ = "delegations"

    id: Mapped[Serial]
    task_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tasks.id"), index=True)
    asked_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    asked_of: Mapped[str] = mapped_column(ForeignKey("users.id"))
    question: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    returned_at: Mapped[datetime | None]


class Decision(Table):
    """A person's recorded answer to a task. The first one counts.

    Append-only but for this: until *undoable_until*, real time, it can be taken back.
    """

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_decided_by", "decided_by", "id"),)

    id: Mapped[Serial]
    task_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tasks.id"), unique=True)
    outcome: Mapped[str]
    look_again_on: Mapped[date | None]
    agreement_id: Mapped[str | None] = mapped_column(ForeignKey("agreements.id"))
    reasons: Mapped[str]
    decided_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    decided_for: Mapped[str | None] = mapped_column(ForeignKey("users.id"))  # someone absent
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
