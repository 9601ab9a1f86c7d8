"""A debtor who need not be known any longer: the row stays, for the books, and nobody behind it."""

from datetime import date

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.debtors.numbers import forget_number
from persistence.models import Debtor

ERASED_NAME = "(slettet)"
"""What stands where a name stood; no search finds it."""

_PERSON = (
    update(Debtor)
    .where(Debtor.id == bindparam("debtor"))
    .values(
        name=ERASED_NAME,
        address=[],
        language="da",
        is_protected=False,
        protected_until=None,
        overruled={},
        status="alive",
        erased_on=bindparam("on"),
    )
)


async def forget_debtor(connection: AsyncConnection, debtor_id: int, on: date) -> None:
    """Who they were, where they lived and their number. What they owed is no part of this."""
    await forget_number(connection, debtor_id)
    await connection.execute(_PERSON, {"debtor": debtor_id, "on": on})
