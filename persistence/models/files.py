"""Files that came in, kept as they were, and what in them was refused."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class FileRow(Table):
    __tablename__ = "files"

    id: Mapped[Serial]
    sha256: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # claims | payments
    name: Mapped[str]
    content: Mapped[bytes]
    received_on: Mapped[date]
    received_by: Mapped[str]
    state: Mapped[str] = mapped_column(default="received")  # received | done | refused
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_taken: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any]]


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
