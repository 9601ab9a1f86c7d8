"""Money that was placed and is taken away again: by a person's word, or because it bounced."""

from datetime import date

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Ending, Stage
from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.agreements.plan_sums import sum_up
from persistence.claims.closing import closing_line
from persistence.claims.facts import ClaimFacts, read_facts
from persistence.claims.reopening import reopen
from persistence.claims.telling import count_no_longer, is_settled
from persistence.endings.write_off_books import write_off_line
from persistence.models import LedgerEntry, Payment, Payout
from persistence.money.accounts import book_cover
from persistence.money.debts import PaidPart, Reason, read_debts, release
from persistence.money.late_money import correct_from
from persistence.money.refunding import withdraw_refunds
from persistence.money.unplaced_money import ask_about_money, close_question
from persistence.recovery.reporting import take_report_back

_CLAIMS = (
    select(LedgerEntry.claim_id)
    .where(LedgerEntry.payment_id == bindparam("payment"))
    .distinct()
    .order_by(LedgerEntry.claim_id)
)
_PAYMENT = select(Payment.unused_ore, Payment.claim_id).where(Payment.id == bindparam("payment"))
_KNOWN = select(Payout.id).where(Payout.source_reference == bindparam("reference"))


async def undo_placing(
    connection: AsyncConnection,
    policy: Policy,
    payment_id: int,
    claim_id: str,
    on: date,
    actor: str,
    rule: str = "placing-undone",
) -> Money:
    """Take the payment off the claim again; returns how much of it is unplaced now.

    Interest is what it would have been without the money; a claim that had ended by it lives on.
    """
    reason = Reason(rule, on, actor)
    return await _take_away(connection, policy, payment_id, claim_id, None, reason)


async def charge_back(
    connection: AsyncConnection,
    policy: Policy,
    payment_id: int,
    amount: Money,
    source_reference: str,
    on: date,
    actor: str,
) -> None:
    """The bank has taken *amount* of the payment back: what it covered is owed again.

    *source_reference* is the bank's own: the same one again changes nothing. What was paid out
    already cannot be taken from any claim: a person is asked about it.
    """
    if (await connection.execute(_KNOWN, {"reference": source_reference})).first():
        return
    wanted = amount - await _unused(connection, payment_id)
    reason = Reason("charge-back", on, actor)
    missing = wanted - await _take_from_claims(connection, policy, payment_id, wanted, reason)
    missing = max(missing, NOTHING)
    await withdraw_refunds(connection, payment_id, on)
    await _pay_out(connection, payment_id, amount - missing, source_reference, on, actor)
    if missing:
        await ask_about_money(
            connection, policy, f"charge-back-{source_reference}", None, missing, on,
            payment=payment_id, reason="charged-back-after-refund",
        )  # fmt: skip


async def _take_from_claims(
    connection: AsyncConnection, policy: Policy, payment_id: int, wanted: Money, reason: Reason
) -> Money:
    """Take up to *wanted* off the claims on which the payment lies; returns how much there was."""
    taken = NOTHING
    for claim_id in (await connection.execute(_CLAIMS, {"payment": payment_id})).scalars().all():
        if taken < wanted:
            taken += await _take_away(
                connection, policy, payment_id, claim_id, wanted - taken, reason,
                EntryKind.CHARGE_BACK,
            )  # fmt: skip
    return taken


async def _unused(connection: AsyncConnection, payment_id: int) -> Money:
    return Money((await connection.execute(_PAYMENT, {"payment": payment_id})).one().unused_ore)


async def _pay_out(
    connection: AsyncConnection,
    payment_id: int,
    amount: Money,
    source_reference: str,
    on: date,
    actor: str,
) -> None:
    """The money has left; where nothing of the payment is left, nobody is asked about it."""
    if amount:
        values = {
            "payment_id": payment_id,
            "kind": "charge-back",
            "amount_ore": amount.ore,
            "booked_on": on,
            "source_reference": source_reference,
            "actor": actor,
        }
        await connection.execute(insert(Payout), values)
    await close_question(connection, payment_id)


async def _take_away(
    connection: AsyncConnection,
    policy: Policy,
    payment_id: int,
    claim_id: str,
    most: Money | None,
    reason: Reason,
    kind: EntryKind = EntryKind.REFUND,
) -> Money:
    facts = await read_facts(connection, claim_id, reason.on)
    parts = await _parts(connection, payment_id, claim_id, most)
    if not parts:
        return NOTHING
    taken = await release(connection, claim_id, parts, reason, kind)
    since = min(part.paid_on for _, part in parts)
    if facts.claim["ending"] is None:
        await correct_from(connection, policy, claim_id, since, reason)
    await _tell(connection, policy, facts, payment_id, taken, reason)
    return taken


async def _parts(
    connection: AsyncConnection, payment_id: int, claim_id: str, most: Money | None
) -> list[tuple[int, PaidPart]]:
    """What the payment covers on the claim, of the latest debt first, up to *most*."""
    parts: list[tuple[int, PaidPart]] = []
    for debt in reversed(await read_debts(connection, claim_id)):
        for part in debt.paid:
            amount = part.amount if most is None else min(part.amount, most)
            if part.payment_id == payment_id and amount > NOTHING:
                parts.append((debt.id, PaidPart(payment_id, part.paid_on, amount)))
                most = None if most is None else most - amount
    return parts


async def _tell(
    connection: AsyncConnection,
    policy: Policy,
    before: ClaimFacts,
    payment_id: int,
    taken: Money,
    reason: Reason,
) -> None:
    """What the claim, its agreement and the authority must know of it."""
    claim = before.claim
    if agreement := claim["agreement_id"]:
        await count_no_longer(connection, agreement, before.id, payment_id, taken)
    if Stage(claim["stage"]).is_with_the_collector:
        await take_report_back(connection, before.id, taken, payment_id, reason.on)
    if claim["ending"]:
        await _live_on(connection, policy, before, reason)
    if agreement:
        await sum_up(connection, agreement)


async def _live_on(
    connection: AsyncConnection, policy: Policy, before: ClaimFacts, reason: Reason
) -> None:
    """A claim that had ended as paid is owed again; one that ended otherwise has still ended."""
    claim, ending = before.claim, before.claim["ending"]
    now = await read_facts(connection, before.id, reason.on)
    if ending != Ending.PAID:
        line = closing_line(now, Ending(ending), reason.on)
        line = await write_off_line(connection, before.id, Ending(ending), line)
        await book_cover(connection, now, policy, line, reason.on)
    elif not is_settled(policy, claim, now.balance, reason.on):
        await reopen(connection, before.id, reason.on)
