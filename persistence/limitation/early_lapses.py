"""What of a claim is time-barred before the claim itself, kept so that the radar can count it.

Looked at each night with all else, and whenever something moves a claim's date.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.limitation.early_lapse import early_lapses
from domain.policy import Policy
from domain.recovery.dossier import DossierFacts
from persistence.recovery.dossiers import read_dossier_facts

_KEEP = text("""
with found as materialized (
  select claim_id, seq, limitation_date from jsonb_to_recordset(:rows)
    as s (claim_id text, seq int, limitation_date date)
), gone as (
  delete from early_lapses e where e.claim_id = any(:claims)
    and not exists (select from found f where (f.claim_id, f.seq) = (e.claim_id, e.seq))
)
insert into early_lapses as e (claim_id, seq, limitation_date)
select claim_id, seq, limitation_date from found
on conflict (claim_id, seq) do update set limitation_date = excluded.limitation_date
where e.limitation_date <> excluded.limitation_date
""").bindparams(bindparam("rows", type_=JSONB))


async def renew_early_lapses(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date
) -> None:
    """Of a claim whose limitation date has just been moved."""
    facts = await read_dossier_facts(connection, [claim_id], on)
    rows = [row for one in facts for row in early_rows(one, policy)]
    await keep_early_lapses(connection, [claim_id], rows)


def early_rows(facts: DossierFacts, policy: Policy) -> list[dict[str, object]]:
    found = early_lapses(facts.claim, policy)
    return [
        {"claim_id": facts.claim.id, "seq": seq, "limitation_date": day.isoformat()}
        for seq, day in found.items()
    ]


async def keep_early_lapses(
    connection: AsyncConnection, claim_ids: Sequence[str], rows: Sequence[dict[str, object]]
) -> None:
    """All that lapses early of these claims is in *rows*."""
    await connection.execute(_KEEP, {"claims": list(claim_ids), "rows": list(rows)})
