"""Cells of the council's report: a figure in øre or number, what it is of, and how two compare."""

from decimal import Decimal
from typing import Any

from reports.council.document import Cell, Section, Source, Unit
from reports.council.figures import CouncilFigure as Figure
from reports.council.figures import Dimension
from reports.council.report import CouncilFigures
from reports.council.snapshots import CouncilReport
from reports.council.words import CouncilWords

WHOLE = Dimension.TOTAL


def ore(found: CouncilFigures, figure: Figure, by: Dimension = WHOLE, part: str = "") -> Cell:
    return Cell(found.of(figure, by, part).ore, Unit.KRONER, Source(figure, by, part))


def lines(found: CouncilFigures, figure: Figure, by: Dimension = WHOLE, part: str = "") -> Cell:
    return Cell(found.of(figure, by, part).lines, Unit.COUNT, Source(figure, by, part))


def paid(found: CouncilFigures, figure: Figure) -> Cell:
    """As money that came, which lessens what is owed."""
    return Cell(-found.of(figure).ore, Unit.KRONER, Source(figure))


def change(now: Cell, before: Cell) -> Cell:
    if now.value is None or before.value is None:
        return Cell(None, now.unit)
    return Cell(now.value - before.value, now.unit)


def share_of_billed(found: CouncilFigures, by: Dimension = WHOLE, part: str = "") -> Decimal | None:
    """Of what was billed in the twelve months; None where nothing was."""
    billed = found.of(Figure.BILLED, by, part).ore
    return Decimal(found.of(Figure.CLOSING, by, part).ore) / billed if billed else None


def days_to_pay(found: CouncilFigures, by: Dimension = WHOLE, part: str = "") -> Decimal | None:
    """On average, from the due date; None where no claim was paid."""
    amount = found.of(Figure.DAYS_TO_PAY, by, part)
    return Decimal(amount.ore) / amount.lines if amount.lines else None


def section(
    code: str, report: CouncilReport, words: CouncilWords, lead: str = "", **more: Any
) -> Section:
    """*more*: its charts and tables; the comment is the report's."""
    said = lead or words(f"lead-{code}")
    return Section(code, words(code), said, comment=report.comments.get(code, ""), **more)
