"""What becomes of one line of Betalingsservice's: a mandate, a payment, a refusal, money back."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.bank_teller import Taken
from domain.errors import Fault
from domain.money import Money
from domain.policy import Policy
from gateways.bank.amounts import written
from gateways.betalingsservice.contents import (
    CollectedPayment,
    MandateKind,
    MandateNotice,
    PaymentKind,
)
from persistence.files.received import KeptFile
from persistence.models import Claim
from persistence.money.booking import NewPayment, book_payment
from persistence.money.direct_debit import find_collected, keep_mandate, settle_collection
from persistence.money.undoing import charge_back
from persistence.money.unplaced_money import ask_about_money

_JOINED = {MandateKind.ACTIVE, MandateKind.REGISTERED}
_CHANNEL = "betalingsservice"


@dataclass(frozen=True, slots=True)
class DirectDebitTeller:
    """Takes the lines of one file, in the transaction that is open."""

    connection: AsyncConnection
    policy: Policy
    file: KeptFile

    async def take(self, row: int, line: CollectedPayment | MandateNotice) -> Taken:
        """Heed the line or ask about it: nothing of Betalingsservice's is dropped."""
        if isinstance(line, MandateNotice):
            return await self._take_mandate(row, line)
        match line.kind:
            case PaymentKind.COMPLETED | PaymentKind.SLIP_PAID:
                return await self._take_payment(row, line)
            case PaymentKind.REJECTED | PaymentKind.CANCELLED:
                await settle_collection(self.connection, line.reference, line.due_on, "refused")
                return Taken("refused", _told("direct-debit-refused", line))
            case PaymentKind.CHARGED_BACK | PaymentKind.SLIP_REVERSED:
                return await self._take_back(row, line)

    async def _take_mandate(self, row: int, line: MandateNotice) -> Taken:
        began_on = line.start or self.file.received_on
        is_over = line.kind not in _JOINED
        ended_on = (line.end or self.file.received_on) if is_over else line.end
        is_known = await keep_mandate(
            self.connection, line.mandate, line.customer_number, began_on, ended_on
        )
        if is_known:
            return Taken("mandate")
        return await self._question(row, "direct-debit-stranger", None)

    async def _take_payment(self, row: int, line: CollectedPayment) -> Taken:
        """By the claim we asked for; a slip's reference, or another's, is a question."""
        payment = NewPayment(
            f"bs-{line.bs_key}", Money(line.paid_ore), line.paid_on or self.file.received_on,
            line.booked_on or self.file.received_on, text=line.reference, file_id=self.file.id,
            claim_id=await self._claim(line.reference), channel=_CHANNEL, file_row=row,
        )  # fmt: skip
        on, by = self.file.received_on, self.file.received_by
        booked = await book_payment(self.connection, self.policy, payment, on, by)
        await settle_collection(
            self.connection, line.reference, line.due_on, "paid", booked.payment_id
        )
        if not booked.is_new:
            return Taken("known", _told("payment-known", line))
        return Taken("payment", None if booked.claim_id else _told("payment-unplaced", line))

    async def _take_back(self, row: int, line: CollectedPayment) -> Taken:
        """A payment is not for good: the debtor may object, and the bank take it back."""
        ore = line.paid_ore or line.amount_ore
        payment = await find_collected(self.connection, line.reference, ore, line.paid_on)
        if payment is None:
            return await self._question(row, "payment-reversal", line)
        on, by = self.file.received_on, self.file.received_by
        await charge_back(
            self.connection, self.policy, payment, Money(ore), f"bs-{line.bs_key}", on, by
        )
        await settle_collection(self.connection, line.reference, line.due_on, "charged-back")
        return Taken("charge-back", _told("payment-charged-back", line))

    async def _claim(self, reference: str) -> str | None:
        found: str | None = await self.connection.scalar(
            select(Claim.id).where(Claim.id == reference)
        )
        return found

    async def _question(self, row: int, code: str, line: CollectedPayment | None) -> Taken:
        ore = (line.paid_ore or line.amount_ore) if line else 0
        await ask_about_money(
            self.connection, self.policy, f"bank-line-{self.file.id}-{row}", None, Money(ore),
            self.file.received_on, reason=code, file=self.file.id, row=row,
        )  # fmt: skip
        return Taken("asked", _told(code, line) if line else Fault("", code))


def _told(code: str, line: CollectedPayment) -> Fault:
    """No names: the report goes to more people than the books do."""
    day = line.booked_on or line.due_on
    values = {
        "amount": written(line.paid_ore or line.amount_ore),
        "currency": "DKK",
        "day": day.isoformat() if day else "-",
    }
    return Fault("", code, values)
