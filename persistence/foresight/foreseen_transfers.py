"""Which of the foreseen transfers will be refused, because something a person must mend is missing.

What time or the claim's own story brings about is taken to have come by then.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import TaskKind
from domain.foresight.foreseen import Foreseen, ForeseenKind
from domain.policy import Policy
from domain.recovery.dossier import Standing
from domain.recovery.requirements import dossier_of
from persistence.foresight.forecasts import keep_foreseen
from persistence.recovery.dossiers import read_dossier_facts

_TRANSFERS = text("""
select claim_id, day, key, after from foreseen where forecast_id = :forecast
  and kind = 'transfer' and what = 'transfer' and why is null order by claim_id""")
_REFUSE = text("""
update foreseen set why = 'not-proved' where forecast_id = :forecast and kind = 'transfer'
  and what = 'transfer' and claim_id = any(:claims)""")
_REFUSED = {Standing.LACKING, Standing.OURS}


async def check_transfers(connection: AsyncConnection, policy: Policy, forecast_id: int) -> None:
    """One that will be refused does not come: a person is asked on that day instead."""
    rows = (await connection.execute(_TRANSFERS, {"forecast": forecast_id})).all()
    if not rows:
        return
    transfers = {row.claim_id: row for row in rows}
    refused = set()
    for facts in await read_dossier_facts(connection, sorted(transfers), rows[0].day):
        claim_id = facts.claim.id
        if dossier_of(facts, policy, transfers[claim_id].day).standing in _REFUSED:
            refused.add(claim_id)
    await connection.execute(_REFUSE, {"forecast": forecast_id, "claims": sorted(refused)})
    asked = _tasks(transfers[claim_id] for claim_id in sorted(refused))
    await keep_foreseen(connection, forecast_id, asked)


def _tasks(transfers: Iterable[Any]) -> Iterator[Foreseen]:
    for row in transfers:
        kind, what = ForeseenKind.TASK, TaskKind.EXCEPTION.value
        key = f"refused-{row.key}"
        yield Foreseen(row.day, kind, what, row.claim_id, key, row.claim_id, after=row.after)
