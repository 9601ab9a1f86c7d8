"""Books a bank's file: staged once its sums agree, then some lines a transaction, each once."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.bank_teller import Teller
from activities.direct_debit_teller import DirectDebitTeller
from activities.files import RowsFrom, Taken, refuse_file
from domain.errors import Invalid
from domain.policy import Policy
from gateways.bank.camt import BankTotals, BankTransaction, read_file
from gateways.betalingsservice.contents import CollectedPayment, MandateNotice
from gateways.betalingsservice.reading import read_delivery
from gateways.betalingsservice.walking import DeliveryTotals
from persistence.database import Database
from persistence.files.received import (
    DONE,
    RECEIVED,
    KeptFile,
    RowFault,
    find_file,
    move_cursor,
    note_faults,
    set_state,
)
from persistence.money.bank_lines import (
    NewLine,
    keep_statement,
    next_lines,
    set_outcomes,
    spool_content,
    stage_lines,
)
from persistence.money.unplaced_money import ask_about_file
from persistence.outbox import LOOK_AHEAD, tell

LINES_AT_ONCE = 100
"""Few, because their claims stay locked until all of them are booked, and stories wait."""

_STAGED_AT_ONCE = 1000
_TOTALS = (BankTotals, DeliveryTotals)
_IN_MEMORY_BYTES = 8 * 1024 * 1024

Found = BankTransaction | BankTotals | CollectedPayment | MandateNotice | DeliveryTotals
Line = BankTransaction | CollectedPayment | MandateNotice
_BODY: TypeAdapter[Line] = TypeAdapter(Line)
_DIRECT_DEBIT = "betalingsservice"


class BankFileActivities:
    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy = database, policy

    @activity.defn(name="file.look-through-payments")
    async def look_through(self, file_id: int) -> int | None:
        """Stage the file; how many lines there are, None when it is refused as a whole."""
        try:
            async with self._database.transaction() as connection:
                file = await find_file(connection, file_id, is_locked=True)
                if file.state == RECEIVED and "rows" not in file.facts:
                    rows = await _stage(connection, file)
                    facts = file.facts | {"rows": rows}
                    await set_state(connection, file_id, RECEIVED if rows else DONE, facts)
                    return rows
                return file.facts.get("rows")
        except Invalid as invalid:  # nothing of it is staged
            await self._refuse(file_id, invalid)
            return None

    async def _refuse(self, file_id: int, invalid: Invalid) -> None:
        async with self._database.transaction() as connection:
            file = await find_file(connection, file_id, is_locked=True)
            if file.state == RECEIVED:
                await refuse_file(connection, file, invalid)
                await ask_about_file(connection, self._policy, file, invalid)

    @activity.defn(name="file.take-payments")
    async def take_rows(self, order: RowsFrom) -> Taken:
        """Take the next lines, say what became of them and move the cursor, all or nothing."""
        async with self._database.transaction() as connection:
            file = await find_file(connection, order.file_id, is_locked=True)
            if file.state != RECEIVED or file.rows_done > order.row:
                return Taken(file.rows_done, is_last=file.state != RECEIVED)
            done = file.rows_done + await self._take(connection, file)
            is_last = done >= file.facts["rows"]
            if is_last:
                await set_state(connection, file.id, DONE)
                await tell(connection, "forecast", LOOK_AHEAD)  # what is paid comes no more
        return Taken(done, is_last)

    async def _take(self, connection: AsyncConnection, file: KeptFile) -> int:
        is_direct_debit = file.kind == _DIRECT_DEBIT
        take: Any = (DirectDebitTeller if is_direct_debit else Teller)(
            connection, self._policy, file
        ).take
        lines = await next_lines(connection, file.id, file.rows_done, LINES_AT_ONCE)
        outcomes, faults = dict[int, str](), list[RowFault]()
        for line in lines:
            activity.heartbeat(line["row"])
            taken = await take(line["row"], _BODY.validate_python(line["body"]))
            outcomes[line["row"]] = taken.outcome
            if taken.fault:
                faults.append(RowFault(line["row"], taken.fault, is_warning=True))
        await set_outcomes(connection, file.id, outcomes)
        await note_faults(connection, file.id, faults)
        newly = sum(outcome == "payment" for outcome in outcomes.values())
        await move_cursor(connection, file.id, file.rows_done + len(lines), newly)
        return len(lines)


async def _stage(connection: AsyncConnection, file: KeptFile) -> int:
    """Write down all lines and statements; memory does not grow with the file.

    Raises Invalid unless the file can be read to its end and its sums agree to the øre.
    """
    rows = 0
    # An XML parser stays in the thread in which it began.
    with SpooledTemporaryFile(_IN_MEMORY_BYTES) as content, ThreadPoolExecutor(1) as reader:
        await spool_content(connection, file.id, content)
        found = _reader(file)(content)  # type: ignore[arg-type] # a file in all that is asked of it
        while batch := await _in(reader, lambda: list(islice(found, _STAGED_AT_ONCE))):
            lines = [_line(one, file) for one in batch if not isinstance(one, _TOTALS)]
            await stage_lines(connection, file.id, rows + 1, lines)
            rows += len(lines)
            for totals in batch:
                if isinstance(totals, BankTotals):
                    await _keep(connection, file, totals)
    return rows


async def _in(reader: ThreadPoolExecutor, read: Callable[[], list[Found]]) -> list[Found]:
    return await asyncio.get_running_loop().run_in_executor(reader, read)


def _reader(file: KeptFile) -> Callable[[BinaryIO], Iterator[Found]]:
    return read_delivery if file.kind == _DIRECT_DEBIT else read_file


def _line(one: Line, file: KeptFile) -> NewLine:
    body = _BODY.dump_json(one).decode()
    if isinstance(one, MandateNotice):
        return NewLine("mandate", 0, "DKK", one.start or file.received_on, one.mandate, body)
    booked_on = one.booked_on or file.received_on
    if isinstance(one, CollectedPayment):
        ore = one.paid_ore or one.amount_ore
        return NewLine(one.kind.value, ore, "DKK", booked_on, one.bs_key, body)
    return NewLine(
        one.kind.value, one.amount_ore, one.currency, booked_on, one.entry_reference, body
    )


async def _keep(connection: AsyncConnection, file: KeptFile, totals: BankTotals) -> None:
    await keep_statement(
        connection,
        file_id=file.id,
        message=totals.message,
        statement=totals.statement_id,
        account=totals.account,
        currency=totals.currency,
        last_day=totals.last_day,
        opening_ore=totals.opening,
        closing_ore=totals.closing,
        booked_ore=totals.booked,
    )
