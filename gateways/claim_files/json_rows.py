"""Rows of a JSON list or of JSON Lines, read one by one, their numbers kept as text."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

from gateways.claim_files.rows import LONGEST_ROW, SourceRow, refuse_file, unreadable

_SPACE = re.compile(r"[ \t\r\n]*")
_UNFINISHED = re.compile(r'(?:"(?:[^"\\]|\\.)*\\?|[\w.+-]*)\s*\Z', re.DOTALL)  # a string or a word


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name given twice is kept twice, with a space before it, so that its reader sees it."""
    fields: dict[str, Any] = {}
    for name, value in pairs:
        fields[f" {name}" if name in fields else name] = value
    return fields


# Numbers stay as they were written: through floating point 1234.50 could become another amount.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str
)


class _Broken(Exception):  # A turn in the reading, caught here.
    def __init__(self, *, is_cut_off: bool) -> None:
        super().__init__()
        self.is_cut_off = is_cut_off


def _decode(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at *start*, and where it ends."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise _Broken(is_cut_off=_UNFINISHED.match(text, error.pos) is not None) from error
    except (RecursionError, ValueError) as error:
        raise _Broken(is_cut_off=False) from error
    return value, end


def _row(number: int, value: object, length: int) -> SourceRow:
    if length > LONGEST_ROW:
        return unreadable(number, "row-too-long", limit=str(LONGEST_ROW), length=str(length))
    if not isinstance(value, dict):
        return unreadable(number, "row-not-object")
    return SourceRow(number, value)


def list_rows(text: str) -> Iterator[SourceRow]:
    """The objects of a list. Where the list is broken, what follows cannot be told apart."""
    place, number = _after_space(text, text.index("[") + 1), 0
    while text[place : place + 1] != "]":
        number += 1
        try:
            value, end = _decode(text, place)
        except _Broken as broken:
            yield unreadable(number, "json-cut-off" if broken.is_cut_off else "json-broken")
            return
        yield _row(number, value, end - place)
        place = _after_space(text, end)
        if text[place : place + 1] == ",":
            place = _after_space(text, place + 1)
        elif text[place : place + 1] != "]":
            is_cut_off = place >= len(text)
            yield unreadable(number + 1, "json-cut-off" if is_cut_off else "json-broken")
            return


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def line_rows(text: str) -> Iterator[SourceRow]:
    """One object a line; a broken line spoils no other. Raises Invalid if even the first is."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > LONGEST_ROW:
            yield _row(number, None, len(line))
        elif line.strip():
            yield _line_row(number, line.strip())


def _line_row(number: int, line: str) -> SourceRow:
    try:
        value, end = _decode(line, 0)
    except _Broken as broken:
        return unreadable(number, "line-cut-off" if broken.is_cut_off else "line-broken")
    if end < len(line):
        return unreadable(number, "line-broken")
    return _row(number, value, end)


def require_lines(text: str) -> None:
    """Raises Invalid for one object spread over lines: it is neither a list nor JSON Lines."""
    first = text.lstrip().split("\n", 1)[0].strip()
    if first == "{":
        raise refuse_file("json-one-object")
