"""What an erasure will take, told once more in full: the list the archive is given before."""

from collections.abc import AsyncIterator

from sqlalchemy import BigInteger, RowMapping, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

_LIST = text("""
select i.kind, i.key, i.last_on, c.claim_type, c.source, c.reference, c.description,
  c.principal_ore, c.balance_ore, c.registered_on, c.ending, c.ended_on,
  case when i.kind = 'file' then f.name else coalesce(d.name, (select string_agg(p.name, '; '
    order by p.id) from liabilities l join debtors p on p.id = l.debtor_id
    where l.claim_id = c.id)) end as name,
  array_to_string(d.address, ', ') as address
from erasure_items i
left join claims c on i.kind = 'claim' and c.id = i.key
left join debtors d on i.kind = 'person' and d.id::text = i.key
left join files f on i.kind = 'file' and f.id::text = i.key
where i.erasure_id = :erasure order by i.kind, i.key""").bindparams(
    bindparam("erasure", type_=BigInteger)
)
COLUMNS = (
    "kind", "key", "last_on", "claim_type", "source", "reference", "description", "principal_ore",
    "balance_ore", "registered_on", "ending", "ended_on", "name", "address",
)  # fmt: skip


async def stream_archive(connection: AsyncConnection, number: int) -> AsyncIterator[RowMapping]:
    """Claims, files, people, each by number; never all of them at once."""
    async with connection.stream(_LIST, {"erasure": number}) as result:
        async for row in result.mappings():
            yield row
