"""What is time-barred when, if nothing is done: the sums, and the claims behind each of them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import add_months
from domain.claim import Stage
from domain.decisions import OFFERS_A_DECISION
from domain.policy import Policy
from domain.radar import Band, bands, edges_of
from persistence.models import Claim, Debtor, Task

_SUMS = text("""
select cast(date_trunc('month', c.limitation_date) as date) as month, c.claim_type, c.department,
  width_bucket(c.limitation_date - cast(:on as date), cast(:edges as int[])) as band, c.stage,
  count(*) as claims, cast(sum(c.balance_ore) as bigint) as ore
from claims c where c.ending is null and c.balance_ore > 0
group by 1, 2, 3, 4, 5""")

_ALARMS = text("""
select t.id as task_id, t.opened_on, t.claimed_by, u.name as claimed_by_name, c.id, c.claim_type,
  c.department, c.stage, c.limitation_date, c.balance_ore, b.name as debtor_name
from tasks t join claims c on c.id = t.claim_id join debtors b on b.id = c.debtor_id
left join users u on u.id = t.claimed_by
where t.kind = 'limitation-unoffered' and t.state = 'open'
order by c.limitation_date, c.serial""")

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
_CLAIMS = (
    select(
        Claim.id,
        Claim.serial,
        Claim.claim_type,
        Claim.department,
        Claim.stage,
        Claim.limitation_date,
        Claim.balance_ore,
        Debtor.name.label("debtor_name"),
        _OFFERED.label("task_id"),
    )
    .join(Debtor, Debtor.id == Claim.debtor_id)
    .where(Claim.ending.is_(None), Claim.balance_ore > 0)
    .order_by(Claim.limitation_date, Claim.serial)
)


@dataclass(frozen=True, slots=True)
class Sum:
    """How many claims, and how much is owed on them."""

    claims: int = 0
    ore: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.claims + other.claims, self.ore + other.ore)


@dataclass(frozen=True, slots=True)
class Radar:
    """What the municipality loses if it does nothing; *leaving* of it is on its way or in hearing.

    What the recovery authority has received stands apart: it is the authority's to watch.
    """

    rows: Sequence[RowMapping]

    @property
    def ours(self) -> Sum:
        return self._sum(lambda row: row["stage"] != Stage.RECOVERY)

    @property
    def leaving(self) -> Sum:
        return self._sum(lambda row: row["stage"] == Stage.TRANSFER)

    @property
    def at_the_authority(self) -> Sum:
        return self._sum(lambda row: row["stage"] == Stage.RECOVERY)

    def by(self, name: str, within: Collection[int] | None = None) -> dict[Any, Sum]:
        """Ours, by month, band, claim_type or department; of the bands *within*, or of all."""
        sums: dict[Any, Sum] = {}
        for row in self.rows:
            if row["stage"] != Stage.RECOVERY and (within is None or row["band"] in within):
                sums[row[name]] = sums.get(row[name], Sum()) + Sum(row["claims"], row["ore"])
        return sums

    def _sum(self, belongs: Callable[[RowMapping], bool]) -> Sum:
        found = (Sum(row["claims"], row["ore"]) for row in self.rows if belongs(row))
        return sum(found, Sum())


@dataclass(frozen=True, slots=True)
class RadarFilter:
    """What the list of claims is narrowed to; None narrows nothing. *month*: its first day."""

    month: date | None = None
    band: int | None = None
    claim_type: str | None = None
    department: str | None = None
    is_leaving: bool = False


async def read_radar(connection: AsyncConnection, policy: Policy, on: date) -> Radar:
    values = {"on": on, "edges": edges_of(policy.limitation_radar_days)}
    return Radar((await connection.execute(_SUMS, values)).mappings().all())


async def read_alarms(connection: AsyncConnection) -> Sequence[RowMapping]:
    """The claims about which nobody was asked in time, and of which nobody has taken notice."""
    return (await connection.execute(_ALARMS)).mappings().all()


async def list_lapsing(
    connection: AsyncConnection,
    policy: Policy,
    narrow: RadarFilter,
    on: date,
    after: tuple[date, int] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Those of ours that are time-barred first come first."""
    found = _CLAIMS.where(*_conditions(policy, narrow, on)).limit(limit)
    if after is not None:
        found = found.where(tuple_(Claim.limitation_date, Claim.serial) > tuple_(*after))
    return (await connection.execute(found)).mappings().all()


def _within(band: Band, on: date) -> Iterator[ColumnElement[bool]]:
    if band.low is not None:
        yield Claim.limitation_date >= on + timedelta(days=band.low)
    if band.high is not None:
        yield Claim.limitation_date <= on + timedelta(days=band.high)


def _conditions(policy: Policy, narrow: RadarFilter, on: date) -> list[ColumnElement[bool]]:
    day = Claim.limitation_date
    stage = Claim.stage
    given = [stage == Stage.TRANSFER if narrow.is_leaving else stage != Stage.RECOVERY]
    if narrow.month is not None:
        given += [day >= narrow.month, day < add_months(narrow.month, 1)]
    if narrow.band is not None:
        given += _within(bands(policy.limitation_radar_days)[narrow.band], on)
    if narrow.claim_type is not None:
        given.append(Claim.claim_type == narrow.claim_type)
    if narrow.department is not None:
        given.append(Claim.department == narrow.department)
    return given
