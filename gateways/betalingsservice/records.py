"""Reads and writes one record by its layout, and says line and column of what is wrong with it."""

import re
from dataclasses import dataclass
from datetime import date

from domain.errors import Fault, Invalid
from gateways.betalingsservice.layouts import RECORDS, WIDTH, Column, Kind, Layout, layout_of

Value = str | int | date | None

ENCODING = "latin1"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DIGITS = re.compile(r"[0-9]+")
_NOT_LATIN = re.compile(r"[^\x00-\xff]")
_NUMBER_OF_RECORD = slice(13, 17)
_NUMBERED = {"012", "042", "092"}
_CENTURY = 2000
_YEARS = range(_CENTURY, _CENTURY + 100)


@dataclass(frozen=True, slots=True)
class Record:
    """*line* counts from 1; *text* is the record as it stands in the file."""

    layout: Layout
    line: int
    text: str
    values: dict[str, Value]

    def said(self, name: str) -> str:
        found = self.values[name]
        assert isinstance(found, str)
        return found

    def number(self, name: str) -> int:
        found = self.values[name]
        assert isinstance(found, int)
        return found

    def day(self, name: str) -> date | None:
        found = self.values[name]
        assert found is None or isinstance(found, date)
        return found

    def column_of(self, name: str) -> int:
        return self.layout.place_of(name)


def refuse(field: str, code: str, line: int, column: int, **values: object) -> Invalid:
    said = {name: str(value) for name, value in values.items()}
    return Invalid(Fault(field, code, {"line": str(line), "column": str(column), **said}))


def read_record(text: str, line: int, delivery_type: str = "") -> Record:
    """Raises Invalid with the place of the first thing that is wrong."""
    if len(text) != WIDTH:
        raise refuse_length(line, len(text))
    _require_printable("record", text, line, 1)
    layout = _layout_of(text, line, delivery_type)
    values: dict[str, Value] = {}
    for column in layout.columns:
        if column.name:
            values[column.name] = _read(column, text[column.first - 1 : column.last], line)
    return Record(layout, line, text, values)


def refuse_length(line: int, found: int) -> Invalid:
    return refuse("record", "bs-length", line, min(found, WIDTH) + 1, found=found, expected=WIDTH)


def write_record(layout: Layout, line: int, **values: Value) -> str:
    """The 128 characters, without an end of line; raises Invalid for what there is no room for."""
    assert values.keys() <= {column.name for column in layout.columns}
    return "".join(_write(column, values.get(column.name), line) for column in layout.columns)


def _refuse_at(column: Column, code: str, line: int, **values: object) -> Invalid:
    return refuse(
        column.name, code, line, column.first, last=column.last, name=column.name, **values
    )


def _layout_of(text: str, line: int, delivery_type: str) -> Layout:
    record, number = text[2:5], text[_NUMBER_OF_RECORD]
    if not text.startswith("BS") or record not in RECORDS:
        raise refuse("record", "bs-record-unknown", line, 1, record=text[:5])
    layout = layout_of(record, number if record in _NUMBERED else "", delivery_type)
    if layout is None:
        column = _NUMBER_OF_RECORD.start + 1
        if record == "042":
            raise refuse("transaction", "bs-transaction-unknown", line, column, found=number)
        raise refuse("section", "bs-section-unknown", line, column, found=number)
    return layout


def _require_printable(field: str, text: str, line: int, first: int) -> None:
    if match := _CONTROL.search(text):
        character = f"U+{ord(match[0]):04X}"
        column = first + match.start()
        raise refuse(field, "bs-control-character", line, column, character=character)


def _read(column: Column, found: str, line: int) -> Value:
    match column.kind:
        case Kind.TEXT:
            return found.rstrip(" ")
        case Kind.LITERAL:
            return _read_literal(column, found, line)
        case Kind.DIGITS:
            return _require_digits(column, found, line)
        case Kind.NUMBER:
            return int(_require_digits(column, found, line))
        case Kind.DAY | Kind.LONG_DAY:
            return _read_day(column, _require_digits(column, found, line), line)
        case Kind.BLANK | Kind.FILL:
            raise AssertionError(column)


def _read_literal(column: Column, found: str, line: int) -> str:
    if found != column.always:
        raise _refuse_at(column, "bs-literal", line, found=found, expected=column.always)
    return found


def _require_digits(column: Column, found: str, line: int) -> str:
    if not _DIGITS.fullmatch(found):
        raise _refuse_at(column, "bs-digits", line)
    return found


def _read_day(column: Column, found: str, line: int) -> date | None:
    if not int(found):
        return None
    century = 0 if column.kind is Kind.LONG_DAY else _CENTURY
    try:
        return date(century + int(found[4:]), int(found[2:4]), int(found[:2]))
    except ValueError as error:
        raise _refuse_at(column, "bs-day", line, found=found) from error


def _write(column: Column, value: Value, line: int) -> str:
    match column.kind:
        case Kind.BLANK:
            return " " * column.width
        case Kind.FILL:
            return "0" * column.width
        case Kind.LITERAL:
            return column.always
        case Kind.TEXT:
            return _write_text(column, str(value or ""), line)
        case Kind.DIGITS | Kind.NUMBER:
            return _write_digits(column, str(value or 0), line)
        case Kind.DAY | Kind.LONG_DAY:
            assert value is None or isinstance(value, date)
            return _write_day(column, value, line)


def _write_text(column: Column, text: str, line: int) -> str:
    if match := _NOT_LATIN.search(text):
        raise _refuse_at(column, "bs-letter", line, character=match[0])
    _require_printable(column.name, text, line, column.first)
    if column.may_be_cut:
        text = text[: column.width]
    return _require_room(column, text, line).ljust(column.width)


def _write_digits(column: Column, text: str, line: int) -> str:
    if not _DIGITS.fullmatch(text):
        raise _refuse_at(column, "bs-digits", line)
    return _require_room(column, text, line).zfill(column.width)


def _require_room(column: Column, text: str, line: int) -> str:
    if len(text) > column.width:
        length, limit = len(text), column.width
        raise _refuse_at(column, "bs-too-long", line, length=length, limit=limit)
    return text


def _write_day(column: Column, day: date | None, line: int) -> str:
    if day is None:
        return "0" * column.width
    if column.kind is Kind.LONG_DAY:
        return f"{day.day:02}{day.month:02}{day.year:04}"
    if day.year not in _YEARS:
        raise _refuse_at(column, "bs-day", line, found=day.isoformat())
    return f"{day.day:02}{day.month:02}{day.year % 100:02}"
