"""The recovery authority's own books, as it has told them at the end of a month."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.models import RecoveryStatementRead, RecoveryStatementRow


async def is_statement_read(connection: AsyncConnection, until: date) -> bool:
    found = select(RecoveryStatementRead).where(RecoveryStatementRead.until == until)
    return (await connection.execute(found)).first() is not None


async def keep_statement(
    connection: AsyncConnection,
    until: date,
    read_on: date,
    lines: Sequence[Mapping[str, str | int]],
) -> None:
    """What was read first stays: a month is told once."""
    read = insert(RecoveryStatementRead).values(until=until, read_on=read_on)
    kept = await connection.execute(
        read.on_conflict_do_nothing().returning(RecoveryStatementRead.until)
    )
    if kept.first() and lines:
        rows = [{"until": until, **line} for line in lines]
        await connection.execute(insert(RecoveryStatementRow), rows)
