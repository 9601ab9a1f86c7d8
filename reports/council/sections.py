"""What a report to the council says, section by section, from the figures as they were kept."""

from collections.abc import Sequence

from domain.claim import Stage
from domain.steering.council import AgeBand
from reports.council.cells import WHOLE, change, days_to_pay, lines, ore, section, share_of_billed
from reports.council.charts import bridge_chart, compared_chart
from reports.council.document import Cell, Row, Section, Source, Unit
from reports.council.document import ReportTable as Table
from reports.council.figures import BRIDGE, Dimension
from reports.council.figures import CouncilFigure as Figure
from reports.council.report import CouncilFigures
from reports.council.snapshots import CouncilReport
from reports.council.words import CouncilWords

_TYPE, _KIND = Dimension.TYPE, Dimension.KIND
_AGE, _STAGE = Dimension.AGE, Dimension.STAGE
_PERSON, _COMPANY = "person", "company"
_MOVEMENTS = (
    Figure.NEW, Figure.PAID, Figure.WRITTEN_OFF, Figure.TRANSFERRED, Figure.RECALLED,
)  # fmt: skip
# What a part of a figure is called, and how it is asked for.
Named = tuple[str, Dimension, str]


def overview(report: CouncilReport, words: CouncilWords) -> Section:
    """The figures a reader looks for first, beside the last report's."""

    def told(found: CouncilFigures) -> list[Cell]:
        return [
            ore(found, Figure.CLOSING),
            lines(found, Figure.CLOSING),
            lines(found, Figure.DEBTORS),
            ore(found, Figure.THERE_CLOSING),
            Cell(share_of_billed(found), Unit.SHARE, Source(Figure.BILLED)),
            ore(found, Figure.GIVEN_UP),
            lines(found, Figure.AGREEMENTS),
            Cell(days_to_pay(found), Unit.DAYS, Source(Figure.DAYS_TO_PAY)),
        ]

    names = ("arrears", "claims", "debtors", "there", "share", "given-up", "agreements", "days")
    now, before = told(report.found), told(report.before) if report.before else None
    rows = []
    for place, name in enumerate(names):
        cells = [now[place]]
        if before:
            earlier = Cell(before[place].value, before[place].unit)
            cells += [earlier, change(now[place], earlier)]
        rows.append(Row(words(f"key-{name}"), tuple(cells)))
    head = [words("key"), words("now", day=words.day(report.found.until))]
    if report.before:
        head += [words("before", day=words.day(report.before.until)), words("change")]
    table = Table(words("overview"), tuple(head), tuple(rows))
    lead = "" if report.before else words("lead-first")
    return section("overview", report, words, lead, tables=(table,))


def bridge(report: CouncilReport, words: CouncilWords) -> Section:
    """From what was owed to what is owed, by who owes it."""
    chart = bridge_chart(report.found, words, BRIDGE, words("bridge"))
    return section(
        "bridge",
        report,
        words,
        charts=(chart,),
        tables=(bridge_table(report.found, words, BRIDGE),),
    )


def bridge_table(found: CouncilFigures, words: CouncilWords, figures: Sequence[Figure]) -> Table:
    moving = [figure for figure in figures if figure not in (Figure.SHIFTED, Figure.THERE_SHIFTED)]
    rows = [
        Row(
            words.figure(figure),
            (
                ore(found, figure),
                ore(found, figure, _KIND, _PERSON),
                ore(found, figure, _KIND, _COMPANY),
            ),
            figure in (figures[0], figures[-1]),
        )
        for figure in moving
    ]
    kinds = [words.part(_KIND, kind) for kind in (_PERSON, _COMPANY)]
    return Table(words("in-kroner"), (words("figure"), words("total"), *kinds), tuple(rows))


