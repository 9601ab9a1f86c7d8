"""Books a bank's file, once its sums agree, some payments a transaction, each payment once."""

import asyncio
from collections.abc import Iterator
from io import BytesIO

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.files import OpenFiles, RowsFrom, Taken, refuse_file
from domain.errors import Fault, Invalid
from domain.money import Money
from domain.policy import Policy
from gateways.bank.amounts import written
from gateways.bank.camt import BankTransaction, TransactionKind, read_file
from persistence.booking import Booked, NewPayment, book_payment
from persistence.database import Database
from persistence.files import (
    DONE,
    RECEIVED,
    KeptFile,
    RowFault,
    find_file,
    move_cursor,
    note_faults,
    read_content,
    set_state,
)

PAYMENTS_AT_ONCE = 50
"""Few, because their claims stay locked until all of them are booked, and stories wait."""

_CURRENCY = "DKK"
_NOT_HANDLED = {
    TransactionKind.CHARGE: "payment-charge",
    TransactionKind.DEBIT: "payment-debit",
    TransactionKind.REVERSAL: "payment-reversal",
}


class BankFileActivities:
    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy = database, policy
        self._open = OpenFiles(_transactions)

    @activity.defn(name="file.look-through-payments")
    async def look_through(self, file_id: int) -> int | None:
        """How many transactions there are; None when the file as a whole is refused."""
        async with self._database.transaction() as connection:
            file = await find_file(connection, file_id, is_locked=True)
            if file.state != RECEIVED or "rows" in file.facts:
                return file.facts.get("rows")
            content = await read_content(connection, file_id)
            try:
                rows = await asyncio.to_thread(_check, content)
            except Invalid as invalid:
                await refuse_file(connection, file, invalid)
                return None
            await set_state(connection, file_id, RECEIVED, file.facts | {"rows": rows})
            return rows

    @activity.defn(name="file.take-payments")
    async def take_rows(self, order: RowsFrom) -> Taken:
        """Book the payments, note what is not one and move the cursor, all or nothing."""
        async with self._database.transaction() as connection:
            file = await find_file(connection, order.file_id, is_locked=True)
            if file.state != RECEIVED or file.rows_done > order.row:
                return Taken(file.rows_done, is_last=file.state != RECEIVED)
            reading = await self._open.at_cursor(connection, file)
            count, faults = 0, list[RowFault]()
            for number, transaction in enumerate(reading.take(PAYMENTS_AT_ONCE), start=1):
                activity.heartbeat(file.rows_done + number)
                fault = await self._book(connection, file, transaction)
                count += fault is None or fault.code == "payment-unplaced"
                if fault:
                    faults.append(RowFault(file.rows_done + number, fault, is_warning=True))
            await note_faults(connection, file.id, faults)
            await move_cursor(connection, file.id, reading.done, count)
            is_last = reading.done < file.rows_done + PAYMENTS_AT_ONCE
            if is_last:
                await set_state(connection, file.id, DONE)
        return Taken(reading.done, is_last)

    async def _book(
        self, connection: AsyncConnection, file: KeptFile, transaction: BankTransaction
    ) -> Fault | None:
        """What people should know of it, if it is not just a payment that found its claim."""
        if code := _reason_not_to_book(transaction):
            return _fault(code, transaction)
        payment = NewPayment(
            transaction.source_reference,
            Money(transaction.amount_ore),
            transaction.paid_on,
            transaction.booked_on,
            transaction.payment_references,
            transaction.payer,
            transaction.text,
            file.id,
        )
        booked = await book_payment(
            connection, self._policy, payment, file.received_on, file.received_by
        )
        return _report_on(booked, transaction)


def _transactions(content: bytes) -> Iterator[BankTransaction]:
    """Read at one go: an XML parser may not be carried from one thread to another."""
    found = read_file(BytesIO(content))
    return iter([one for one in found if isinstance(one, BankTransaction)])


def _reason_not_to_book(transaction: BankTransaction) -> str | None:
    if transaction.kind in _NOT_HANDLED:
        return _NOT_HANDLED[transaction.kind]
    if transaction.currency != _CURRENCY:
        return "payment-currency"
    return None if transaction.amount_ore else "payment-zero"


def _report_on(booked: Booked, transaction: BankTransaction) -> Fault | None:
    if not booked.is_new:
        return _fault("payment-known", transaction)
    return None if booked.claim_id else _fault("payment-unplaced", transaction)


def _fault(code: str, transaction: BankTransaction) -> Fault:
    """Neither payer nor text: the report goes to more people than the books do."""
    values = {
        "amount": written(transaction.amount_ore),
        "currency": transaction.currency,
        "day": transaction.booked_on.isoformat(),
    }
    return Fault("", code, values)


def _check(content: bytes) -> int:
    """How many transactions there are. Raises Invalid unless the sums agree to the øre."""
    return sum(1 for _ in _transactions(content))
