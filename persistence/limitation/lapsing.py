"""The claims behind each sum of the limitation radar, and what of them lapses before them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    RowMapping,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import add_months
from domain.claim import Stage
from domain.decisions import OFFERS_A_DECISION
from domain.limitation.radar import Band, bands
from domain.policy import Policy
from persistence.models import Claim, Debtor, EarlyLapse, LedgerCoverage, LedgerEntry, Task

_OFFERED = (
    select(Task.id)
    .where(
        Task.claim_id == Claim.id,
        Task.state == "open",
        Task.kind.in_(sorted(OFFERS_A_DECISION)),
    )
    .order_by(Task.points.desc(), Task.id)
    .limit(1)
    .scalar_subquery()
)
_IS_IT = (LedgerEntry.claim_id == EarlyLapse.claim_id) & (LedgerEntry.seq == EarlyLapse.seq)
_OPEN = (
    LedgerEntry.amount_ore
    - select(func.coalesce(func.sum(LedgerCoverage.amount_ore), 0))
    .where(LedgerCoverage.debt_entry_id == LedgerEntry.id)
    .scalar_subquery()
)
_EARLY = (
    select(
        EarlyLapse.claim_id,
        EarlyLapse.limitation_date,
        func.sum(_OPEN).cast(BigInteger).label("ore"),
    )
    .join(LedgerEntry, _IS_IT)
    .group_by(EarlyLapse.claim_id, EarlyLapse.limitation_date)
    .having(func.sum(_OPEN) > 0)
)
_LOST_BEFORE = (
    select(func.coalesce(func.sum(_OPEN), 0))
    .select_from(EarlyLapse)
    .join(LedgerEntry, _IS_IT)
    .where(EarlyLapse.claim_id == Claim.id)
    .scalar_subquery()
)
_SHOWN = (
    Claim.id,
    Claim.serial,
    Claim.claim_type,
    Claim.department,
    Claim.stage,
    Debtor.name.label("debtor_name"),
    _OFFERED.label("task_id"),
)
_IS_OPEN = (Claim.ending.is_(None), Claim.balance_ore > 0)
_WHOLE = (
    select(
        *_SHOWN,
        Claim.limitation_date,
        (Claim.balance_ore - _LOST_BEFORE).cast(BigInteger).label("balance_ore"),
        literal(value=True).label("is_whole"),
    )
    .join(Debtor, Debtor.id == Claim.debtor_id)
    .where(*_IS_OPEN)
)
_PART = _EARLY.subquery()
_PARTS = (
    select(
        *_SHOWN,
        _PART.c.limitation_date,
        _PART.c.ore.label("balance_ore"),
        literal(value=False).label("is_whole"),
    )
    .join(_PART, _PART.c.claim_id == Claim.id)
    .join(Debtor, Debtor.id == Claim.debtor_id)
    .where(*_IS_OPEN)
)


@dataclass(frozen=True, slots=True)
class RadarFilter:
    """What the list of claims is narrowed to; None narrows nothing. *month*: its first day."""

    month: date | None = None
    band: int | None = None
    claim_type: str | None = None
    department: str | None = None
    is_leaving: bool = False


async def list_lapsing(
    connection: AsyncConnection,
    policy: Policy,
    narrow: RadarFilter,
    on: date,
    after: tuple[date, int] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Those of ours that are time-barred first come first.

    What of a claim is time-barred before the claim is a row of its own, not *is_whole*.
    """
    rows: list[RowMapping] = []
    for found, day in ((_WHOLE, Claim.limitation_date), (_PARTS, _PART.c.limitation_date)):
        asked = found.where(*_conditions(policy, narrow, on, day))
        if after is not None:
            asked = asked.where(tuple_(day, Claim.serial) > tuple_(*after))
        asked = asked.order_by(day, Claim.serial).limit(limit)
        rows += (await connection.execute(asked)).mappings()
    return sorted(rows, key=lambda row: (row["limitation_date"], row["serial"]))[:limit]


def _within(band: Band, on: date, day: Any) -> Iterator[ColumnElement[bool]]:
    if band.low is not None:
        yield day >= on + timedelta(days=band.low)
    if band.high is not None:
        yield day <= on + timedelta(days=band.high)


def _conditions(
    policy: Policy, narrow: RadarFilter, on: date, day: Any
) -> list[ColumnElement[bool]]:
    """*day*: the column in which the limitation date stands."""
    stage = Claim.stage
    given = [stage == Stage.TRANSFER if narrow.is_leaving else stage != Stage.RECOVERY]
    if narrow.month is not None:
        given += [day >= narrow.month, day < add_months(narrow.month, 1)]
    if narrow.band is not None:
        given += _within(bands(policy.limitation_radar_days)[narrow.band], on, day)
    if narrow.claim_type is not None:
        given.append(Claim.claim_type == narrow.claim_type)
    if narrow.department is not None:
        given.append(Claim.department == narrow.department)
    return given
