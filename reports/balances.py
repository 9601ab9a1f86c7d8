"""What a person owes on a given day, as the books stood when it ended."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import Money

_DEBTOR = text("""
select coalesce(sum(e.amount_ore), 0)::bigint
from liabilities l join ledger_entries e on e.claim_id = l.claim_id
where l.debtor_id = :debtor and e.booked_on <= :on""")


async def debtor_balance(connection: AsyncConnection, debtor_id: int, on: date) -> Money:
    """Over all claims the debtor is liable for, alone or with others."""
    ore = (await connection.execute(_DEBTOR, {"debtor": debtor_id, "on": on})).scalar_one()
    return Money(ore)
