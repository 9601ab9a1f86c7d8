"""Rows of a CSV file, semicolon, comma or tab; a row that is broken spoils no other."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from domain.claim_fields import COLUMNS, REQUIRED, canonical, unknown_field
from domain.errors import Fault, Invalid
from domain.notation import shown
from gateways.claim_files.rows import LONGEST_ROW, SourceRow, refuse_file, unreadable

_DELIMITERS = ";,\t"
_MOST_LINES = 20  # a row of quoted text may run over lines, but a forgotten quote shall not


class CsvRows:
    """*warnings* are of the header. Raises Invalid when the header cannot carry claims."""

    def __init__(self, text: str) -> None:
        self._lines = _Lines(text)
        first = self._lines.take() or ""
        if first.strip().casefold().startswith("sep="):  # Excel's own note on the delimiter
            first = self._lines.take() or ""
        self._delimiter = max(_DELIMITERS, key=first.count)
        self._names = _header(first, self._delimiter)
        self.warnings = tuple(unknown_field(n) for n in self._names if n and not canonical(n))

    def __iter__(self) -> Iterator[SourceRow]:
        while (line := self._lines.take()) is not None:
            if line.strip(self._delimiter + " \r\n"):
                yield self._row(line)

    def _row(self, line: str) -> SourceRow:
        number = self._lines.number
        if len(line) > LONGEST_ROW:
            return _too_long(number, len(line))
        cells = self._cells(line)
        if cells is None:
            return unreadable(number, "row-quotes")
        if len(cells) != len(self._names):
            counts = {"expected": str(len(self._names)), "found": str(len(cells))}
            return unreadable(number, "row-columns", **counts)
        return SourceRow(number, _known(zip(self._names, cells, strict=True)))

    def _cells(self, line: str) -> list[str] | None:
        """The cells of *line*, with as many of the next lines as its quotes embrace."""
        if (cells := _parse(line, self._delimiter)) is not None:
            return cells
        following: list[str] = []
        for more in self._lines.ahead(_MOST_LINES):
            following.append(more)
            if (cells := _parse(line + "".join(following), self._delimiter)) is not None:
                self._lines.skip(len(following))
                return cells
        return None


class _Lines:
    """Lines with their ends, which may be looked at before they are taken."""

    def __init__(self, text: str) -> None:
        # A StringIO would take four bytes a letter.
        self._source = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="")
        self._ahead: list[str] = []
        self.number = 0

    def take(self) -> str | None:
        line = self._ahead.pop(0) if self._ahead else self._source.readline()
        self.number += 1
        return line or None

    def skip(self, count: int) -> None:
        for _ in range(count):
            self.take()

    def ahead(self, count: int) -> Iterator[str]:
        self._ahead += islice(self._source, count - len(self._ahead))
        yield from (line[: LONGEST_ROW + 1] for line in self._ahead[:count])


def _parse(text: str, delimiter: str) -> list[str] | None:
    """The cells if *text* is exactly one row with its quotes in order."""
    if len(text) > LONGEST_ROW:
        return None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _header(line: str, delimiter: str) -> list[str]:
    names = _parse(line, delimiter) or []
    fields = [canonical(name) for name in names]
    known = [field for field in fields if field]
    if not known:
        raise refuse_file("header-missing", first=shown(line))
    faults = [
        Fault(shown(name), "column-twice")
        for place, name in enumerate(names)
        if fields[place] and fields[place] in fields[:place]
    ]
    faults += [_missing(field) for field in REQUIRED if field not in known]
    if faults:
        raise Invalid(*faults)
    return names


def _missing(field: str) -> Fault:
    return Fault(field, "column-missing", {"names": " / ".join((field, *COLUMNS[field]))})


def _known(cells: Iterator[tuple[str, str]]) -> dict[str, str]:
    """The header has been warned about once; not again in each row."""
    return {name: cell for name, cell in cells if canonical(name)}


def _too_long(number: int, length: int) -> SourceRow:
    return unreadable(number, "row-too-long", limit=str(LONGEST_ROW), length=str(length))
