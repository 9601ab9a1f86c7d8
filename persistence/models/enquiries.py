"""What citizens ask us, and what we ask the departments."""

from datetime import date, datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table

_NUMBERS, _NONE = ARRAY(BigInteger), text("'{}'::bigint[]")


class Enquiry(Table):
    """Someone wants to know something. How far it is, is told by its newest task.

    Each question has a task; one that comes after the answer has a new one.
    """

    __tablename__ = "enquiries"

    id: Mapped[Serial]
    debtor_id: Mapped[int] = mapped_column(ForeignKey("debtors.id"), index=True)
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claims.id"), index=True)
    subject: Mapped[str]
    task_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tasks.id"), index=True)


class EnquiryMessage(Table):
    """What the citizen said or wrote. Append-only."""

    __tablename__ = "enquiry_messages"

    id: Mapped[Serial]
    enquiry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("enquiries.id"), index=True)
    task_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tasks.id"), index=True)
    channel: Mapped[str]  # an EnquiryChannel
    sender: Mapped[str]  # as they called themselves
    text: Mapped[str]
    received_on: Mapped[date] = mapped_column(index=True)
    due_on: Mapped[date]
    attachment_ids: Mapped[list[int]] = mapped_column(_NUMBERS, server_default=_NONE)
    registered_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    registered_at: Mapped[datetime]


class Consultation(Table):
    """A question about a claim to the department it comes from.

    States: open → answered or recalled. *task_id* is the task that waits for the answer.
    """

    __tablename__ = "consultations"
    __table_args__ = (
        CheckConstraint(
            "state in ('open', 'answered', 'recalled') and (state = 'open') = (closed_at is null)"
            " and (state = 'answered') = (answer is not null)",
            name="state_told",
        ),
        Index("ix_consultations_department", "department", "state", "due_on"),
        Index("ix_consultations_waiting", "task_id", postgresql_where="state = 'open'"),
    )

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tasks.id"))
    department: Mapped[str]
    question: Mapped[str]
    due_on: Mapped[date]
    asked_by: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    answer: Mapped[str | None]
    attachment_ids: Mapped[list[int]] = mapped_column(_NUMBERS, server_default=_NONE)
    closed_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime | None]
    recall_reason: Mapped[str | None]
    seen_at: Mapped[datetime | None]  # when the asker saw the answer
