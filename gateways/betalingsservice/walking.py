"""Walks through a delivery record by record, and sees that it is whole and its sums are right."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from gateways.betalingsservice.layouts import SECTIONS
from gateways.betalingsservice.records import (
    ENCODING,
    Record,
    read_record,
    refuse,
    refuse_length,
)
from gateways.betalingsservice.tally import Tally

_PIECE = 4096  # a file without line ends is not read into memory to be refused


@dataclass(frozen=True, slots=True)
class DeliveryTotals:
    """The last thing a delivery tells: it was whole, and this is what it held.

    *count* is the number of payments, mandates or collections; *net_ore* as in Tally.
    """

    delivery_type: str
    delivery_id: str
    supplier: str
    made_on: date | None
    sections: int
    count: int
    net_ore: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A record inside a section, with what began the section and the delivery."""

    record: Record
    section: Record
    delivery: Record


def walk(stream: BinaryIO, delivery_types: frozenset[str]) -> Iterator[Placed | DeliveryTotals]:
    """All records inside sections, then the totals; raises Invalid at the first fault.

    Nothing told before the totals is to be relied on before they come.
    """
    delivery = _Delivery(delivery_types)
    line = 0
    for line, text in _lines(stream):
        placed = delivery.take(text, line)
        if placed is not None:
            yield placed
    yield delivery.totals(line)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    line = 0
    while raw := stream.readline(_PIECE):
        line += 1
        if len(raw) == _PIECE:
            raise refuse_length(line, _length(raw, stream))
        yield line, raw.removesuffix(b"\n").removesuffix(b"\r").decode(ENCODING)


def _length(begun: bytes, stream: BinaryIO) -> int:
    """Of a line of which *begun* has been read."""
    length = len(begun.rstrip(b"\r\n"))
    while not begun.endswith(b"\n") and (begun := stream.readline(_PIECE)):
        length += len(begun.rstrip(b"\r\n"))
    return length


class _Delivery:
    def __init__(self, delivery_types: frozenset[str]) -> None:
        self._types = delivery_types
        self._start: Record | None = None
        self._section: Record | None = None
        self._end: Record | None = None
        self._in_section = Tally()
        self._in_all = Tally()

    def take(self, text: str, line: int) -> Placed | None:
        if self._end is not None:
            raise refuse("record", "bs-after-end", line, 1, end=self._end.line)
        delivery_type = self._start.said("delivery_type") if self._start else ""
        record = read_record(text, line, delivery_type)
        match record.layout.record:
            case "002":
                self._begin(record)
            case "012":
                self._begin_section(record)
            case "092":
                self._end_section(record)
            case "992":
                self._finish(record)
            case _:
                return self._place(record)
        return None

    def totals(self, line: int) -> DeliveryTotals:
        if self._start is None:
            raise refuse("file", "bs-empty", 0, 0)
        if self._end is None:
            raise refuse("file", "bs-truncated", line, 1)
        return DeliveryTotals(
            delivery_type=self._start.said("delivery_type"),
            delivery_id=self._start.said("delivery_id"),
            supplier=self._start.said("supplier"),
            made_on=self._start.day("made_on"),
            sections=self._in_all.sections,
            count=self._in_all.payments,
            net_ore=self._in_all.net_ore,
        )

    def _begin(self, start: Record) -> None:
        if self._start is not None:
            raise _out_of_place(start)
        found = start.said("delivery_type")
        if found not in self._types:
            column, expected = start.column_of("delivery_type"), ", ".join(sorted(self._types))
            raise refuse(
                "delivery_type", "bs-delivery-type", 1, column, found=found, expected=expected
            )
        self._start = start

    def _begin_section(self, section: Record) -> None:
        if self._start is None or self._section is not None:
            raise _out_of_place(section)
        found, delivery_type = section.said("section"), self._start.said("delivery_type")
        if found not in SECTIONS[delivery_type]:
            column = section.column_of("section")
            raise refuse(
                "section", "bs-section-misplaced", section.line, column,
                found=found, delivery_type=delivery_type,
            )  # fmt: skip
        self._section, self._in_section = section, Tally()

    def _place(self, record: Record) -> Placed:
        if self._start is None or self._section is None:
            raise _out_of_place(record)
        _require_same(record, self._section, "pbs_number")
        section, found = self._section.said("section"), record.said("transaction")
        allowed = SECTIONS[self._start.said("delivery_type")][section]
        if record.layout.record == "042" and found not in allowed:
            column = record.column_of("transaction")
            raise refuse(
                "transaction", "bs-transaction-misplaced", record.line, column,
                found=found, section=section,
            )  # fmt: skip
        self._in_section.add(record)
        return Placed(record, self._section, self._start)

    def _end_section(self, end: Record) -> None:
        if self._section is None:
            raise _out_of_place(end)
        _require_same(end, self._section, "section")
        _require_same(end, self._section, "pbs_number")
        self._in_section.require(end)
        self._in_all.add_section(self._in_section)
        self._section = None

    def _finish(self, end: Record) -> None:
        if self._start is None or self._section is not None:
            raise _out_of_place(end)
        _require_same(end, self._start, "supplier")
        _require_same(end, self._start, "delivery_type")
        self._in_all.require(end)
        self._end = end


def _out_of_place(record: Record) -> Exception:
    return refuse("record", "bs-out-of-place", record.line, 1, record=f"BS{record.layout.record}")


def _require_same(record: Record, begun: Record, name: str) -> None:
    """What a record says of where it belongs is what the record that began it said."""
    said, expected = record.said(name), begun.said(name)
    if said != expected:
        raise refuse(
            name, "bs-mismatch", record.line, record.column_of(name),
            said=said, expected=expected, begun=begun.line,
        )  # fmt: skip
