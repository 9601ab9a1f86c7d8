"""What a person must see to answer for what the recovery authority has refused, heard or told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.recovery.codes import reject_code

_NOTICE = text("""
select n.number, n.kind, n.code, n.text, n.noticed_on, n.amount_ore, n.reference, n.document
from recovery_notices n
where case when cast(:number as bigint) is not null then n.number = :number
  else n.claim_id = :claim and (cast(:reference as text) is null or n.reference = :reference) end
order by n.kind in ('rejected', 'in-hearing') desc, n.noticed_on desc, n.number desc limit 1""")
_ACTION = text("""
select a.id, a.kind, a.state, a.requested_on, a.submitted_on, a.amount_ore, a.facts,
  coalesce(cast(a.facts ->> 'effective_on' as date), p.paid_on) as effective_on
from recovery_actions a left join payments p on p.id = cast(a.facts ->> 'payment' as bigint)
where a.claim_id = :claim and (cast(:action as bigint) is null or a.id = :action)
  and (cast(:action as bigint) is not null or a.kind = 'create')
order by a.id desc limit 1""")
_THERE = text("""
select r.reference, r.part, r.state, r.principal_ore, r.amount_ore, r.left_ore, r.facts
from recovery_claims r where r.claim_id = :claim
  and (cast(:reference as text) is null or r.reference = :reference)
order by r.parent is not null, r.id desc limit 1""")


async def notice_facts(connection: AsyncConnection, task: RowMapping) -> Mapping[str, Any]:
    """The notice, the action it answers, the claim there, and what the code points at."""
    told = task["facts"]
    values = {
        "claim": task["claim_id"],
        "number": told.get("notice"),
        "action": told.get("action"),
        "reference": told.get("reference"),
    }
    notice = await _first(connection, _NOTICE, values)
    return {
        "notice": notice,
        "action": await _first(connection, _ACTION, values),
        "there": await _first(connection, _THERE, values),
        "pointer": reject_code(notice["code"]) if notice else None,
    }


async def _first(
    connection: AsyncConnection, query: Any, values: Mapping[str, Any]
) -> RowMapping | None:
    return (await connection.execute(query, dict(values))).mappings().first()
