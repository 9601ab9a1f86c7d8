"""Erasures by rule, and looks drawn for control, as clients see them."""

from datetime import date, datetime

from pydantic import Field

from api.schemas.common import Body, Prose, View
from domain.keeping.looks import LookVerdict
from domain.keeping.retention import ErasureState, ItemState, KeptBecause, RecordKind


class ErasureRuleView(View):
    """Erased is what last happened *before* that day: *years* after its financial year."""

    kind: RecordKind
    years: int
    before: date
    source: str


class ErasureKept(View):
    """How many records are kept back for one reason."""

    kind: RecordKind
    why: KeptBecause
    records: int


class ErasureCount(View):
    """How many records stand how; their last event was between the two days."""

    kind: RecordKind
    state: ItemState
    why: KeptBecause | None
    records: int
    first_on: date
    last_on: date


class ErasureLine(View):
    id: int
    state: ErasureState
    as_of: date
    proposed_by: str
    proposed_at: datetime
    archived_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    done_at: datetime | None


class ErasureList(View):
    items: list[ErasureLine]


class ErasureView(ErasureLine):
    """The proof too, when it is done: rows by table, and a hash over what was erased."""

    rules: list[ErasureRuleView]
    counts: list[ErasureCount]
    kept: list[ErasureKept]
    archive_sha256: str | None
    rows_erased: dict[str, int]
    ids_sha256: str | None = Field(
        description="SHA-256 of kind and number of each record, as `claim-2026-000123`, in order "
        "and with a space between."
    )


class LookSampleLine(View):
    """The looks of a month: *looks* in all, *drawn* of them; *judged* by someone."""

    id: int
    month: date
    seed: str = Field(description="With it anybody can draw the same looks again.")
    looks: int
    drawn: int
    judged: int
    fine: int
    ask: int
    reported: int
    drawn_at: datetime


class LookSampleList(View):
    items: list[LookSampleLine]


class DrawnLook(View):
    """A look that was drawn, and what was said of it."""

    look: int
    at: datetime
    person: str
    role: str
    subject: str
    purpose: str | None
    verdict: LookVerdict | None
    note: str
    judged_by: str | None
    judged_at: datetime | None


class LookSampleView(LookSampleLine):
    drawn_looks: list[DrawnLook]


class LookJudgement(Body):
    """*note* is required unless the look was fine."""

    verdict: LookVerdict
    note: Prose = ""
