"""What ties the database to the rest: messages to stories, the town's clock."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class OutboxRow(Table):
    """A message to a story, tied to the facts it tells of by their common transaction."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "id", postgresql_where="delivered_at is null"),
        Index("ix_outbox_target", "target", "id"),
    )

    id: Mapped[Serial]
    target: Mapped[str]  # a workflow id
    name: Mapped[str]  # start-claim, -agreement, -file or -trial, reopen-claim, or a signal
    payload: Mapped[dict[str, Any]]
    not_before: Mapped[datetime | None]  # real time; leaves room for an undo
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    delivered_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str | None]


class IdempotencyKey(Table):
    __tablename__ = "idempotency_keys"

    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[str]
    status: Mapped[int]
    response: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TownClockRow(Table):
    """The one row that says how the town's time runs; without it, time is real."""

    __tablename__ = "town_clock"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    real_start: Mapped[datetime]
    town_start: Mapped[datetime]
    speed: Mapped[float]
