"""How money that came finds its claim, covers what is open, and is told where it matters."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, RowMapping, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.ledger import EntryKind
from domain.money import Money
from domain.policy import Policy
from persistence.accounts import Line, book_cover, book_lines, interest_lines
from persistence.claim_facts import ClaimFacts, read_facts
from persistence.models import Claim, Payment, RecoveryAction
from persistence.outbox import tell
from persistence.unplaced_money import ask_about_money

_COUNT = text("""
with raised as (
  update agreements set paid_ore = paid_ore + :ore where id = :agreement and state = 'active'
  returning id, paid_ore
), counted as (
  select r.id, count(*) filter (where i.total_ore <= r.paid_ore) as covered,
    count(*) filter (where i.total_ore <= r.paid_ore - :ore) as before
  from raised r join instalments i on i.agreement_id = r.id group by r.id
)
insert into outbox (target, name, payload, attempts)
select 'agreement-' || id, 'instalments_covered', jsonb_build_object('covered', covered), 0
from counted where covered > before""").bindparams(bindparam("ore", type_=BigInteger))

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


@dataclass(frozen=True, slots=True)
class UnplacedMoney:
    """What of a payment is to be placed. *paid_on*: value date; *rule*: who said where it goes."""

    payment_id: int
    amount: Money
    paid_on: date
    rule: str = "payment"


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


async def place(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    money: UnplacedMoney,
    on: date,
    actor: str,
) -> Money:
    """Cover what the claim owes on the day the debtor paid; returns how much it could take.

    An ended claim takes nothing.
    """
    facts = await read_facts(connection, claim_id, on)
    interest = interest_lines(facts, policy, money.paid_on)
    if interest:
        await book_lines(connection, claim_id, interest, on)
        facts = await read_facts(connection, claim_id, on)
    amount = min(money.amount, max(facts.balance, Money(0)))
    if facts.claim["ending"] or not amount:
        return Money(0)
    line = Line(
        EntryKind.PAYMENT, -amount, money.paid_on, actor, money.rule, "",
        payment_id=money.payment_id,
    )  # fmt: skip
    await book_cover(connection, facts, policy, line, on)
    await tell_of_payment(connection, policy, facts, amount, money.payment_id, on)
    return amount


async def tell_of_payment(
    connection: AsyncConnection,
    policy: Policy,
    facts: ClaimFacts,
    amount: Money,
    payment_id: int,
    on: date,
) -> None:
    """Tell only those whose next step it changes: a settled claim, an agreement, the authority."""
    claim = facts.claim
    if Stage(claim["stage"]).is_with_the_collector:
        await _request_write_down(connection, claim["id"], amount, payment_id, on)
    elif is_settled(policy, claim, facts.balance - amount, on):
        await tell(connection, f"claim-{claim['id']}", "settled")
    if claim["agreement_id"]:
        await count_towards_agreement(connection, claim["agreement_id"], amount)


def is_settled(policy: Policy, claim: RowMapping, balance: Money, on: date) -> bool:
    """Whether what is left is nothing, or too little to bother anyone with."""
    limits = policy.claim_type(claim["claim_type"]).small_amounts.on(on)
    return balance <= (limits.tolerance if limits else Money(0))


async def _request_write_down(
    connection: AsyncConnection, claim_id: str, amount: Money, payment_id: int, on: date
) -> None:
    """A claim is with the collector: what is paid to us must be reported there (NEDSKRIV/INDB)."""
    values = {
        "claim_id": claim_id,
        "key": f"write-down-{payment_id}",
        "kind": "write-down",
        "amount_ore": amount.ore,
        "requested_on": on,
        "facts": {"payment": payment_id},
    }
    await connection.execute(insert(RecoveryAction).on_conflict_do_nothing(), values)


async def count_towards_agreement(
    connection: AsyncConnection, agreement_id: str, amount: Money
) -> None:
    """Tell the agreement when the payment covers one more of its instalments."""
    await connection.execute(_COUNT, {"agreement": agreement_id, "ore": amount.ore})


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
