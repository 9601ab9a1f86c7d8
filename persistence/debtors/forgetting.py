"""A debtor who need not be known any longer: the row stays, for the books, and nobody behind it."""

from datetime import date

from sqlalchemy import bindparam, func, literal, update
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.models import Debtor

ERASED_NAME = "(slettet)"
"""What stands where a name stood; no search finds it."""

_NUMBER = (
    update(Debtor)
    .where(Debtor.id == bindparam("debtor"))
    .values(national_id=func.concat(literal("erased-"), Debtor.id), national_id_hash=None)
)
_PERSON = (
    update(Debtor)
    .where(Debtor.id == bindparam("debtor"))
    .values(
        name=ERASED_NAME,
        address=[],
        language="da",
        is_protected=False,
        status="alive",
        erased_on=bindparam("on"),
    )
)


async def forget_number(connection: AsyncConnection, debtor_id: int) -> None:
    """Clear every column that holds the CPR or CVR number, or from which it could be found."""
    await connection.execute(_NUMBER, {"debtor": debtor_id})


async def forget_debtor(connection: AsyncConnection, debtor_id: int, on: date) -> None:
    """Who they were, where they lived and their number. What they owed is no part of this."""
    await forget_number(connection, debtor_id)
    await connection.execute(_PERSON, {"debtor": debtor_id, "on": on})
