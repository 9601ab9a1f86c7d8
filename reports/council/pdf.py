"""The council's report as a PDF: for every reader (PDF/UA-1) and to be kept (PDF/A-2a)."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import typst

from letters.printing import fonts
from reports.council.charts import svg_of
from reports.council.document import Chart, ReportDocument, ReportTable, Section, in_words

_LAYOUT = Path(__file__).parents[2] / "templates" / "reports" / "council.typ"


def print_report(document: ReportDocument) -> bytes:
    """The same document gives the same bytes. Raises RuntimeError when it cannot be set.

    Takes some hundredths of a second of a processor, so never in the loop that others wait for.
    """
    midnight = datetime.combine(date.fromisoformat(document.day), time.min, UTC)
    pdf = _compiler().compile(
        format="pdf",
        sys_inputs={"report": _told(document)},
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(midnight.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf


def pictures(document: ReportDocument) -> list[bytes]:
    """Its pages as PNG, for those who look."""
    pages: Any = _compiler().compile(format="png", ppi=80, sys_inputs={"report": _told(document)})
    return list(pages) if isinstance(pages, list) else [pages]


def _compiler() -> typst.Compiler:
    """A new one each time: a report is printed seldom, and by whichever thread is free."""
    return typst.Compiler(
        str(_LAYOUT), root=str(_LAYOUT.parent), font_paths=fonts(), ignore_system_fonts=True
    )


def _told(document: ReportDocument) -> str:
    language = document.language
    whole = asdict(document) | {
        "sections": [_section(section, language) for section in document.sections]
    }
    return json.dumps(whole, ensure_ascii=False)


def _section(section: Section, language: str) -> dict[str, Any]:
    return {
        "title": section.title,
        "lead": section.lead,
        "comment": section.comment,
        "charts": [_chart(chart, language) for chart in section.charts if chart.bars],
        "tables": [_table(table, language) for table in section.tables],
    }


def _chart(chart: Chart, language: str) -> dict[str, str]:
    return {
        "title": chart.title,
        "alternative": f"{chart.title}. {chart.alternative}",
        "svg": svg_of(chart, language),
    }


def _table(table: ReportTable, language: str) -> dict[str, Any]:
    rows = [
        {
            "is_sum": row.is_sum,
            "cells": [row.name, *(in_words(cell, language) for cell in row.cells)],
        }
        for row in table.rows
    ]
    return {"title": table.title, "head": list(table.head), "rows": rows, "note": table.note}
