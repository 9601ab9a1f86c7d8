"""How money that came finds its claim, covers what is open, and is told where it matters."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import Money
from domain.policy import Policy
from persistence.models import Claim, Payment
from persistence.placing import UnplacedMoney, place
from persistence.unplaced_money import ask_about_money

_PAYMENT = insert(Payment).on_conflict_do_nothing().returning(Payment.id)


@dataclass(frozen=True, slots=True)
class NewPayment:
    """Money as its source tells it. *claim_id* when the source names the claim itself."""

    source_reference: str
    amount: Money
    paid_on: date
    booked_on: date
    payment_references: tuple[str, ...] = ()
    payer: str = ""
    text: str = ""
    file_id: int | None = None
    claim_id: str | None = None
    channel: str = "api"
    file_row: int | None = None
    bank_key: str | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    payment_id: int
    claim_id: str | None
    is_new: bool


async def book_payment(
    connection: AsyncConnection, policy: Policy, payment: NewPayment, on: date, actor: str
) -> Booked:
    """Place *payment* on the claim its reference names, or ask a person.

    The same source reference again changes nothing. What the claim cannot take becomes a task.
    """
    claim_id = payment.claim_id or await _find_claim(connection, payment.payment_references)
    payment_id = await _insert_payment(connection, payment, claim_id)
    if payment_id is None:
        return await _known_payment(connection, payment.source_reference)
    unused = payment.amount
    if claim_id:
        money = UnplacedMoney(payment_id, payment.amount, payment.paid_on)
        unused -= await place(connection, policy, claim_id, money, on, actor)
    if unused:
        await _ask_about_the_rest(connection, policy, payment_id, claim_id, unused, on)
    return Booked(payment_id, claim_id, is_new=True)


async def _find_claim(connection: AsyncConnection, references: tuple[str, ...]) -> str | None:
    """The claim the debtor's own reference designates; None when it is none or not one only."""
    if not references:
        return None
    found = select(Claim.id).where(Claim.payment_reference.in_(references))
    ids = (await connection.execute(found)).scalars().all()
    return ids[0] if len(ids) == 1 else None


async def _insert_payment(
    connection: AsyncConnection, payment: NewPayment, claim_id: str | None
) -> int | None:
    values = {
        "source_reference": payment.source_reference,
        "file_id": payment.file_id,
        "claim_id": claim_id,
        "amount_ore": payment.amount.ore,
        "paid_on": payment.paid_on,
        "booked_on": payment.booked_on,
        "payment_references": list(payment.payment_references),
        "payer": payment.payer,
        "text": payment.text,
        "channel": payment.channel,
        "file_row": payment.file_row,
        "bank_key": payment.bank_key,
    }
    return (await connection.execute(_PAYMENT, values)).scalar()


async def _known_payment(connection: AsyncConnection, source_reference: str) -> Booked:
    found = select(Payment.id, Payment.claim_id).where(Payment.source_reference == source_reference)
    row = (await connection.execute(found)).one()
    return Booked(row.id, row.claim_id, is_new=False)


async def _ask_about_the_rest(
    connection: AsyncConnection,
    policy: Policy,
    payment_id: int,
    claim_id: str | None,
    unused: Money,
    on: date,
) -> None:
    """The payment keeps what no claim could take, until a person has placed it."""
    subject = f"payment-{payment_id}"
    await ask_about_money(connection, policy, subject, claim_id, unused, on, payment=payment_id)
