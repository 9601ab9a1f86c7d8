"""Pictures of the council's report, as bars: what they show, and how they are drawn as SVG."""

from collections.abc import Sequence
from html import escape

from reports.council.document import Bar, Chart, kroner_in_short
from reports.council.figures import CouncilFigure, Dimension
from reports.council.report import CouncilFigures
from reports.council.words import CouncilWords

_LEFT, _WIDTH, _RIGHT, _ROW, _HIGH = 216, 400, 84, 28, 18
_THINNEST = 1.5  # what is too little to see is still something
_COLOURS = {"whole": "#0b4f8a", "more": "#a33a1f", "less": "#2f6b1f", "before": "#8fa3b5"}
_INK, _RULE, _SIZE = "#1b1f24", "#d5dbe1", 12


def bridge_chart(
    found: CouncilFigures, words: CouncilWords, figures: Sequence[CouncilFigure], title: str
) -> Chart:
    """Each figure a bar that begins where the one above it ended; what is nothing is left out."""
    first, last = figures[0], figures[-1]
    bars, level = [Bar(words.figure(first), 0, found.of(first).ore)], found.of(first).ore
    for figure in figures[1:-1]:
        if ore := found.of(figure).ore:
            look = "more" if ore > 0 else "less"
            bars.append(Bar(words.figure(figure), level, level + ore, look))
            level += ore
    bars.append(Bar(words.figure(last), 0, found.of(last).ore))
    return Chart(title, _told(bars, words), tuple(bars))


def compared_chart(
    found: CouncilFigures, words: CouncilWords, by: Dimension, parts: Sequence[str], title: str
) -> Chart:
    """What was owed and what is, two bars for each part."""
    bars = []
    for part in parts:
        opening = found.of(CouncilFigure.OPENING, by, part).ore
        closing = found.of(CouncilFigure.CLOSING, by, part).ore
        if opening or closing:
            bars += [Bar(words.part(by, part), 0, closing), Bar("", 0, opening, "before")]
    return Chart(title, _told(bars, words), tuple(bars))


def _told(bars: Sequence[Bar], words: CouncilWords) -> str:
    named = [
        f"{bar.name} {kroner_in_short(bar.end - bar.begin, words.language)}"
        for bar in bars
        if bar.name
    ]
    return words("chart-told", parts="; ".join(named)) if named else words("chart-empty")


def svg_of(chart: Chart, language: str) -> str:
    """A whole picture without style or script: a page and a PDF show the same."""
    height, rows = _height(chart), []
    scale, lowest = _scale(chart)
    y = 4
    for bar in chart.bars:
        rows.append(_drawn(bar, y, scale, lowest, language))
        y += _ROW if bar.name and not _is_pair(chart) else _ROW - 6
    width = _LEFT + _WIDTH + _RIGHT
    zero = round(_LEFT - lowest * scale, 1)
    axis = f'<line x1="{zero}" x2="{zero}" y1="0" y2="{height}" stroke="{_RULE}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(chart.title)}: {escape(chart.alternative)}" font-size="{_SIZE}" '
        f'font-family="IBM Plex Sans" fill="{_INK}">{axis}{"".join(rows)}</svg>'
    )


def _is_pair(chart: Chart) -> bool:
    return any(bar.look == "before" for bar in chart.bars)


def _height(chart: Chart) -> int:
    each = _ROW - 6 if _is_pair(chart) else _ROW
    return max(each * len(chart.bars), _ROW) + 4


def _scale(chart: Chart) -> tuple[float, int]:
    ends = [end for bar in chart.bars for end in (bar.begin, bar.end)]
    lowest, highest = min(0, *ends, 0), max(0, *ends, 0)
    return _WIDTH / ((highest - lowest) or 1), lowest


def _drawn(bar: Bar, y: int, scale: float, lowest: int, language: str) -> str:
    x = round(_LEFT + (min(bar.begin, bar.end) - lowest) * scale, 1)
    width = round(max(abs(bar.end - bar.begin) * scale, _THINNEST), 1)
    middle = y + _HIGH // 2 + 4
    amount = kroner_in_short(bar.end - bar.begin, language)
    name = f'<text x="{_LEFT - 8}" y="{middle}" text-anchor="end">{escape(bar.name)}</text>'
    colour = _COLOURS[bar.look]
    shape = f'<rect x="{x}" y="{y}" width="{width}" height="{_HIGH}" fill="{colour}"/>'
    told = f'<text x="{round(x + width + 6, 1)}" y="{middle}">{escape(amount)}</text>'
    return (name if bar.name else "") + shape + told
