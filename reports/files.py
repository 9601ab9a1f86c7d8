"""What became of the rows of a file, in sentences for the people who sent it."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from letters.catalogue import sentence
from persistence.files.received import faults


@dataclass(frozen=True, slots=True)
class ReportRow:
    """*row* as the sender's spreadsheet or editor counts, 0 the whole file; *field* as written."""

    row: int
    field: str
    code: str
    sentence: str
    is_warning: bool


async def report(connection: AsyncConnection, file_id: int, language: str) -> list[ReportRow]:
    """Every refusal and warning, in the order of the rows. *language* is ``da`` or ``en``."""
    return [
        ReportRow(
            at.row,
            at.fault.field,
            at.fault.code,
            sentence(at.fault.code, language, **at.fault.values),
            at.is_warning,
        )
        for at in await faults(connection, file_id)
    ]
