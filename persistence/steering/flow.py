"""Where claims stand, since when, and which way they have gone in a period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, RowMapping, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.inbox import edges
from domain.steering.flow import AGE_STEPS_DAYS, Move, Standing
from persistence.models import Claim, Debtor, StageMove
from persistence.steering.teams import Team, held_by_teams, is_with

_LISTED = (
    Claim.id,
    Claim.serial,
    Claim.claim_type,
    Claim.department,
    Claim.stage_since,
    Claim.next_on,
    Claim.balance_ore,
    Debtor.name.label("debtor_name"),
)


@dataclass(frozen=True, slots=True)
class FlowFilter:
    """What the flow is narrowed to; None narrows nothing.

    *kind*: of the debtor, person or company. *age*: the band of days since payment was due.
    *team*: with whom a claim is now (`persistence.steering.teams`).
    """

    claim_type: str | None = None
    department: str | None = None
    kind: str | None = None
    age: int | None = None
    team: Team | None = None


async def read_standings(
    connection: AsyncConnection, narrow: FlowFilter, on: date
) -> Sequence[Standing]:
    """Of the claims that have not ended."""
    found = (
        select(Claim.stage, Claim.stage_since, *_amounts())
        .where(Claim.ending.is_(None), *_conditions(narrow, on))
        .group_by(Claim.stage, Claim.stage_since)
    )
    return [
        Standing(Stage(stage), (on - since).days, claims, ore)
        for stage, since, claims, ore in await connection.execute(found)
    ]


async def read_shares(
    connection: AsyncConnection, narrow: FlowFilter, on: date
) -> Sequence[RowMapping]:
    """The same claims by type, department, and the team of who has them (None: nobody has).

    ``claims`` and ``ore`` of each.
    """
    held = held_by_teams()
    by, (claims, ore) = (Claim.claim_type, Claim.department, held.c.team), _amounts()
    found = select(*by, claims.label("claims"), ore.label("ore"))
    found = found.join(held, held.c.claim_id == Claim.id, isouter=True)
    ours = found.where(Claim.ending.is_(None), *_conditions(narrow, on)).group_by(*by)
    return (await connection.execute(ours)).mappings().all()


async def read_moves(
    connection: AsyncConnection, narrow: FlowFilter, on: date, period: tuple[date, date]
) -> Sequence[Move]:
    """From the first day of *period* to its last, both included."""
    by = (StageMove.stage_from, StageMove.stage_to)
    found = (
        select(*by, func.count())
        .where(StageMove.moved_on.between(*period))
        .group_by(*by)
        .order_by(*by)
    )
    if narrow != FlowFilter():
        found = found.join(Claim, Claim.id == StageMove.claim_id).where(*_conditions(narrow, on))
    return [
        Move(Stage(origin) if origin else None, Stage(goal), claims)
        for origin, goal, claims in await connection.execute(found)
    ]


async def list_standing(
    connection: AsyncConnection,
    stage: Stage,
    narrow: FlowFilter,
    on: date,
    after: tuple[date, int] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """The claims behind a figure; those that have stood there longest come first."""
    found = (
        select(*_LISTED)
        .join(Debtor, Debtor.id == Claim.debtor_id)
        .where(Claim.ending.is_(None), Claim.stage == stage.value, *_conditions(narrow, on))
        .order_by(Claim.stage_since, Claim.serial)
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(Claim.stage_since, Claim.serial) > tuple_(*after))
    return (await connection.execute(found)).mappings().all()


def _amounts() -> tuple[ColumnElement[int], ColumnElement[int]]:
    return func.count(), func.coalesce(func.sum(Claim.balance_ore), 0).cast(Claim.balance_ore.type)


def _conditions(narrow: FlowFilter, on: date) -> Iterator[ColumnElement[bool]]:
    if narrow.claim_type is not None:
        yield Claim.claim_type == narrow.claim_type
    if narrow.department is not None:
        yield Claim.department == narrow.department
    if narrow.kind is not None:
        yield Claim.debtor_id.in_(select(Debtor.id).where(Debtor.kind == narrow.kind))
    if narrow.age is not None:
        low, high = edges(AGE_STEPS_DAYS, narrow.age)
        if low is not None:
            yield Claim.due_date <= on - timedelta(days=low)
        if high is not None:
            yield Claim.due_date > on - timedelta(days=high)
    if narrow.team is not None:
        yield is_with(narrow.team)
