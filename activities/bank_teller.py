"""What becomes of one transaction in a bank's file: booked, known, taken back, or a question."""

from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Fault
from domain.money import Money
from domain.policy import Policy
from gateways.bank.amounts import written
from gateways.bank.camt import STATEMENT, BankTransaction, TransactionKind
from persistence.files.received import KeptFile
from persistence.models import Payout
from persistence.money import bank_lines
from persistence.money.booking import NewPayment, book_payment
from persistence.money.undoing import charge_back
from persistence.money.unplaced_money import ask_about_money

_CURRENCY = "DKK"


@dataclass(frozen=True, slots=True)
class Taken:
    """*outcome* as `persistence.models.BankLine` has it; *fault*: what people should know of it."""

    outcome: str
    fault: Fault | None = None


class Teller:
    """Takes the lines of one file, in the transaction that is open."""

    def __init__(self, connection: AsyncConnection, policy: Policy, file: KeptFile) -> None:
        self._connection, self._policy, self._file = connection, policy, file

    async def take(self, row: int, line: BankTransaction) -> Taken:
        """Book the line or ask about it: nothing in a bank's file is dropped."""
        if not line.amount_ore:
            return Taken("nothing", _told("payment-zero", line))
        if line.currency != _CURRENCY:
            return await self._question(row, "payment-currency", line)
        match line.kind:
            case TransactionKind.CREDIT:
                return await self._take_credit(row, line)
            case TransactionKind.REVERSAL:
                return await self._take_reversal(row, line)
            case TransactionKind.CHARGE:
                return Taken("charge", _told("payment-charge", line))
            case TransactionKind.DEBIT:
                return await self._take_debit(row, line)

    async def _take_credit(self, row: int, line: BankTransaction) -> Taken:
        reference = line.source_reference
        if await bank_lines.confirm(self._connection, line.bank_key, line.message, reference):
            return Taken("known")
        if await self._is_itemised(line):
            return Taken("known")
        lump = None if line.message == STATEMENT else await self._find_lump(line)
        payment = NewPayment(
            reference, Money(line.amount_ore), line.paid_on, line.booked_on,
            line.payment_references, line.payer, line.text, self._file.id,
            channel=line.message, file_row=row, bank_key=line.bank_key,
        )  # fmt: skip
        by, on = self._file.received_by, self._file.received_on
        booked = await book_payment(self._connection, self._policy, payment, on, by)
        if not booked.is_new:
            return Taken("known", _told("payment-known", line))
        if lump:
            await self._itemise(lump, line)
        return Taken("payment", None if booked.claim_id else _told("payment-unplaced", line))

    async def _is_itemised(self, line: BankTransaction) -> bool:
        """Whether the bank's advices, or Betalingsservice, have told each payment of this sum."""
        if not line.is_whole_entry or line.payment_references:
            return False
        if line.message == STATEMENT and await bank_lines.confirm_items(
            self._connection, line.source_reference, line.entry_reference, line.account,
            line.booked_on, line.amount_ore,
        ):  # fmt: skip
            return True
        return await bank_lines.confirm_collected(
            self._connection, line.source_reference, line.booked_on, line.amount_ore
        )

    async def _find_lump(self, line: BankTransaction) -> int | None:
        return await bank_lines.find_lump(
            self._connection, line.entry_reference, line.account, line.booked_on, line.amount_ore
        )

    async def _itemise(self, lump: int, line: BankTransaction) -> None:
        """The statement told the sum before the advice told its parts: the part leaves the sum."""
        values = {
            "payment_id": lump,
            "kind": "itemised",
            "amount_ore": line.amount_ore,
            "booked_on": self._file.received_on,
            "source_reference": f"itemised-{line.source_reference}",
            "actor": self._file.received_by,
        }
        await self._connection.execute(insert(Payout), values)

    async def _take_reversal(self, row: int, line: BankTransaction) -> Taken:
        """A payment that bounced. Money of ours that came back is a question."""
        if line.is_incoming:
            return await self._question(row, "payment-came-back", line)
        payment = await bank_lines.find_reversed(
            self._connection, line.end_to_end_id, line.payment_references, line.amount_ore,
            line.booked_on,
        )  # fmt: skip
        if payment is None:
            return await self._question(row, "payment-reversal", line)
        await charge_back(
            self._connection, self._policy, payment, Money(line.amount_ore),
            line.source_reference, self._file.received_on, self._file.received_by,
        )  # fmt: skip
        return Taken("charge-back", _told("payment-charged-back", line))

    async def _take_debit(self, row: int, line: BankTransaction) -> Taken:
        names = (line.end_to_end_id, line.bank_reference, line.entry_reference)
        if await bank_lines.is_payout(self._connection, *names):
            return Taken("payout")
        return await self._question(row, "payment-debit", line)

    async def _question(self, row: int, code: str, line: BankTransaction) -> Taken:
        await ask_about_money(
            self._connection, self._policy, f"bank-line-{self._file.id}-{row}", None,
            Money(line.amount_ore), self._file.received_on, reason=code, file=self._file.id,
            row=row, currency=line.currency,
        )  # fmt: skip
        return Taken("asked", _told(code, line))


def _told(code: str, line: BankTransaction) -> Fault:
    """Neither payer nor text: the report goes to more people than the books do."""
    values = {
        "amount": written(line.amount_ore),
        "currency": line.currency,
        "day": line.booked_on.isoformat(),
    }
    return Fault("", code, values)
