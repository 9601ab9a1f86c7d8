"""Where claims and money end, as the council's report says it, and the report as a whole."""

from collections.abc import Callable

from reports.council.cells import WHOLE, days_to_pay, lines, ore, paid, section
from reports.council.document import Cell, ReportDocument, Row, Section, Source, Unit
from reports.council.document import ReportTable as Table
from reports.council.figures import AGREEMENTS, BRIDGE_THERE, PAID_FOR, Dimension
from reports.council.figures import CouncilFigure as Figure
from reports.council.report import CouncilFigures
from reports.council.sections import ages, bridge, bridge_table, overview, stages, types
from reports.council.snapshots import CouncilReport
from reports.council.words import CouncilWords

Writer = Callable[[CouncilReport, CouncilWords], Section]
_TYPE, _REASON = Dimension.TYPE, Dimension.REASON


def collector(report: CouncilReport, words: CouncilWords) -> Section:
    """What lies with the recovery authority."""
    found = report.found
    parts = found.parts(_TYPE, (Figure.THERE_OPENING, Figure.THERE_CLOSING))
    rows = [
        Row(
            words.part(_TYPE, part),
            (lines(found, Figure.THERE_CLOSING, _TYPE, part),
             ore(found, Figure.THERE_CLOSING, _TYPE, part)),
        )
        for part in parts
    ]  # fmt: skip
    whole = (lines(found, Figure.THERE_CLOSING), ore(found, Figure.THERE_CLOSING))
    rows.append(Row(words("total"), whole, is_sum=True))
    head = (words("type"), words("claims"), words.figure(Figure.THERE_CLOSING))
    by_type = Table(words("collector-types"), head, tuple(rows))
    tables = (bridge_table(found, words, BRIDGE_THERE), by_type)
    return section("collector", report, words, tables=tables)


def write_offs(report: CouncilReport, words: CouncilWords) -> Section:
    """What was given up, by reason, beside the year's goal."""
    found = report.found
    rows = [
        Row(
            words.part(_REASON, goal.reason),
            (
                ore(found, Figure.GIVEN_UP, _REASON, goal.reason),
                Cell(goal.ore),
                Cell(goal.goal_ore),
                Cell(goal.claims, Unit.COUNT),
                Cell(goal.goal_claims, Unit.COUNT),
            ),
        )
        for goal in report.goals
    ]
    whole = (
        ore(found, Figure.GIVEN_UP),
        Cell(sum(goal.ore for goal in report.goals)),
        Cell(sum(goal.goal_ore or 0 for goal in report.goals)),
        Cell(sum(goal.claims for goal in report.goals), Unit.COUNT),
        Cell(sum(goal.goal_claims or 0 for goal in report.goals), Unit.COUNT),
    )
    rows.append(Row(words("total"), whole, is_sum=True))
    head = tuple(words(f"goal-{name}") for name in (
        "reason", "period", "year", "year-goal", "claims", "claims-goal"))  # fmt: skip
    over = [words.part(_REASON, goal.reason) for goal in report.goals if goal.is_over]
    lead = words("goal-over", reasons=", ".join(over)) if over else words("goal-kept")
    table = Table(words("write-offs"), head, tuple(rows))
    return section("write-offs", report, words, lead=lead, tables=(table,))


def payments(report: CouncilReport, words: CouncilWords) -> Section:
    """What was charged, what was paid of it, and how long it took."""
    found = report.found
    charged = {Figure.PAID_PRINCIPAL: Figure.NEW, Figure.PAID_INTEREST: Figure.INTEREST,
               Figure.PAID_FEES: Figure.FEES}  # fmt: skip
    rows = [
        Row(words.figure(charged[one]), (ore(found, charged[one]), paid(found, one)))
        for one in PAID_FOR
    ]
    charges = sum(found.of(one).ore for one in charged.values())
    whole = (Cell(charges), paid(found, Figure.PAID))
    rows.append(Row(words("total"), whole, is_sum=True))
    table = Table(
        words("payments"), (words("figure"), words("charged"), words("paid")), tuple(rows)
    )
    parts = found.parts(_TYPE, (Figure.DAYS_TO_PAY,))
    by_type = [Row(words.part(_TYPE, part), _days(found, _TYPE, part)) for part in parts]
    by_type.append(Row(words("total"), _days(found, WHOLE, ""), is_sum=True))
    head = (words("type"), words("days-claims"), words("key-days"))
    days = Table(words("days"), head, tuple(by_type))
    return section("payments", report, words, tables=(table, days))


def _days(found: CouncilFigures, by: Dimension, part: str) -> tuple[Cell, Cell]:
    source = Source(Figure.DAYS_TO_PAY, by, part)
    average = Cell(days_to_pay(found, by, part), Unit.DAYS, source)
    return lines(found, Figure.DAYS_TO_PAY, by, part), average


def agreements(report: CouncilReport, words: CouncilWords) -> Section:
    """Those in force, made, kept and broken, with what was owed when they were made."""
    found = report.found
    ends = (AGREEMENTS[0], AGREEMENTS[-1])
    rows = [
        Row(words.figure(figure), (lines(found, figure), ore(found, figure)), figure in ends)
        for figure in AGREEMENTS
    ]
    head = (words("agreements"), words("count"), words("agreed"))
    return section(
        "agreements", report, words, tables=(Table(words("agreements"), head, tuple(rows)),)
    )


SECTIONS: dict[str, Writer] = {
    "overview": overview,
    "bridge": bridge,
    "types": types,
    "ages": ages,
    "stages": stages,
    "collector": collector,
    "write-offs": write_offs,
    "payments": payments,
    "agreements": agreements,
}
"""In the order they are read."""


_MEANINGS = (
    "booked", "arrears", "age", "stage", "debtors", "share", "covered", "given-up", "days",
)  # fmt: skip


def document_of(report: CouncilReport, words: CouncilWords, municipality: str) -> ReportDocument:
    """The report in the words' language; what it means that it stands no more is said first."""
    found = report.found
    period = words("period", since=words.day(found.since), until=words.day(found.until))
    return ReportDocument(
        language=words.language,
        municipality=municipality,
        title=words("report-title"),
        period=period,
        day=(report.frozen_on or report.read_at.date()).isoformat(),
        facts=tuple(_facts(report, words)),
        warning=_warning(report, words),
        definitions=tuple(words(f"means-{name}") for name in _MEANINGS),
        sections=tuple(write(report, words) for write in SECTIONS.values()),
    )


def _facts(report: CouncilReport, words: CouncilWords) -> list[str]:
    told = [words("fact-read", moment=words.moment(report.read_at))]
    if report.frozen_on:
        told.append(words("fact-frozen", number=report.number, day=words.day(report.frozen_on)))
    if report.replaces:
        told.append(words("fact-edition", number=report.replaces))
    told.append(words("fact-policy", version=report.policy_version))
    if report.sha256:
        told.append(words("fact-sha", sha=report.sha256[:16]))
    return told


def _warning(report: CouncilReport, words: CouncilWords) -> str:
    if report.withdrawn_on:
        return words("warning-withdrawn", day=words.day(report.withdrawn_on))
    if report.replaced_by:
        return words("warning-replaced", number=report.replaced_by)
    return "" if report.frozen_on else words("warning-draft")
