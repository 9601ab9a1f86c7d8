"""Lines of a file that a Danish Excel opens."""

import csv
import io
import re
from collections.abc import Iterable

BEGINNING = "\ufeff"
"""By which Excel knows that the file is UTF-8."""

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?[0-9]+(,[0-9]+)?")


def csv_line(cells: Iterable[str]) -> str:
    """What someone wrote is never a formula to who opens it; a plain number is none."""
    text = io.StringIO()
    safe = [f"'{cell}" if _may_be_formula(cell) else cell for cell in cells]
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(safe)
    return text.getvalue()


def _may_be_formula(cell: str) -> bool:
    return cell.startswith(_BEGINS_A_FORMULA) and not _NUMBER.fullmatch(cell)


def csv_headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
