"""What was charged too much, or too little, for money was thought to have come another day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.interest import interest_due
from domain.late_interest import Difference, PostedInterest, interest_differences
from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.claims.facts import ClaimFacts, read_facts
from persistence.claims.telling import count_no_longer, is_settled
from persistence.money.accounts import Line, book_cover, book_lines, interest_line
from persistence.money.debts import Debt, PaidPart, Reason, correct, read_debts
from persistence.money.unplaced_money import ask_about_money


async def correct_from(
    connection: AsyncConnection, policy: Policy, claim_id: str, since: date, reason: Reason
) -> Money:
    """Make interest and fees after *since* what they should have been; returns what was taken back.

    Money that covered what is taken back goes to what else is open, by its own value date, which
    may change later interest once more. What nothing can take then is a question to a person.
    """
    corrected = await _correct_fees(connection, policy, claim_id, since, reason)
    while taken := await _correct_interest(connection, policy, claim_id, since, reason):
        corrected += taken
    return corrected


async def _correct_fees(
    connection: AsyncConnection, policy: Policy, claim_id: str, since: date, reason: Reason
) -> Money:
    """Who had paid all that was owed is not charged for being reminded afterwards."""
    facts = await read_facts(connection, claim_id, reason.on)
    debts = await read_debts(connection, claim_id)
    owed = sum((d.open for d in debts if d.effective_on <= since or _is_principal(d)), NOTHING)
    if not is_settled(policy, facts.claim, owed, reason.on):
        return NOTHING
    later = [d for d in debts if d.kind is EntryKind.FEE and d.effective_on > since and d.net]
    return await _take_back(connection, policy, claim_id, [(d, d.net) for d in later], reason)


def _is_principal(debt: Debt) -> bool:
    return debt.kind is EntryKind.PRINCIPAL


async def _correct_interest(
    connection: AsyncConnection, policy: Policy, claim_id: str, since: date, reason: Reason
) -> Money:
    facts = await read_facts(connection, claim_id, reason.on)
    debts = {d.id: d for d in await read_debts(connection, claim_id)}
    lines = [d for d in debts.values() if d.kind is EntryKind.INTEREST and d.effective_on > since]
    if not lines:
        return NOTHING
    differences = _differences(policy, facts, lines)
    await _post(connection, facts, [d for d in differences if d.amount > NOTHING], reason)
    surplus = [(debts[d.entry_id], -d.amount) for d in differences if d.amount < NOTHING]
    return await _take_back(connection, policy, claim_id, surplus, reason)


def _differences(policy: Policy, facts: ClaimFacts, lines: Sequence[Debt]) -> list[Difference]:
    posted = [PostedInterest(d.id, d.period[0], d.net) for d in lines if d.period]
    first = min(line.period_start for line in posted)
    due = interest_due(
        policy.claim_type(facts.claim["claim_type"]),
        policy.reference_rates,
        facts.claim["last_timely_payment_date"],
        facts.principal_on,
        None,
        max(d.effective_on for d in lines),
    )
    return interest_differences(posted, [p for p in due if p.period_start >= first])


async def _post(
    connection: AsyncConnection,
    facts: ClaimFacts,
    differences: Sequence[Difference],
    reason: Reason,
) -> None:
    """Interest that is owed after all, for money that never came."""
    lines = [interest_line(one.posting, one.amount) for one in differences if one.posting]
    await book_lines(connection, facts.id, lines, reason.on)


async def _take_back(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    surplus: Sequence[tuple[Debt, Money]],
    reason: Reason,
) -> Money:
    """Correct each debt line by its amount, and place what money becomes loose."""
    total, loose = NOTHING, list[PaidPart]()
    for debt, amount in surplus:
        taken, parts = await correct(connection, claim_id, debt, amount, reason)
        total += taken
        loose += parts
    for part in sorted(loose, key=lambda one: (one.paid_on, one.payment_id)):
        await _place_anew(connection, policy, claim_id, part, reason)
    return total


async def _place_anew(
    connection: AsyncConnection, policy: Policy, claim_id: str, part: PaidPart, reason: Reason
) -> None:
    facts = await read_facts(connection, claim_id, reason.on)
    amount = min(part.amount, max(facts.balance, NOTHING))
    if amount:
        line = Line(
            EntryKind.PAYMENT, -amount, part.paid_on, HOUSE.id, reason.rule, "",
            payment_id=part.payment_id,
        )  # fmt: skip
        await book_cover(connection, facts, policy, line, reason.on)
    if rest := part.amount - amount:
        if agreement := facts.claim["agreement_id"]:
            await count_no_longer(connection, agreement, claim_id, part.payment_id, rest)
        await ask_about_money(
            connection, policy, f"payment-{part.payment_id}", claim_id, rest, reason.on,
            payment=part.payment_id, reason=reason.rule,
        )  # fmt: skip
