"""Lines of a file that a Danish Excel opens."""

import csv
import io
from collections.abc import Iterable

BEGINNING = "\ufeff"
"""By which Excel knows that the file is UTF-8."""

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_line(cells: Iterable[str]) -> str:
    """What someone wrote is never a formula to who opens it."""
    text = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell for cell in cells]
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(safe)
    return text.getvalue()


def csv_headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
