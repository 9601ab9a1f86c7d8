"""Money that is to be paid back: proposed by one person, above a limit approved by another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE, Actor
from domain.calendar import working_days_after
from domain.decisions import Outcome, TaskKind
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.debtors.numbers import with_numbers
from persistence.models import Payment, Payout, Refund, Task
from persistence.money.unplaced_money import ask_about_money, close_question
from persistence.people.substituting import done_for
from persistence.post.correspondence import tell_of_refund
from persistence.tasks.taking_back import is_final
from persistence.trail.audit import note

PROPOSED, APPROVED, LEAVING, SENT, PAID = "proposed", "approved", "leaving", "sent", "paid"
REFUSED, REJECTED = "refused", "rejected"

# Locked first and asked then: what others promised meanwhile must be seen.
_LOCK = text("select id from payments where id = :payment for no key update")
_PAYMENT = text("""
select p.id, p.claim_id, p.unused_ore - coalesce((select sum(r.amount_ore) from refunds r
    where r.payment_id = p.id and r.state in ('proposed', 'approved')), 0)::bigint as free_ore,
  coalesce(:debtor, (select c.debtor_id from claims c where c.id = p.claim_id)) as debtor_id,
  cast(:debtor as bigint) is null or exists (select from debtors d where d.id = :debtor)
    as is_debtor_known
from payments p where p.id = :payment""")
_TO_SEND = text("""
select r.id, r.amount_ore, r.payment_id, r.debtor_id, d.national_id, d.sealed_number
from refunds r
join debtors d on d.id = r.debtor_id where r.state = 'leaving' order by r.id limit :most""")
_APPROVED = text(f"""
select id, payment_id from refunds where state = 'approved' and {is_final("refunds", "refunds.id")}
order by id limit :most""")
_WITHDRAW = text("""
with gone as (
  update refunds set state = 'refused', settled_on = :on
  where payment_id = :payment and state in ('proposed', 'approved') returning id
)
update tasks set state = 'cancelled' where state = 'open'
  and subject in (select 'refund-' || id from gone)""")
_REFUND = (
    select(Refund.id, Refund.state, Refund.payment_id, Refund.amount_ore, Refund.proposed_by)
    .where(Refund.id == bindparam("refund"))
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class NewRefund:
    """*debtor_id*: who gets it; whose claim the payment went to, if None."""

    payment_id: int
    amount: Money
    reasons: str
    debtor_id: int | None = None


async def propose_refund(
    connection: AsyncConnection, policy: Policy, wish: NewRefund, actor: Actor, on: date
) -> tuple[int, str]:
    """The refund's number and state: above the policy's limit a second person is asked.

    Raises NotFound; Invalid for more than is unplaced or when nobody is to get it.
    """
    values = {"payment": wish.payment_id, "debtor": wish.debtor_id}
    if (await connection.execute(_LOCK, {"payment": wish.payment_id})).first() is None:
        raise NotFound("payment", wish.payment_id)
    payment = (await connection.execute(_PAYMENT, values)).one()
    if not payment.is_debtor_known:
        raise NotFound("debtor", wish.debtor_id)
    if not NOTHING < wish.amount <= Money(payment.free_ore):
        free = {"unused": str(Money(payment.free_ore))}
        raise Invalid(Fault("amount_ore", "refund-more-than-unplaced", free))
    if payment.debtor_id is None:
        raise Invalid(Fault("debtor_id", "refund-to-nobody"))
    is_small = wish.amount <= policy.refund_second_person_above
    number = await _insert(connection, wish, payment.debtor_id, actor, on, is_small=is_small)
    if not is_small:
        await _ask(connection, policy, number, wish, payment.claim_id, on)
    await note(connection, f"payment-{payment.id}", actor.id, "refund-proposed", refund=number)
    return number, APPROVED if is_small else PROPOSED


async def _insert(
    connection: AsyncConnection,
    wish: NewRefund,
    debtor_id: int,
    actor: Actor,
    on: date,
    *,
    is_small: bool,
) -> int:
    values: dict[str, Any] = {
        "payment_id": wish.payment_id,
        "debtor_id": debtor_id,
        "amount_ore": wish.amount.ore,
        "state": APPROVED if is_small else PROPOSED,
        "reasons": wish.reasons,
        "proposed_by": actor.id,
        "proposed_for": await _proposed_for(connection, wish.payment_id, actor, on),
        "proposed_on": on,
    }
    found = await connection.execute(insert(Refund).returning(Refund.id), values)
    return int(found.scalar_one())


async def _proposed_for(
    connection: AsyncConnection, payment_id: int, actor: Actor, on: date
) -> str | None:
    """Whose question about the money it was, when it was not the actor's own."""
    asked = select(Task.claimed_by, Task.delegated_by).where(
        Task.subject == f"payment-{payment_id}", Task.state == "open"
    )
    question = (await connection.execute(asked.limit(1))).first()
    return await done_for(connection, actor.id, question, on)


