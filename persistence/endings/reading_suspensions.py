"""What lets claims rest, as pages show it."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from persistence.columns import every
from persistence.models import Suspension

# The claim is told of where the suspension is about one alone.
_ONE = text(f"""
select {every(Suspension, "s")}, case when s.debtor_id is null or not exists (select from tasks t
    where t.subject = 'suspension-' || s.id and t.claim_id is null)
  then (select min(h.claim_id) from holds h where h.suspension_id = s.id) end as claim_id
from suspensions s where s.id = :id""")
_OF_CLAIM = text("""
select s.id, s.debtor_id, s.reason, s.note, s.since, s.until, s.facts, s.file_by, h.filed_on,
  s.review_on, s.placed_by, s.ended_on, s.ended_by
from suspensions s join (select suspension_id, max(filed_on) as filed_on from holds
  where claim_id = :claim group by suspension_id) h on h.suspension_id = s.id
order by s.id desc""").columns(facts=JSONB)
_OF_DEBTOR = text(f"""
select {every(Suspension, "s")}, (select array_agg(h.claim_id order by h.claim_id) from holds h
    where h.suspension_id = s.id and h.released_on is null) as claim_ids
from suspensions s where s.debtor_id = :debtor and s.ended_on is null order by s.id desc""")
_NAME = text("select name from debtors where id = :debtor")


async def read_suspension(connection: AsyncConnection, number: int) -> RowMapping:
    """Raises NotFound."""
    row = (await connection.execute(_ONE, {"id": number})).mappings().first()
    if row is None:
        raise NotFound("suspension", number)
    return row


async def suspensions_of_claim(connection: AsyncConnection, claim_id: str) -> dict[int, RowMapping]:
    """All that ever let it rest, by number."""
    rows = (await connection.execute(_OF_CLAIM, {"claim": claim_id})).mappings()
    return {row["id"]: row for row in rows}


async def suspensions_of_debtor(
    connection: AsyncConnection, debtor_id: int
) -> Sequence[RowMapping]:
    """Those in force that concern all they owe, with the claims that rest by them."""
    return (await connection.execute(_OF_DEBTOR, {"debtor": debtor_id})).mappings().all()


async def read_debtor_name(connection: AsyncConnection, debtor_id: int) -> str:
    """Raises NotFound."""
    name = await connection.scalar(_NAME, {"debtor": debtor_id})
    if name is None:
        raise NotFound("debtor", debtor_id)
    return str(name)
