"""What the audit trail says, the newest first: who looked and who acted, at what, why, for whom."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import COPENHAGEN
from persistence.models import AuditRow, Liability, User
from persistence.trail.audit import LOOKED

_PEOPLE: ColumnElement[bool] = literal_column("audit.actor not in ('story', 'rettidig')")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DEBTOR = "debtor-"


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """None narrows nothing. *subject*: a claim or what else was looked at; a debtor's with its
    claims. *since* and *until*: days, both with them.
    """

    person: str | None = None
    subject: str | None = None
    act: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class TrailPlace:
    """Where a page of the trail ended: in microseconds since 1970, and by number."""

    micros: int
    number: int


def place_of(row: RowMapping) -> TrailPlace:
    return TrailPlace((row["at"] - _EPOCH) // timedelta(microseconds=1), row["id"])


async def read_trail(
    connection: AsyncConnection, narrow: TrailFilter, before: TrailPlace | None, limit: int
) -> Sequence[RowMapping]:
    """What people did, and programs on their behalf; not what the house did by itself."""
    found = _narrowed(narrow).order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(limit)
    if before:
        moment = _EPOCH + timedelta(microseconds=before.micros)
        found = found.where(tuple_(AuditRow.at, AuditRow.id) < tuple_(moment, before.number))
    rows: Sequence[RowMapping] = (await connection.execute(found)).mappings().all()
    return rows


async def stream_trail(
    connection: AsyncConnection, narrow: TrailFilter, most: int
) -> AsyncIterator[RowMapping]:
    """All of it, up to *most* rows, without ever holding all."""
    found = _narrowed(narrow).order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(most)
    async with connection.stream(found) as result:
        async for row in result.mappings():
            yield row


async def sample_looks(connection: AsyncConnection, narrow: TrailFilter, count: int) -> list[int]:
    """Numbers of some looks, each as likely as any other."""
    looks = _narrowed(narrow, AuditRow.id).where(AuditRow.act == LOOKED)
    found = await connection.execute(looks.order_by(func.random()).limit(count))
    return sorted(found.scalars().all())


async def read_rows(connection: AsyncConnection, numbers: Sequence[int]) -> Sequence[RowMapping]:
    found = _narrowed(TrailFilter()).where(AuditRow.id == func.any(bindparam("ids", numbers)))
    rows: Sequence[RowMapping] = (
        (await connection.execute(found.order_by(AuditRow.id))).mappings().all()
    )
    return rows


def _narrowed(narrow: TrailFilter, *columns: Any) -> Select[Any]:
    given = columns or (
        AuditRow.id,
        AuditRow.subject,
        AuditRow.seq,
        AuditRow.at,
        AuditRow.actor,
        AuditRow.act,
        AuditRow.facts,
        User.name,
        User.role,
    )
    found = select(*given).outerjoin_from(AuditRow, User, User.id == AuditRow.actor)
    return found.where(_PEOPLE, *_conditions(narrow))


def _conditions(narrow: TrailFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if narrow.person:
        conditions.append(AuditRow.actor == narrow.person)
    if narrow.subject:
        conditions.append(_about(narrow.subject))
    if narrow.act:
        conditions.append(AuditRow.act == narrow.act)
    if narrow.since:
        conditions.append(AuditRow.at >= _midnight(narrow.since))
    if narrow.until:
        conditions.append(AuditRow.at < _midnight(narrow.until + timedelta(days=1)))
    return conditions


def _about(subject: str) -> ColumnElement[bool]:
    number = subject.removeprefix(_DEBTOR)
    if number == subject or not number.isdecimal() or len(number) > 18:  # noqa: PLR2004  # bigint
        return AuditRow.subject == subject
    claims = select(Liability.claim_id).where(Liability.debtor_id == int(number))
    return (AuditRow.subject == subject) | AuditRow.subject.in_(claims)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), COPENHAGEN)
