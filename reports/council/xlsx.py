"""The council's report as a spreadsheet: a sheet a section, numbers as numbers, charts of Excel."""

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from reports.council.document import Cell, Chart, ReportDocument, ReportTable, Section, Unit

# What someone wrote is never a formula, and never a link, to who opens it.
_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_NUMBERS = {
    Unit.KRONER: "#,##0.00",
    Unit.COUNT: "#,##0",
    Unit.SHARE: "0.0%",
    Unit.DAYS: "#,##0.0",
}
_NAME_WIDTH, _WIDTH, _LONGEST_SHEET = 44, 19, 31
_CHART_ROWS, _CHART_COLUMN = 20, 12
_FORBIDDEN = str.maketrans(dict.fromkeys(r"[]:*?/\\", " "))
Formats = Mapping[str, Any]


def workbook_of(document: ReportDocument) -> bytes:
    """Kroner stand in kroner with two decimals, as Excel of any language shows them in its own."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _SAFE) as book:
        formats = _formats(book)
        book.set_properties({"title": document.title, "company": document.municipality})
        for section in document.sections:
            sheet = book.add_worksheet(section.title.translate(_FORBIDDEN)[:_LONGEST_SHEET])
            _write_section(book, sheet, formats, document, section)
    return file.getvalue()


def _formats(book: Workbook) -> Formats:
    plain = {str(unit): book.add_format({"num_format": form}) for unit, form in _NUMBERS.items()}
    sums = {
        f"{unit}-sum": book.add_format({"num_format": form, "bold": True, "top": 1})
        for unit, form in _NUMBERS.items()
    }
    return plain | sums | {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "head": book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "align": "right"}),
        "first": book.add_format({"bold": True, "bottom": 1}),
        "bold": book.add_format({"bold": True, "top": 1}),
        "name": book.add_format({"bold": True}),
    }  # fmt: skip


def _write_section(
    book: Workbook, sheet: Worksheet, formats: Formats, document: ReportDocument, section: Section
) -> None:
    sheet.set_column(0, 0, _NAME_WIDTH)
    sheet.set_column(1, 20, _WIDTH)
    sheet.write_string(0, 0, section.title, formats["title"])
    sheet.write_string(1, 0, f"{document.municipality}: {document.title}, {document.period}")
    row = 2
    for words in filter(None, (document.warning, section.lead, *section.comment.split("\n"))):
        sheet.write_string(row, 0, words)
        row += 1
    for table in section.tables:
        row = _write_table(sheet, formats, table, row + 1)
    for chart in section.charts:
        row = _write_chart(book, sheet, formats, chart, row + 1)
    for fact in document.facts:
        row += 1
        sheet.write_string(row, 0, fact)


def _write_table(sheet: Worksheet, formats: Formats, table: ReportTable, row: int) -> int:
    """Returns the row after it."""
    sheet.write_string(row, 0, table.title, formats["name"])
    row += 1
    for column, title in enumerate(table.head):
        sheet.write_string(row, column, title, formats["head" if column else "first"])
    for line in table.rows:
        row += 1
        sheet.write_string(row, 0, line.name, formats["bold"] if line.is_sum else None)
        for column, cell in enumerate(line.cells, start=1):
            if cell.value is not None:
                form = f"{cell.unit}-sum" if line.is_sum else str(cell.unit)
                sheet.write_number(row, column, in_units(cell), formats[form])
    if table.note:
        row += 1
        sheet.write_string(row, 0, table.note)
    return row + 1


def in_units(cell: Cell) -> float:
    """Kroner, not øre; exact to the øre up to some millions of millions."""
    assert cell.value is not None
    value = Decimal(cell.value)
    return float(value / 100 if cell.unit is Unit.KRONER else value)


def _write_chart(book: Workbook, sheet: Worksheet, formats: Formats, chart: Chart, row: int) -> int:
    """Its numbers beside the tables, and a chart of Excel's own over them."""
    bars = [bar for bar in chart.bars if bar.name]
    if not bars:
        return row
    sheet.write_string(row, 0, chart.title, formats["name"])
    for number, bar in enumerate(bars):
        sheet.write_string(number, _CHART_COLUMN, bar.name)
        low, high = sorted((bar.begin, bar.end))
        sheet.write_number(number, _CHART_COLUMN + 1, low / 100, formats["kroner"])
        sheet.write_number(number, _CHART_COLUMN + 2, (high - low) / 100, formats["kroner"])
    drawn = book.add_chart({"type": "bar", "subtype": "stacked"})
    place, last = sheet.get_name(), len(bars) - 1
    for column, fill in ((1, {"none": True}), (2, {"color": "#0B4F8A"})):
        at = _CHART_COLUMN + column
        drawn.add_series({
            "categories": [place, 0, _CHART_COLUMN, last, _CHART_COLUMN],
            "values": [place, 0, at, last, at],
            "fill": fill,
            "gap": 40,
        })  # fmt: skip
    drawn.set_title({"name": chart.title, "name_font": {"size": 11}})
    drawn.set_legend({"none": True})
    drawn.set_y_axis({"reverse": True})
    drawn.set_size({"width": 760, "height": 120 + 24 * len(bars)})
    sheet.insert_chart(row + 1, 0, drawn, {"description": chart.alternative})
    return row + 2 + max(_CHART_ROWS, len(bars) + 8)
