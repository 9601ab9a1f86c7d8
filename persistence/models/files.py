"""Files that came in, kept as they were, and what in them was refused."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Ore, Serial, Table


class FileRow(Table):
    __tablename__ = "files"

    id: Mapped[Serial]
    sha256: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # claims | payments
    name: Mapped[str]
    content: Mapped[bytes]
    sealed_key: Mapped[str | None]  # the name of the key that content is sealed with
    received_on: Mapped[date]
    received_by: Mapped[str]
    state: Mapped[str] = mapped_column(default="received")  # received | done | refused
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_taken: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any]]
    erased_on: Mapped[date | None]  # its content is gone since


class FileFault(Table):
    """What was wrong in one row (from 1; 0 is the whole file)."""

    __tablename__ = "file_faults"

    id: Mapped[Serial]
    file_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("files.id"), index=True)
    row: Mapped[int]
    field: Mapped[str]
    code: Mapped[str]
    placeholders: Mapped[dict[str, Any]]
    is_warning: Mapped[bool] = mapped_column(default=False)


class BankStatement(Table):
    """An account as a bank's file tells it up to its last day. Signed øre."""

    __tablename__ = "bank_statements"
    __table_args__ = (Index("ix_bank_statements_account", "account", "last_day"),)

    id: Mapped[Serial]
    file_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("files.id"), index=True)
    message: Mapped[str]  # statement | advice
    statement: Mapped[str]
    account: Mapped[str]
    currency: Mapped[str]
    last_day: Mapped[date]
    opening_ore: Mapped[Ore | None]
    closing_ore: Mapped[Ore | None]
    booked_ore: Mapped[Ore]


class BankLine(Table):
    """One transaction of a bank's file, as it stood there, and what became of it."""

    __tablename__ = "bank_lines"
    __table_args__ = (Index("ix_bank_lines_entry", "booked_on", "entry_reference"),)

    file_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("files.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    amount_ore: Mapped[Ore]  # positive, whichever way it went
    currency: Mapped[str]
    booked_on: Mapped[date]
    entry_reference: Mapped[str] = mapped_column(default="", server_default="")
    body: Mapped[dict[str, Any]]
    outcome: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    """waiting, payment, known, charge-back, charge, payout, refused, mandate, nothing or asked."""
