"""The numbers of claims, letters and all else that is counted: each is given once."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_SKIP = text("""
select count(setval(format('%I.%I', schemaname, sequencename)::regclass,
                    coalesce(last_value, start_value) + :count))
from pg_sequences where schemaname = current_schema()
""")


async def skip_numbers(connection: AsyncConnection, count: int) -> int:
    """The next *count* numbers of every sequence are never given; how many sequences there are."""
    skipped: int = (await connection.execute(_SKIP, {"count": count})).scalar_one()
    return skipped
