"""Which counterparts do not answer, and since when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

_SILENT = text("""
insert into gateway_silences (gateway, since, latest_at, tries)
values (:gateway, :now, :now, 1)
on conflict (gateway) where ended_at is null
do update set latest_at = excluded.latest_at, tries = gateway_silences.tries + 1""")
_ANSWERED = text("""
update gateway_silences set ended_at = :now where gateway = :gateway and ended_at is null""")
_NOW = text("""
select gateway, since, latest_at, tries from gateway_silences
where ended_at is null order by since, gateway""")


async def note_silence(connection: AsyncConnection, gateway: str, now: datetime) -> None:
    """It was asked at the town's time *now*, and did not answer."""
    await connection.execute(_SILENT, {"gateway": gateway, "now": now})


async def note_answer(connection: AsyncConnection, gateway: str, now: datetime) -> None:
    await connection.execute(_ANSWERED, {"gateway": gateway, "now": now})


async def silences(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Those that last, the longest first."""
    return (await connection.execute(_NOW)).mappings().all()
