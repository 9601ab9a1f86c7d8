"""A bridge as a picture: each figure a bar that begins where the one above it ended."""

from dataclasses import dataclass

from reports.reconciling.figures import Figure
from reports.reconciling.report import Bridge

LEFT, WIDTH, ROW = 168, 184, 24
_THINNEST = 1.0  # what is too little to see is still something


@dataclass(frozen=True, slots=True)
class Bar:
    """In the picture's own units. *look* is whole, more or less."""

    figure: Figure
    x: float
    y: int
    width: float
    look: str


def waterfall(bridge: Bridge) -> list[Bar]:
    """Bars of all that is not nothing, the first and the last figure always among them."""
    first, last = bridge.figures[0], bridge.figures[-1]
    spans, level = [], 0
    for figure in bridge.figures:
        ore = bridge.ore(figure)
        if figure in {first, last}:
            spans.append((figure, 0, ore, "whole"))
            level = ore
        elif ore:
            spans.append((figure, level, level + ore, "more" if ore > 0 else "less"))
            level += ore
    lowest = min(0, *(min(begin, end) for _, begin, end, _ in spans))
    highest = max(0, *(max(begin, end) for _, begin, end, _ in spans))
    scale = WIDTH / ((highest - lowest) or 1)
    return [
        Bar(
            figure,
            round(LEFT + (min(begin, end) - lowest) * scale, 1),
            row * ROW,
            round(max(abs(end - begin) * scale, _THINNEST), 1),
            look,
        )
        for row, (figure, begin, end, look) in enumerate(spans)
    ]
