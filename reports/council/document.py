"""A report as it is read, whatever it is made into: sections, tables and pictures, in words.

Amounts stay numbers, with what they are: page, PDF, spreadsheet and CSV write them in their way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from babel.numbers import format_decimal, format_percent

from reports.council.figures import CouncilFigure, Dimension

Number = int | Decimal


class Unit(StrEnum):
    """What a number of a cell is."""

    KRONER = "kroner"  # kept in øre
    COUNT = "count"
    SHARE = "share"  # 1 is all
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Source:
    """Which figure a cell shows: what its lines are asked for by."""

    figure: CouncilFigure
    by: Dimension = Dimension.TOTAL
    part: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """*value* None: there is none, or it makes no sense here."""

    value: Number | None
    unit: Unit = Unit.KRONER
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell, ...]
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class ReportTable:
    """*head*: what the first column holds, then a title for each cell."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """From *begin* to *end*, in øre; *look*: whole, more, less or before."""

    name: str
    begin: int
    end: int
    look: str = "whole"


@dataclass(frozen=True, slots=True)
class Chart:
    """*alternative* says in words what there is to see."""

    title: str
    alternative: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    title: str
    lead: str = ""
    charts: tuple[Chart, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """*facts*: where the figures come from, as lines; *warning*: that it stands no more, if so."""

    language: str
    municipality: str
    title: str
    period: str
    day: str
    facts: tuple[str, ...]
    warning: str
    definitions: tuple[str, ...] = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)


def in_words(cell: Cell, language: str) -> str:
    """As people write it: kroner with two decimals, days with one, a dash for nothing."""
    locale = "da_DK" if language == "da" else "en_GB"
    if cell.value is None:
        return "–"
    match cell.unit:
        case Unit.KRONER:
            kroner = Decimal(cell.value) / 100
            return str(format_decimal(kroner, format="#,##0.00", locale=locale))
        case Unit.SHARE:
            return str(format_percent(cell.value, format="0.0 %", locale=locale))
        case Unit.DAYS:
            return str(format_decimal(cell.value, format="#,##0.0", locale=locale))
        case Unit.COUNT:
            return str(format_decimal(cell.value, format="#,##0", locale=locale))


def kroner_in_short(ore: int, language: str) -> str:
    """For a picture: ``1.234 kr.``, or in millions with one decimal."""
    locale = "da_DK" if language == "da" else "en_GB"
    kroner = Decimal(ore) / 100
    if abs(kroner) >= _MILLION:
        words = format_decimal(kroner / _MILLION, format="#,##0.0", locale=locale)
        return f"{words} mio." if language == "da" else f"{words}m"
    return str(format_decimal(kroner, format="#,##0", locale=locale))


_MILLION = Decimal(1_000_000)


def columns(tables: Sequence[ReportTable]) -> int:
    """Of the widest."""
    return max((len(table.head) for table in tables), default=0)
