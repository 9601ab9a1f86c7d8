"""One row of a file of claims, before anyone has asked what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.errors import Fault, Invalid

LONGEST_ROW = 64 * 1024
"""Characters. A claim fits in a thousandth of it; what is longer is a broken file's doing."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """*number* is the one a spreadsheet or an editor shows; *fields* is None when unreadable."""

    number: int
    fields: Mapping[str, Any] | None
    faults: tuple[Fault, ...] = ()


def unreadable(number: int, code: str, **values: str) -> SourceRow:
    return SourceRow(number, None, (Fault("", code, values),))


def refuse_file(code: str, **values: str) -> Invalid:
    return Invalid(Fault("", code, values))
