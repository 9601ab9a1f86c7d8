"""A report to the council as files: what they are called, and what stands in them."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from api.csv_lines import BEGINNING, csv_line
from api.schemas.council import KeyFigures
from domain.policy import Policy
from letters.catalogue import sentence
from reports.council.document import Cell, ReportDocument, Unit
from reports.council.figures import CouncilFigure, Dimension
from reports.council.key_figures import key_file
from reports.council.report import CouncilFigures
from reports.council.snapshots import CouncilReport
from reports.council.words import CouncilWords

_COLUMNS = ("section", "table", "row", "column", "value", "unit")
_KEY_COLUMNS = ("figure", "by", "part", "name", "amount", "number")
_PLACES = {Unit.KRONER: 2, Unit.COUNT: 0, Unit.SHARE: 4, Unit.DAYS: 1}


def file_name(report: CouncilReport, kind: str, ending: str) -> str:
    """As ``restancer-2026-04-01-2026-06-30.pdf``."""
    return f"{kind}-{report.found.since}-{report.found.until}.{ending}"


def report_csv(document: ReportDocument) -> str:
    """A figure a line, with where it stands: for pivots as for reading."""
    return BEGINNING + "".join(csv_line(line) for line in _lines(document))


def _lines(document: ReportDocument) -> Iterator[Iterable[str]]:
    yield [sentence(f"council-csv-{name}", document.language) for name in _COLUMNS]
    for section in document.sections:
        for table in section.tables:
            for row in table.rows:
                for title, cell in zip(table.head[1:], row.cells, strict=True):
                    unit = sentence(f"council-unit-{cell.unit}", document.language)
                    yield section.title, table.title, row.name, title, plain_number(cell), unit
        if section.comment:
            yield section.title, "", "", "", section.comment, ""


def plain_number(cell: Cell) -> str:
    """With a decimal comma and no other mark; kroner in kroner, shares of 1."""
    if cell.value is None:
        return ""
    value = Decimal(cell.value) / (100 if cell.unit is Unit.KRONER else 1)
    return f"{value:.{_PLACES[cell.unit]}f}".replace(".", ",")


def key_figures_of(report: CouncilReport, policy: Policy, language: str) -> KeyFigures:
    """The open file, held to its own schema before anybody gets it."""
    words = CouncilWords(policy, language)
    more = {
        "report": report.number,
        "frozen_on": report.frozen_on and report.frozen_on.isoformat(),
        "sha256": report.sha256,
    }
    definitions = {str(figure): words.figure(figure) for figure in CouncilFigure}
    names = {str(by): _names(report.found, words, by) for by in Dimension if by != "total"}
    told = key_file(report.found, policy.municipality, definitions, names, more)
    return KeyFigures.model_validate(told)


def _names(found: CouncilFigures, words: CouncilWords, by: Dimension) -> dict[str, str]:
    return {part: words.part(by, part) for part in found.parts(by, CouncilFigure)}


def key_csv(figures: KeyFigures, language: str) -> str:
    """The same for a spreadsheet; what is left out is an empty cell."""
    lines = [[sentence(f"council-csv-{name}", language) for name in _KEY_COLUMNS]]
    for one in figures.figures:
        name = figures.names.get(one.by, {}).get(one.part, "")
        is_days = one.figure == CouncilFigure.DAYS_TO_PAY
        unit = Unit.COUNT if is_days else Unit.KRONER
        amount = plain_number(Cell(one.amount_ore, unit))
        number = plain_number(Cell(one.number, Unit.COUNT))
        lines.append([one.figure, one.by, one.part, name, amount, number])
    return BEGINNING + "".join(csv_line(line) for line in lines)
