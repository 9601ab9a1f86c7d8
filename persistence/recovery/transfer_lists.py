"""What stands in the way of transfers, over all claims: the sums, and the claims behind each.

It is as it was last looked at: each night, when a transfer was refused, and when it was mended.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.decisions import TaskKind
from domain.recovery.dossier import Standing
from persistence.database import plan_anew
from persistence.debtors.searching import Search, claims_found
from persistence.models import Claim, Debtor, Preflight, Task
from persistence.sums import Sum, sums_by

_SUMS = text("""
select p.standing, c.claim_type, c.department, count(*) as claims,
  cast(sum(c.balance_ore) as bigint) as ore
from preflights p join claims c on c.id = p.claim_id
where c.ending is null and not c.is_withdrawn and c.stage not in ('transfer', 'recovery')
group by 1, 2, 3""")
_FOUND = text("""
select code, p.standing, count(*) as claims, cast(sum(c.balance_ore) as bigint) as ore
from preflights p join claims c on c.id = p.claim_id cross join lateral unnest(p.codes) as code
where c.ending is null and not c.is_withdrawn and c.stage not in ('transfer', 'recovery')
group by 1, 2""")
_DECIDES = (TaskKind.ASSESSMENT.value, TaskKind.EXCEPTION.value)
_TASK = (
    select(Task.id)
    .where(Task.claim_id == Claim.id, Task.state == "open", Task.kind.in_(_DECIDES))
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
        Claim.balance_ore,
        Claim.limitation_date,
        Debtor.name.label("debtor_name"),
        Preflight.standing,
        Preflight.codes,
        Preflight.findings,
        Preflight.since,
        _TASK.label("task_id"),
    )
    .join(Preflight, Preflight.claim_id == Claim.id)
    .join(Debtor, Debtor.id == Claim.debtor_id)
    .where(
        Claim.ending.is_(None),
        Claim.is_withdrawn.is_(False),
        Claim.stage.not_in([Stage.TRANSFER.value, Stage.RECOVERY.value]),
    )
    .order_by(Preflight.claim_id)
)


@dataclass(frozen=True, slots=True)
class Readiness:
    """*rows* by standing, type and department; *found* by what is not proved or broken."""

    rows: Sequence[RowMapping]
    found: Sequence[RowMapping]

    def by_standing(self) -> dict[Standing, Sum]:
        sums = sums_by(self.rows, lambda row: row["standing"])
        return {standing: sums.get(standing, Sum()) for standing in Standing}

    def by(self, name: str, standing: Standing) -> dict[str, Sum]:
        """By claim_type or department, of the claims that stand so."""
        own = [row for row in self.rows if row["standing"] == standing]
        return sums_by(own, lambda row: row[name])

    def by_code(self, standing: Standing) -> dict[str, Sum]:
        own = [row for row in self.found if row["standing"] == standing]
        return sums_by(own, lambda row: row["code"])


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """What the list is narrowed to; None narrows nothing. *code*: a requirement or a rule."""

    standing: Standing | None = None
    claim_type: str | None = None
    department: str | None = None
    code: str | None = None
    search: Search | None = None


async def read_readiness(connection: AsyncConnection) -> Readiness:
    rows = (await connection.execute(_SUMS)).mappings().all()
    found = (await connection.execute(_FOUND)).mappings().all()
    return Readiness(rows, found)


async def list_transfers(
    connection: AsyncConnection, narrow: TransferFilter, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """The eldest claims first; *after*: the serial of the last one seen."""
    await plan_anew(connection)
    found = _narrowed(connection, narrow).limit(limit)
    if after is not None:
        last = select(Claim.id).where(Claim.serial == after).scalar_subquery()
        found = found.where(Preflight.claim_id > last)
    return (await connection.execute(found)).mappings().all()


async def stream_transfers(
    connection: AsyncConnection, narrow: TransferFilter, most: int
) -> AsyncIterator[RowMapping]:
    """As the list, whole, a few at a time."""
    rows = await connection.stream(_narrowed(connection, narrow).limit(most))
    async for row in rows.mappings():
        yield row


def _narrowed(connection: AsyncConnection, narrow: TransferFilter) -> Select[*tuple[Any, ...]]:
    return _CLAIMS.where(*_conditions(connection, narrow))


def _conditions(connection: AsyncConnection, narrow: TransferFilter) -> list[ColumnElement[bool]]:
    given: list[ColumnElement[bool]] = []
    if narrow.standing is not None:
        given.append(Preflight.standing == narrow.standing.value)
    if narrow.claim_type is not None:
        given.append(Claim.claim_type == narrow.claim_type)
    if narrow.department is not None:
        given.append(Claim.department == narrow.department)
    if narrow.code is not None:
        given.append(func.array_position(Preflight.codes, narrow.code).is_not(None))
    if narrow.search is not None:
        given.append(claims_found(connection, narrow.search))
    return given