async def _ask(
    connection: AsyncConnection,
    policy: Policy,
    number: int,
    wish: NewRefund,
    claim_id: str | None,
    on: date,
) -> None:
    values = {
        "subject": f"refund-{number}",
        "key": TaskKind.REFUND_APPROVAL.value,
        "claim_id": claim_id,
        "kind": TaskKind.REFUND_APPROVAL.value,
        "department": "finance",
        "opened_on": on,
        "due_on": working_days_after(on, policy.approval_days),
        "facts": {"payment": wish.payment_id, "refund": number, "unused_ore": wish.amount.ore},
    }
    await connection.execute(insert(Task), values)


async def decide_refund(
    connection: AsyncConnection, refund_id: int, outcome: Outcome, actor: Actor, on: date
) -> None:
    """A second person's word. Raises Conflict when the refund waits for none."""
    row = (await connection.execute(_REFUND, {"refund": refund_id})).one()
    if row.state != PROPOSED:
        raise Conflict(f"refund {refund_id} is {row.state}")
    if outcome is Outcome.APPROVED:
        await _set(connection, refund_id, state=APPROVED, approved_by=actor.id)
    else:
        await _set(connection, refund_id, state=REFUSED, settled_on=on)


async def let_leave(connection: AsyncConnection, on: date, most: int) -> Sequence[Any]:
    """Book what is approved as gone, and say what is on its way and was not yet taken.

    Booked before it is sent: what bounces meanwhile can then not be paid out as well.
    """
    for row in (await connection.execute(_APPROVED, {"most": most})).all():
        await connection.execute(_LOCK, {"payment": row.payment_id})
        refund = (await connection.execute(_REFUND, {"refund": row.id})).one()
        if refund.state == APPROVED:
            await _book(connection, refund, "refund", refund.amount_ore, on)
            await _set(connection, row.id, state=LEAVING)
            await close_question(connection, refund.payment_id)
    rows = (await connection.execute(_TO_SEND, {"most": most})).mappings()
    return with_numbers(connection, rows, "refunds", "debtor_id")


async def mark_sent(connection: AsyncConnection, refund_id: int) -> None:
    """The counterpart has taken it."""
    leaving = (Refund.id == refund_id, Refund.state == LEAVING)
    await connection.execute(update(Refund).where(*leaving).values(state=SENT))


async def withdraw_refunds(connection: AsyncConnection, payment_id: int, on: date) -> None:
    """The money has bounced: what was to be paid back of it is not, unless it has left."""
    await connection.execute(_WITHDRAW, {"payment": payment_id, "on": on})


async def note_receipt(
    connection: AsyncConnection, policy: Policy, refund_id: int, on: date, *, is_paid: bool
) -> None:
    """Paid; or the money came back, and where it belongs is a question again."""
    row = (await connection.execute(_REFUND, {"refund": refund_id})).first()
    if row is None or row.state not in {SENT, LEAVING}:
        return
    await _set(connection, refund_id, state=PAID if is_paid else REJECTED, settled_on=on)
    if is_paid:
        await tell_of_refund(connection, refund_id, on)
    else:
        await _book(connection, row, "refund-rejected", -row.amount_ore, on)
        unused = await connection.scalar(
            select(Payment.unused_ore).where(Payment.id == row.payment_id)
        )
        await ask_about_money(
            connection, policy, f"payment-{row.payment_id}", None, Money(unused or 0), on,
            payment=row.payment_id, reason="refund-rejected",
        )  # fmt: skip


async def _book(connection: AsyncConnection, row: Any, kind: str, ore: int, on: date) -> None:
    values = {
        "payment_id": row.payment_id,
        "refund_id": row.id,
        "kind": kind,
        "amount_ore": ore,
        "booked_on": on,
        "source_reference": f"{kind}-{row.id}",
        "actor": HOUSE.id,
    }
    await connection.execute(upsert(Payout).on_conflict_do_nothing(), values)


async def _set(connection: AsyncConnection, refund_id: int, **values: Any) -> None:
    await connection.execute(update(Refund).where(Refund.id == refund_id).values(**values))
