"""A report to the council as it is kept: its figures as JSON and back, with what goes beside."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.policy import Policy
from persistence.endings.write_off_figures import reason_figures
from persistence.steering.council_reports import NewReport, read_report
from reports.council.figures import CouncilFigure, Dimension
from reports.council.report import Amount, CouncilFigures, council_figures


@dataclass(frozen=True, slots=True)
class Goal:
    """What a reason for writing off has cost from New Year to the report's last day, and may.

    *reason* ``''``: not told. The goals are of a whole year; None: there is none.
    """

    reason: str
    claims: int
    ore: int
    goal_claims: int | None
    goal_ore: int | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class CouncilReport:
    """As kept. *before*: the figures of the report it is compared with, if there was one."""

    number: int
    found: CouncilFigures
    goals: tuple[Goal, ...]
    comments: Mapping[str, str]
    read_at: datetime
    policy_version: str
    before: CouncilFigures | None
    frozen_on: date | None
    replaces: int | None
    replaced_by: int | None
    withdrawn_on: date | None
    sha256: str | None


async def draw_up(
    connection: AsyncConnection, policy: Policy, since: date, until: date, at: datetime
) -> NewReport:
    """The figures of a period as the books are now. Must be read within `read_one_moment`."""
    found = await council_figures(connection, since, until)
    year = date(until.year, 1, 1)
    reasons = await reason_figures(connection, policy, year, until, until)
    goals = [
        Goal(
            one.reason,
            one.claims,
            one.amount.ore,
            one.goal_claims,
            None if one.goal_amount is None else one.goal_amount.ore,
            one.is_over,
        )
        for one in reasons
    ]
    kept = [asdict(goal) for goal in goals]
    return NewReport(since, until, to_json(found), kept, at, policy.version)


async def read_council_report(connection: AsyncConnection, number: int) -> CouncilReport:
    """Raises NotFound."""
    row = await read_report(connection, number)
    before = None
    if row["compared_id"] is not None:
        before = figures_of(await read_report(connection, row["compared_id"]))
    return CouncilReport(
        number=row["id"],
        found=figures_of(row),
        goals=tuple(Goal(**goal) for goal in row["goals"]),
        comments=row["comments"],
        read_at=row["read_at"],
        policy_version=row["policy_version"],
        before=before,
        frozen_on=row["frozen_on"],
        replaces=row["replaces_id"],
        replaced_by=row["replaced_by"],
        withdrawn_on=row["withdrawn_on"],
        sha256=row["sha256"],
    )


def to_json(found: CouncilFigures) -> list[list[Any]]:
    """Each cell as figure, dimension, part, øre and lines, in their order."""
    ordered = sorted(found.cells.items())
    return [[*map(str, key), amount.ore, amount.lines] for key, amount in ordered]


def figures_of(row: RowMapping) -> CouncilFigures:
    """Of a row of `council_reports`; figures that are told no more are left out."""
    return CouncilFigures(row["since"], row["until"], _cells(row["figures"]))


def _cells(kept: Sequence[Any]) -> dict[Any, Amount]:
    return {
        (CouncilFigure(figure), Dimension(by), part): Amount(ore, lines)
        for figure, by, part, ore, lines in kept
        if figure in frozenset(CouncilFigure) and by in frozenset(Dimension)
    }
