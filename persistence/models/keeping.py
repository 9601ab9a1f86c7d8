"""What was erased because it need not be kept any longer, and the looks drawn for control."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table

_UNDER_WAY = "state in ('proposed', 'approved')"


class Erasure(Table):
    """What is due to be erased on a day: found, handed to the archive, approved, and done.

    *rules*: by kind of record, years, the day before which all must lie, and the source; *kept*:
    by kind, how many are kept back for which reason; *rows_erased*: by table; *ids_sha256*: of the
    keys that were erased, in order. Nobody is named in it. Never changed when it is over.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        CheckConstraint("approved_by <> proposed_by", name="second_person"),
        CheckConstraint(
            "state in ('proposed', 'withdrawn') or approved_by is not null", name="approved_first"
        ),
        Index("ix_erasures_under_way", text("(true)"), unique=True, postgresql_where=_UNDER_WAY),
    )

    id: Mapped[Serial]
    state: Mapped[str] = mapped_column(default="proposed")  # an ErasureState
    as_of: Mapped[date]
    rules: Mapped[list[Any]] = mapped_column(JSONB)
    kept: Mapped[dict[str, Any]]
    proposed_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    archived_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    archived_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]
    archive_sha256: Mapped[str | None]  # of the list that was handed over
    done_at: Mapped[datetime | None]
    rows_erased: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ids_sha256: Mapped[str | None]


class ErasureItem(Table):
    """One record of an erasure: a claim, a person or a file, by its number with us.

    *last_on*: the day of the last thing that happened to it.
    """

    __tablename__ = "erasure_items"
    __table_args__ = (
        Index(
            "ix_erasure_items_waiting", "erasure_id", "kind", "key",
            postgresql_where="state = 'waiting'",
        ),
    )  # fmt: skip

    erasure_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("erasures.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # a RecordKind
    key: Mapped[str] = mapped_column(primary_key=True)
    last_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="waiting")  # waiting | erased | kept
    why: Mapped[str | None]  # it was kept after all: a KeptBecause


class LookSample(Table):
    """The looks of a month that were drawn for control, of how many. *seed* draws them again."""

    __tablename__ = "look_samples"
    __table_args__ = (UniqueConstraint("month"),)

    id: Mapped[Serial]
    month: Mapped[date]  # its first day
    seed: Mapped[str]
    looks: Mapped[int]
    wanted: Mapped[int]
    drawn_at: Mapped[datetime]


class LookReview(Table):
    """One look that was drawn, and what someone else than who looked said of it."""

    __tablename__ = "look_reviews"
    __table_args__ = (
        CheckConstraint(
            "(verdict is null) = (judged_by is null) and (verdict is null) = (judged_at is null)",
            name="judged",
        ),
    )

    sample_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("look_samples.id"), primary_key=True
    )
    audit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("audit.id"), primary_key=True)
    verdict: Mapped[str | None]  # a LookVerdict
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    judged_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    judged_at: Mapped[datetime | None]
