"""What a pause of some claims would stop, of what is foreseen for them."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

_STOPPED = text("""
select c.id as claim_id, c.claim_type, d.name as debtor_name, coalesce((
    select jsonb_agg(to_jsonb(f) order by f.day, f.id) from foreseen f
    join forecasts o on o.id = f.forecast_id and o.state = 'in-force'
    where f.claim_id = c.id and f.why is null and f.day between :on and :until
      and f.kind in ('letter', 'fee', 'task', 'transfer')), '[]'::jsonb) as rows
from claims c join debtors d on d.id = c.debtor_id where c.id = any(:claims) order by c.id
""").columns(rows=JSONB)


async def what_stops(
    connection: AsyncConnection, claim_ids: Collection[str], on: date, until: date
) -> Sequence[RowMapping]:
    """Claim by claim: its debtor, and what comes of it from *on* to *until* that a hold stops."""
    values = {"claims": sorted(claim_ids), "on": on, "until": until}
    return (await connection.execute(_STOPPED, values)).mappings().all()
