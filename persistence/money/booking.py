"""How money that came finds its claim, covers what is open, and is told where it matters."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.models import Claim, Payment
from persistence.money.placing import UnplacedMoney, place
from persistence.money.unplaced_money import ask_about_money

_TWICE_WITHIN = timedelta(days=31)  # How far back we look for the same money; a hint, no rule.

_TOGETHER = text("""
select c.id from claims c where c.id = :claim or (c.ending is null and c.agreement_id =
  (select a.agreement_id from claims a join agreements g on g.id = a.agreement_id
    where a.id = :claim and g.state = 'active'))
order by c.id for no key update of c""")
_CASE = text("""
select c.ending, exists (select from payments p where p.claim_id = c.id and p.id <> :payment
  and p.amount_ore = :ore and p.payer = :payer and p.paid_on >= :since) as is_twice
from claims c where c.id = :claim""")
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
    claims = await _lock_claims(connection, claim_id) if claim_id else []
    payment_id = await _insert_payment(connection, payment, claim_id)
    if payment_id is None:
        return await _known_payment(connection, payment.source_reference)
    unused = payment.amount
    for one in claims:
        rule = "payment" if one == claim_id else "agreement"
        money = UnplacedMoney(payment_id, unused, payment.paid_on, rule)
        unused -= await place(connection, policy, one, money, on, actor) if unused else NOTHING
    if unused:
        case = await _case_of(connection, payment, payment_id, claim_id)
        subject = f"payment-{payment_id}"
        await ask_about_money(
            connection, policy, subject, claim_id, unused, on, payment=payment_id, case=case
        )
    return Booked(payment_id, claim_id, is_new=True)


async def _lock_claims(connection: AsyncConnection, claim_id: str) -> list[str]:
    """The claim first, then those its agreement covers beside it: the debtor pays for them all.

    They are locked in the order of their ids, as everywhere, so that nobody waits in a circle.
    """
    found = (await connection.execute(_TOGETHER, {"claim": claim_id})).scalars()
    return sorted(found, key=lambda one: (one != claim_id, one))


async def _case_of(
    connection: AsyncConnection, payment: NewPayment, payment_id: int, claim_id: str | None
) -> str:
    """Why no claim could take all of it, as far as can be seen."""
    if claim_id is None:
        return "reference-unknown" if payment.payment_references else "no-reference"
    values = {
        "claim": claim_id, "payment": payment_id, "ore": payment.amount.ore,
        "payer": payment.payer, "since": payment.paid_on - _TWICE_WITHIN,
    }  # fmt: skip
    row = (await connection.execute(_CASE, values)).one()
    if row.is_twice:
        return "paid-twice"
    return f"ended-{row.ending}" if row.ending else "too-much"


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
