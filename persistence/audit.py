"""The append-only trail of who looked and who acted; the database chains its hashes."""

from typing import Any

from sqlalchemy import Insert, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.models import AuditRow

_BROKEN = text("""
    select subject, seq from (
      select a.*, lag(hash, 1, '') over (partition by subject order by seq) as before,
        row_number() over (partition by subject order by seq) as place from audit a) chain
    where previous <> before or seq <> place
      or hash <> encode(sha256(convert_to(concat_ws('|', previous, subject, seq,
           extract(epoch from at), actor, act, facts::text), 'UTF8')), 'hex')
    order by subject, seq""")


async def note(
    connection: AsyncConnection, subject: str, actor: str, act: str, **facts: Any
) -> None:
    """*facts* must hold no personal data beyond ids."""
    await connection.execute(noted(subject, actor, act, **facts))


def noted(subject: str, actor: str, act: str, **facts: Any) -> Insert:
    """The statement behind `note`, to ride along with another as a CTE."""
    given_by_trigger = {"seq": 0, "previous": "", "hash": ""}
    values = {"subject": subject, "actor": actor, "act": act, "facts": facts} | given_by_trigger
    return insert(AuditRow).values(values)


async def broken_links(connection: AsyncConnection) -> list[tuple[str, int]]:
    """Subject and number of every row whose hash or place does not fit; empty when all is well."""
    return [(row.subject, row.seq) for row in await connection.execute(_BROKEN)]
