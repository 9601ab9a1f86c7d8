"""Makes a PDF of a letter's document: for every reader (PDF/UA-1) and to be kept (PDF/A-2a)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from threading import local
from typing import Any

import typst

from letters.documents import Document, to_json

LAYOUT = "layout/1.typ"
_HOUSE = Path(__file__).parent.parent
_LETTERS = _HOUSE / "templates" / "letters"
_FONTS = _HOUSE / "static" / "fonts"
_each_thread = local()


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    layout: str
    pdf: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.pdf).hexdigest()


def print_letter(document: Document, layout: str = LAYOUT) -> PrintedLetter:
    """The same document gives the same bytes. Raises RuntimeError when it cannot be set.

    Takes some milliseconds of a processor, so never in the loop that others wait for.
    """
    letter = json.dumps(to_json(document), ensure_ascii=False)
    pdf = _compiler(layout).compile(
        format="pdf",
        sys_inputs={"letter": letter},
        pdf_standards=["ua-1", "a-2a"],
        timestamp=_midnight(document.day),
    )
    assert isinstance(pdf, bytes)
    return PrintedLetter(layout, pdf)


def picture(document: Document, layout: str = LAYOUT) -> list[bytes]:
    """Its pages as PNG, for those who look."""
    letter = json.dumps(to_json(document), ensure_ascii=False)
    pages: Any = _compiler(layout).compile(format="png", ppi=64, sys_inputs={"letter": letter})
    return list(pages) if isinstance(pages, list) else [pages]


def _midnight(day: str) -> int:
    return int(datetime.combine(date.fromisoformat(day), time.min, UTC).timestamp())


def _compiler(layout: str) -> typst.Compiler:
    """Each thread has its own, warm after the first letter; the fonts are everyone's."""
    kept: dict[str, typst.Compiler] = _each_thread.__dict__
    if layout not in kept:
        kept[layout] = typst.Compiler(
            str(_LETTERS / layout),
            root=str(_LETTERS),
            font_paths=fonts(),
            ignore_system_fonts=True,
        )
    return kept[layout]


@cache
def fonts() -> typst.Fonts:
    """Those of the house, and no others."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)]
    )
