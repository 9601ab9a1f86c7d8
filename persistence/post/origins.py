"""What led to letters: the act that asked for each, and what that act bore."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Origin = Mapping[str, str]
"""As `traces.carrying.resumed` takes it."""

_ORIGINS = text("""
select l.id, a.facts -> 'trace' as trace from letters l
join acts a on a.subject = l.subject and a.key = l.key
where l.id = any(:ids) and a.facts ? 'trace'""")


async def read_origins(connection: AsyncConnection, letter_ids: Sequence[int]) -> dict[int, Origin]:
    """By letter; one that nobody's act led to has none."""
    found = await connection.execute(_ORIGINS, {"ids": list(letter_ids)})
    return {row.id: row.trace for row in found}
