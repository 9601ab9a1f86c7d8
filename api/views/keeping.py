"""Rows of erasures and of drawn looks as answers."""

from typing import Any

from sqlalchemy import RowMapping

from api.schemas.keeping import (
    DrawnLook,
    ErasureCount,
    ErasureKept,
    ErasureLine,
    ErasureRuleView,
    ErasureView,
    LookSampleLine,
)
from persistence.keeping.erasures import Overview


def erasure_line(row: RowMapping) -> ErasureLine:
    return ErasureLine(**_told(row, ErasureLine))


def erasure_view(found: Overview) -> ErasureView:
    row = found.erasure
    more = {name: row[name] for name in ("archive_sha256", "rows_erased", "ids_sha256")}
    return ErasureView(
        **_told(row, ErasureLine),
        **more,
        rules=[ErasureRuleView(**rule) for rule in row["rules"]],
        counts=[ErasureCount(**count) for count in found.counts],
        kept=[ErasureKept(**kept) for kept in kept_rows(row)],
    )


def kept_rows(row: RowMapping) -> list[dict[str, Any]]:
    """By kind and reason, as the policy's kinds are ordered."""
    return [
        {"kind": kind, "why": why, "records": records}
        for kind, counts in row["kept"].items()
        for why, records in sorted(counts.items())
    ]


def sample_line(row: RowMapping) -> LookSampleLine:
    return LookSampleLine(**_told(row, LookSampleLine))


def drawn_look(row: RowMapping) -> DrawnLook:
    return DrawnLook(
        look=row["audit_id"],
        at=row["at"],
        person=row["actor"],
        role=row["role"],
        subject=row["subject"],
        purpose=row["facts"].get("purpose"),
        verdict=row["verdict"],
        note=row["note"],
        judged_by=row["judged_by_name"],
        judged_at=row["judged_at"],
    )


def _told(row: RowMapping, view: Any) -> dict[str, Any]:
    return {name: row[name] for name in view.model_fields}
