"""A debtor's whole file, read in a number of questions that no number of claims changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import add_months
from domain.file_notes import FileOwner
from persistence.claims.standings import read_standings
from persistence.debtors.reading import (
    Handler,
    agreements_of,
    co_debtors,
    last_handler,
    open_tasks_about,
    owed_by_month,
    payments_of,
    read_debtor,
    talks_with,
    unplaced_payments_of,
)
from persistence.distraints.summaries import distraints_of_debtor
from persistence.enquiries.reading import EnquiryFilter, list_enquiries
from persistence.files.notes import read_notes
from persistence.post.reading_sendings import letters_to

_MOST, _FEW, _MONTHS = 200, 20, 24


@dataclass(frozen=True, slots=True)
class DebtorFile:
    """As rows; *months* are those of the last two years."""

    debtor: Any
    claims: Sequence[RowMapping]
    agreements: Sequence[RowMapping]
    letters: Sequence[RowMapping]
    co_debtors: Sequence[RowMapping]
    payments: Sequence[RowMapping]
    unplaced: Sequence[RowMapping]
    tasks: Sequence[RowMapping]
    notes: Sequence[RowMapping]
    enquiries: Sequence[RowMapping]
    talks: Sequence[RowMapping]
    months: Sequence[Any]
    handler: Handler | None
    distraints: Sequence[RowMapping]


async def read_file(connection: AsyncConnection, debtor_id: int, on: date) -> DebtorFile:
    """Raises NotFound. Of letters, notes and talks the latest two hundred."""
    debtor = await read_debtor(connection, debtor_id)
    claims = await read_standings(connection, debtor_id, on)
    begun = min((row["registered_on"] for row in claims), default=on)
    first = max(begun, add_months(on, 1 - _MONTHS))
    owner = FileOwner(debtor_id=debtor_id)
    notes = await read_notes(connection, owner, with_claims=True)
    return DebtorFile(
        debtor=debtor,
        claims=claims,
        agreements=await agreements_of(connection, debtor_id),
        letters=await letters_to(connection, debtor_id, _MOST),
        co_debtors=await co_debtors(connection, debtor_id),
        payments=await payments_of(connection, debtor_id, _FEW),
        unplaced=await unplaced_payments_of(connection, debtor_id, _FEW),
        tasks=await open_tasks_about(connection, debtor_id),
        notes=notes[:_MOST],
        enquiries=await list_enquiries(connection, EnquiryFilter(debtor=debtor_id), None, _MOST),
        talks=await talks_with(connection, debtor_id, _MOST),
        months=await owed_by_month(connection, debtor_id, first, on),
        handler=await last_handler(connection, debtor_id),
        distraints=await distraints_of_debtor(connection, debtor_id),
    )
