"""Fees for letters that never left: they are taken back."""

from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.coverage import Coverage, OpenLine, cover
from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.agreements.plan_sums import sum_up
from persistence.claims.facts import ClaimFacts, read_facts
from persistence.models import LedgerCoverage
from persistence.money.accounts import Line, book_lines
from persistence.money.unplaced_money import ask_about_money

NOT_SENT = "letter-not-sent"


async def take_back_fee(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    fee: dict[str, Any],
    on: date,
    rule: str = NOT_SENT,
) -> Money:
    """Correct the account by the fee entry *fee* (id, ore, basis); returns what is owed then.

    Where the fee has been paid its money goes to what else is open; what is left over then is a
    question to the people who can pay it back.
    """
    facts = await read_facts(connection, claim_id, on)
    coverage = _lessen(facts, policy, fee, on)
    amount = sum((part for _, part in coverage.parts), NOTHING)
    if amount:
        line = Line(
            EntryKind.CORRECTION, -amount, on, HOUSE.id, rule, fee["basis"],
            facts={"fee": fee["id"]},
        )  # fmt: skip
        await _book(connection, claim_id, line, coverage)
    if coverage.rest:
        subject = f"fee-{fee['id']}"
        await ask_about_money(
            connection, policy, subject, claim_id, coverage.rest, on, reason=NOT_SENT
        )
    if facts.claim["agreement_id"]:
        await sum_up(connection, facts.claim["agreement_id"])
    return facts.balance - amount


async def _book(connection: AsyncConnection, claim_id: str, line: Line, coverage: Coverage) -> None:
    [entry] = await book_lines(connection, claim_id, [line], line.effective_on)
    rows = [
        {"payment_entry_id": entry, "debt_entry_id": debt, "amount_ore": part.ore}
        for debt, part in coverage.parts
    ]
    await connection.execute(insert(LedgerCoverage), rows)


def _lessen(facts: ClaimFacts, policy: Policy, fee: dict[str, Any], on: date) -> Coverage:
    """The fee itself first, then what else is open, in the order in which payments cover."""
    order = policy.coverage_order.on(on)
    assert order, "the policy must say in which order payments cover"
    lines = [
        OpenLine(e.id, EntryKind(e.kind), e.effective_on, e.open, is_designated=e.id == fee["id"])
        for e in facts.entries
        if EntryKind(e.kind).is_debt
    ]
    return cover(Money(fee["ore"]), lines, order)
