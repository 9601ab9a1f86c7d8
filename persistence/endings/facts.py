"""What the screens of giving up and of resting show beside the question."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import HoldReason
from domain.endings.suspension import ground_of
from persistence.columns import every
from persistence.endings.reading_suspensions import suspensions_of_claim
from persistence.endings.write_off_batches import read_batch
from persistence.endings.write_off_figures import write_offs_of
from persistence.models import Discharge

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
select s.id, s.debtor_id, s.reason, s.note, s.since, s.until, s.facts, s.file_by,
  case when not exists (select from holds h where h.suspension_id = s.id and h.filed_on is null
    and h.released_on is null) then s.filed_on end as filed_on,
  s.review_on, s.placed_by, s.ended_on, s.ended_by, d.name as debtor_name
from suspensions s left join debtors d on d.id = s.debtor_id where s.id = :id""").columns(
    facts=JSONB
)
_RESTING = text("""
select c.id, c.claim_type, c.balance_ore, c.limitation_date, h.released_on, h.filed_on
from holds h join claims c on c.id = h.claim_id where h.suspension_id = :id order by c.id""")


_OF_SUSPENSION = text("""
select a.id, a.name, a.attached_on from attachments a where a.claim_id in (
    select claim_id from holds where suspension_id = :id)
  or a.debtor_id = (select debtor_id from suspensions where id = :id)
order by a.id desc limit 50""")
_DISCHARGES = text(f"""
select {every(Discharge, "x")},
  d.name as debtor_name, u.name as proposed_by_name, v.name as decided_by_name,
  a.name as attachment_name
from discharges x join debtors d on d.id = x.debtor_id join users u on u.id = x.proposed_by
left join users v on v.id = x.decided_by left join attachments a on a.id = x.attachment_id
where x.claim_id = :claim order by x.id desc""")


async def endings_of(connection: AsyncConnection, claim_id: str) -> Mapping[str, Any]:
    """How the claim rests, was given up or is owed by fewer, as its page shows it."""
    freed = await connection.execute(_FREED, {"claim": claim_id})
    proposed = await discharges_of(connection, claim_id)
    return {
        "suspensions": await suspensions_of_claim(connection, claim_id),
        "write_offs": await write_offs_of(connection, claim_id),
        "freed": freed.mappings().all(),
        "to_free": [row for row in proposed if row["state"] != "approved"],
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
    told = await write_offs_of(connection, rows[0]["claim_id"])
    proof = next(one for one in told if one["batch_id"] == batch["id"])
    known = await write_off_facts(connection, rows[0]["claim_id"])
    return {"batch": batch, "batch_rows": rows, "batch_proof": proof, **known}


async def suspension_facts(connection: AsyncConnection, task: RowMapping) -> Mapping[str, Any]:
    """*ground*: by which reason all is given up when the estate left nothing; None: no estate."""
    values = {"id": task["facts"]["suspension"]}
    row = (await connection.execute(_SUSPENSION, values)).mappings().one()
    papers = await connection.execute(_OF_SUSPENSION, values)
    return {
        "suspension": row,
        "resting": (await connection.execute(_RESTING, values)).mappings().all(),
        "ground": ground_of(HoldReason(row["reason"])),
        "documents": papers.mappings().all(),
    }


async def discharge_facts(connection: AsyncConnection, task: RowMapping) -> Mapping[str, Any]:
    """*others*: who go on owing the claim."""
    rows = await discharges_of(connection, task["claim_id"])
    found = next(row for row in rows if row["id"] == task["facts"]["discharge"])
    known = await write_off_facts(connection, task["claim_id"])
    others = [one for one in known["liable"] if one["id"] != found["debtor_id"]]
    return {**known, "discharge": found, "others": others}


async def discharges_of(connection: AsyncConnection, claim_id: str) -> Sequence[RowMapping]:
    """All that were ever proposed of it, the newest first."""
    return (await connection.execute(_DISCHARGES, {"claim": claim_id})).mappings().all()
