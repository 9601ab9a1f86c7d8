"""A person says where money belongs, or that it does not belong where it lies."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.calendar import today
from domain.decisions import Outcome, TaskKind
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.models import Claim, Decision, Task
from persistence.money.placing import UnplacedMoney, place
from persistence.money.undoing import undo_placing
from persistence.money.unplaced_money import ask_about_money
from persistence.trail.audit import note

_CLAIM = select(Claim.ending).where(Claim.id == bindparam("claim")).with_for_update(key_share=True)
# Locked first and asked then: what others promised meanwhile must be seen.
_LOCK = text("select id from payments where id = :payment for no key update")
_PAYMENT = text("""
select p.unused_ore, p.paid_on, p.unused_ore - coalesce((select sum(r.amount_ore) from refunds r
    where r.payment_id = p.id and r.state in ('proposed', 'approved')), 0)::bigint as free_ore
from payments p where p.id = :payment""")
_NOWHERE = text("update payments set claim_id = null where id = :payment and claim_id = :claim")
_FIRST_PLACE = text("update payments set claim_id = coalesce(claim_id, :claim) where id = :payment")
_OPEN_TASK = select(Task.id).where(
    Task.subject == bindparam("subject"),
    Task.kind == TaskKind.UNPLACED_PAYMENT.value,
    Task.state == "open",
)


async def place_by_hand(
    connection: AsyncConnection,
    policy: Policy,
    payment_id: int,
    claim_id: str,
    wish: Money | None,
    actor: Actor,
    now: datetime,
) -> Money:
    """Place *wish*, or all that is unplaced, on the claim; returns how much it could take.

    What is to be paid back is not to be placed. When nothing is left the question about the payment
    is answered. Raises NotFound; Invalid for more than is free; Conflict when nothing is owed.
    """
    payment = await _lock(connection, payment_id, claim_id)
    free = Money(payment.free_ore)
    amount = free if wish is None else wish
    if not NOTHING < amount <= free:
        values = {"unused": str(free)}
        raise Invalid(Fault("amount_ore", "placing-more-than-unplaced", values))
    money = UnplacedMoney(payment_id, amount, payment.paid_on, "placed-by-person")
    taken = await place(connection, policy, claim_id, money, today(now), actor.id)
    if not taken:
        raise Conflict(f"claim {claim_id} takes no money")
    await connection.execute(_FIRST_PLACE, {"claim": claim_id, "payment": payment_id})
    await note(connection, claim_id, actor.id, "payment-placed", payment=payment_id, ore=taken.ore)
    if taken.ore == payment.unused_ore:
        await _answer(connection, payment_id, claim_id, actor, now)
    return taken


async def undo_by_hand(
    connection: AsyncConnection,
    policy: Policy,
    payment_id: int,
    claim_id: str,
    actor: Actor,
    now: datetime,
) -> Money:
    """Take the payment off the claim; returns what is unplaced now, about which someone is asked.

    Raises NotFound; Conflict when nothing of it lies there.
    """
    await _lock(connection, payment_id, claim_id)
    on = today(now)
    loose = await undo_placing(connection, policy, payment_id, claim_id, on, actor.id)
    if not loose:
        raise Conflict(f"payment {payment_id} does not lie on {claim_id}")
    await connection.execute(_NOWHERE, {"payment": payment_id, "claim": claim_id})
    await note(connection, claim_id, actor.id, "placing-undone", payment=payment_id, ore=loose.ore)
    unused = Money((await connection.execute(_PAYMENT, {"payment": payment_id})).one().unused_ore)
    subject = f"payment-{payment_id}"
    await ask_about_money(
        connection, policy, subject, claim_id, unused, on, payment=payment_id, reason="undone"
    )
    return unused


async def _lock(connection: AsyncConnection, payment_id: int, claim_id: str) -> Any:
    """Claims before what belongs to them, as everywhere."""
    if (await connection.execute(_CLAIM, {"claim": claim_id})).first() is None:
        raise NotFound("claim", claim_id)
    if (await connection.execute(_LOCK, {"payment": payment_id})).first() is None:
        raise NotFound("payment", payment_id)
    return (await connection.execute(_PAYMENT, {"payment": payment_id})).one()


async def _answer(
    connection: AsyncConnection, payment_id: int, claim_id: str, actor: Actor, now: datetime
) -> None:
    """The question where the money belongs has its answer."""
    subject = f"payment-{payment_id}"
    for task_id in (await connection.execute(_OPEN_TASK, {"subject": subject})).scalars().all():
        decision = {
            "task_id": task_id,
            "outcome": Outcome.DONE.value,
            "reasons": claim_id,
            "decided_by": actor.id,
            "decided_at": now,
        }
        await connection.execute(insert(Decision), decision)
        closing = update(Task).where(Task.id == task_id)
        await connection.execute(closing.values(state="decided", claimed_by=actor.id))
