"""What the screens of giving up and of resting show beside the question."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.reading_suspensions import suspensions_of_claim
from persistence.write_off_batches import read_batch
from persistence.write_off_figures import write_offs_of

_DOCUMENTS = text("""
select a.id, a.name, a.attached_on from attachments a where a.claim_id = :claim
  or a.debtor_id in (select debtor_id from liabilities where claim_id = :claim)
order by a.id desc limit 50""")
_LIABLE = text("""
select d.id, d.name, b.limitation_date from liabilities b join debtors d on d.id = b.debtor_id
where b.claim_id = :claim and b.discharged_on is null order by d.id""")
_FREED = text("""
select d.id, d.name, b.discharged_on, b.discharge from liabilities b
join debtors d on d.id = b.debtor_id where b.claim_id = :claim and b.discharged_on is not null
order by b.discharged_on, d.id""").columns(discharge=JSONB)
_SUSPENSION = text("""
select s.*, d.name as debtor_name from suspensions s left join debtors d on d.id = s.debtor_id
where s.id = :id""")
_RESTING = text("""
select c.id, c.claim_type, c.balance_ore, c.limitation_date, h.released_on
from holds h join claims c on c.id = h.claim_id where h.suspension_id = :id order by c.id""")


async def endings_of(connection: AsyncConnection, claim_id: str) -> Mapping[str, Any]:
    """How the claim rests, was given up or is owed by fewer, as its page shows it."""
    freed = await connection.execute(_FREED, {"claim": claim_id})
    return {
        "suspensions": await suspensions_of_claim(connection, claim_id),
        "write_offs": await write_offs_of(connection, claim_id),
        "freed": freed.mappings().all(),
    }


async def write_off_facts(connection: AsyncConnection, claim_id: str) -> Mapping[str, Any]:
    """*documents* that can prove it, and all who are *liable*."""
    values = {"claim": claim_id}
    return {
        "documents": (await connection.execute(_DOCUMENTS, values)).mappings().all(),
        "liable": (await connection.execute(_LIABLE, values)).mappings().all(),
    }


async def proposal_facts(connection: AsyncConnection, claim_id: str) -> Mapping[str, Any]:
    """*write_off*: the latest proposal; None where it was made before reasons were told."""
    rows = await write_offs_of(connection, claim_id)
    found = rows[0] if rows else None
    return {"write_off": found, **await write_off_facts(connection, claim_id)}


async def batch_facts(connection: AsyncConnection, task: RowMapping) -> Mapping[str, Any]:
    batch, rows = await read_batch(connection, task["facts"]["batch"])
    return {"batch": batch, "batch_rows": rows}


async def suspension_facts(connection: AsyncConnection, task: RowMapping) -> Mapping[str, Any]:
    values = {"id": task["facts"]["suspension"]}
    return {
        "suspension": (await connection.execute(_SUSPENSION, values)).mappings().one(),
        "resting": (await connection.execute(_RESTING, values)).mappings().all(),
    }
