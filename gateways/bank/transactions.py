"""What is read from a bank's file: its transactions, and each statement's totals."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

STATEMENT, ADVICE = "statement", "advice"  # camt.053 and camt.054


class TransactionKind(StrEnum):
    CREDIT = "credit"  # money in
    DEBIT = "debit"  # money out
    REVERSAL = "reversal"  # an earlier transaction taken back
    CHARGE = "charge"  # the bank's own fee


@dataclass(frozen=True, slots=True)
class BankTransaction:
    """*source_reference* is the same whenever the same bytes are read. Amounts are positive øre.

    *amount_ore* and *currency* are what was booked, never what the payer instructed.
    *paid_on* is when the payer paid: acceptance, else value, else booking.
    *bank_key* is the same for a payment in the statement and in the advice of its account.
    """

    source_reference: str
    kind: TransactionKind
    amount_ore: int
    currency: str
    paid_on: date
    booked_on: date
    payment_references: tuple[str, ...]
    payer: str
    text: str
    message: str
    statement_id: str
    account: str
    bank_reference: str
    entry_reference: str
    end_to_end_id: str
    charges_ore: int
    original_amount: str
    is_whole_entry: bool
    batch_count: int
    bank_key: str
    is_incoming: bool


@dataclass(frozen=True, slots=True)
class BankTotals:
    """*opening*, *closing* and *booked*: signed øre; the balances None where the file has none.

    *period*: the days the bank says, else those of the bookings, else the one it was made on.
    """

    statement_id: str
    opening: int | None
    closing: int | None
    booked: int
    account: str
    message: str
    currency: str
    period: tuple[date, date]
    last_day: date

    @property
    def difference(self) -> int:
        """What the balances say beyond the entries; 0 when they agree or there are none."""
        if self.opening is None or self.closing is None:
            return 0
        return self.closing - self.opening - self.booked
