"""Tells what kind of file of claims it is, and reads it row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from domain.errors import Fault
from gateways.claim_files.csv_rows import CsvRows
from gateways.claim_files.encoding import decode
from gateways.claim_files.json_rows import line_rows, list_rows, require_lines
from gateways.claim_files.rows import SourceRow, refuse_file


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """*rows* can be gone through once, and is read on the way; *warnings* are of the whole file."""

    rows: Iterator[SourceRow]
    warnings: tuple[Fault, ...] = ()


def read_claim_file(content: bytes) -> ClaimFile:
    """Raises Invalid when nothing in the file can be read as claims; a bad row is a row."""
    text = decode(content)
    warnings: tuple[Fault, ...] = ()
    rows: Iterator[SourceRow]
    match text.lstrip()[:1]:
        case "[":
            rows = list_rows(text)
        case "{":
            require_lines(text)
            rows = line_rows(text)
        case _:
            table = CsvRows(text)
            rows, warnings = iter(table), table.warnings
    first = next(rows, None)
    if first is None:
        raise refuse_file("file-no-rows")
    return ClaimFile(chain([first], rows), warnings)