def types(report: CouncilReport, words: CouncilWords) -> Section:
    """By type of claim: what is owed, its share of what was billed, and what moved."""
    found = report.found
    parts = found.parts(_TYPE, (*BRIDGE, Figure.BILLED))
    ordered = sorted(parts, key=lambda part: (-found.of(Figure.CLOSING, _TYPE, part).ore, part))
    named = [(words.part(_TYPE, part), _TYPE, part) for part in ordered]
    named.append((words("total"), WHOLE, ""))
    chart = compared_chart(found, words, _TYPE, ordered, words("types-chart"))
    tables = (_owed_by_type(report, words, named), _moved_by_type(found, words, named))
    return section("types", report, words, charts=(chart,), tables=tables)


def _owed_by_type(report: CouncilReport, words: CouncilWords, named: Sequence[Named]) -> Table:
    found, before = report.found, report.before
    rows = []
    for name, by, part in named:
        closing = ore(found, Figure.CLOSING, by, part)
        share = Cell(share_of_billed(found, by, part), Unit.SHARE, Source(Figure.BILLED, by, part))
        cells = [lines(found, Figure.CLOSING, by, part), ore(found, Figure.OPENING, by, part)]
        cells += [closing, share]
        if before:
            cells.append(change(closing, ore(before, Figure.CLOSING, by, part)))
        rows.append(Row(name, tuple(cells), by is WHOLE))
    head = [words("type"), words("claims"), words.figure(Figure.OPENING)]
    head += [words.figure(Figure.CLOSING), words("share"), *([words("change")] if before else [])]
    return Table(words("types-owed"), tuple(head), tuple(rows), words("types-note"))


def _moved_by_type(found: CouncilFigures, words: CouncilWords, named: Sequence[Named]) -> Table:
    """The largest movements each in a column, the others together in the last one."""
    rows = []
    for name, by, part in named:
        cells = [ore(found, figure, by, part) for figure in _MOVEMENTS]
        ends = found.of(Figure.CLOSING, by, part).ore - found.of(Figure.OPENING, by, part).ore
        rest = Cell(ends - sum(found.of(figure, by, part).ore for figure in _MOVEMENTS))
        rows.append(Row(name, (*cells, rest), by is WHOLE))
    head = (words("type"), *(words.figure(figure) for figure in _MOVEMENTS), words("other"))
    return Table(words("types-moved"), head, tuple(rows))


def ages(report: CouncilReport, words: CouncilWords) -> Section:
    """By how long ago payment was due, here and at the recovery authority."""
    parts = [band.value for band in AgeBand]
    table = _standing(report, words, _AGE, parts, Figure.THERE_CLOSING)
    chart = compared_chart(report.found, words, _AGE, parts, words("ages-chart"))
    return section("ages", report, words, charts=(chart,), tables=(table,))


def stages(report: CouncilReport, words: CouncilWords) -> Section:
    """By where the claims stand, and what rests."""
    known = [stage.value for stage in Stage]
    found = report.found.parts(_STAGE, (Figure.OPENING, Figure.CLOSING, Figure.THERE_CLOSING))
    parts = [*(one for one in known if one in found), *(one for one in found if one not in known)]
    table = _standing(report, words, _STAGE, parts, Figure.HELD)
    return section("stages", report, words, tables=(table,))


def _standing(
    report: CouncilReport, words: CouncilWords, by: Dimension, parts: Sequence[str], also: Figure
) -> Table:
    """What was and is owed in each part, and *also* as the last column."""
    found = report.found

    def cells(by: Dimension, part: str) -> tuple[Cell, ...]:
        opening, closing = (ore(found, one, by, part) for one in (Figure.OPENING, Figure.CLOSING))
        count = lines(found, Figure.CLOSING, by, part)
        return count, opening, closing, change(closing, opening), ore(found, also, by, part)

    rows = [Row(words.part(by, part), cells(by, part)) for part in parts]
    rows.append(Row(words("total"), cells(WHOLE, ""), is_sum=True))
    head = (
        words.dimension(by), words("claims"), words.figure(Figure.OPENING),
        words.figure(Figure.CLOSING), words("change-of-period"), words.figure(also),
    )  # fmt: skip
    return Table(words.dimension(by), head, tuple(rows))
