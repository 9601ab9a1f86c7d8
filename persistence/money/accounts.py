"""Lines on a claim's account: principal, interest, fees, payments and what they cover."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.coverage import OpenLine, cover
from domain.interest import InterestPosting, interest_due
from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.claims.facts import ClaimFacts
from persistence.database import numbers
from persistence.models import LedgerCoverage, LedgerEntry

_GIVEN = [column.name for column in LedgerEntry.__table__.c if not column.primary_key]
_ENTRY = insert(LedgerEntry).values({name: bindparam(name) for name in _GIVEN})
_BOOKED, _PARTS = _ENTRY.returning(LedgerEntry.id).cte("booked"), numbers("debt", "ore")
_COVERING_ENTRY = insert(LedgerCoverage).from_select(
    ["payment_entry_id", "debt_entry_id", "amount_ore"],
    select(_BOOKED.c.id, _PARTS.c.debt, _PARTS.c.ore).select_from(_BOOKED.join(_PARTS, true())),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A ledger entry about to be booked. Debt is positive, what lessens it negative."""

    kind: EntryKind
    amount: Money
    effective_on: date
    actor: str
    rule: str
    legal_basis: str
    period: tuple[date, date] | None = None
    payment_id: int | None = None
    corrects_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


async def book_lines(
    connection: AsyncConnection, claim_id: str, lines: Sequence[Line], on: date
) -> list[int]:
    """Append *lines* to the claim's ledger, in order; returns the ids of the entries."""
    if not lines:
        return []
    rows = [_row(claim_id, line, on) for line in lines]
    statement = insert(LedgerEntry).returning(LedgerEntry.id, sort_by_parameter_order=True)
    return list((await connection.execute(statement, rows)).scalars())


def _row(claim_id: str, line: Line, on: date) -> dict[str, Any]:
    start, end = line.period or (None, None)
    return {
        "claim_id": claim_id,
        "seq": 0,
        "kind": line.kind.value,
        "amount_ore": line.amount.ore,
        "effective_on": line.effective_on,
        "booked_on": on,
        "period_start": start,
        "period_end": end,
        "payment_id": line.payment_id,
        "actor": line.actor,
        "rule": line.rule,
        "legal_basis": line.legal_basis,
        "facts": line.facts,
        "corrects_id": line.corrects_id,
    }


def interest_lines(facts: ClaimFacts, policy: Policy, until: date) -> list[Line]:
    """The interest postings up to and with *until* that are not in the books yet.

    None after transfer: from then on the recovery authority adds its own. None while an agreement
    is kept that bears none: should it be broken, they are posted as if it had never been.
    """
    if facts.claim["stage"] in {"transfer", "recovery", "ended"}:
        return []
    if facts.claim["is_interest_resting"]:
        return []
    postings = interest_due(
        policy.claim_type(facts.claim["claim_type"]),
        policy.reference_rates,
        facts.claim["last_timely_payment_date"],
        facts.principal_on,
        max(
            (e.period_end for e in facts.entries if e.kind == "interest" and e.period_end),
            default=None,
        ),
        until,
    )
    return [interest_line(posting) for posting in postings]


def interest_line(posting: InterestPosting, amount: Money | None = None) -> Line:
    """The posting as it stands in the books; *amount* where only a part of it is to be added."""
    facts = {"base_ore": posting.base.ore, "rate_percent": str(posting.rate_percent)}
    return Line(
        EntryKind.INTEREST, amount or posting.amount, posting.posted_on, HOUSE.id, posting.rule,
        posting.legal_basis, (posting.period_start, posting.period_end), facts=facts,
    )  # fmt: skip


async def book_cover(
    connection: AsyncConnection,
    facts: ClaimFacts,
    policy: Policy,
    line: Line,
    on: date,
    until: date = date.max,
) -> None:
    """Book *line* (negative) and what it covers, in the policy's order, which it remembers.

    Only debt that arose by *until* is covered; the line must not be larger than that.
    """
    order = policy.coverage_order.entry_on(line.effective_on)
    assert order, "the policy must say in which order payments cover"
    coverage = cover(-line.amount, open_lines(facts, until), order.value)
    line = replace(line, facts=line.facts | {"order_since": order.since.isoformat()})
    await book_covered(connection, facts.id, line, coverage.parts, on)


def open_lines(facts: ClaimFacts, until: date) -> list[OpenLine]:
    """What is open of the principal, and of what was charged by *until*."""
    return [
        OpenLine(entry.id, EntryKind(entry.kind), entry.effective_on, entry.open)
        for entry in facts.entries
        if EntryKind(entry.kind).is_debt
        and entry.open > NOTHING
        and (entry.effective_on <= until or entry.kind == EntryKind.PRINCIPAL)
    ]


async def book_covered(
    connection: AsyncConnection,
    claim_id: str,
    line: Line,
    covered: Sequence[tuple[int, Money]],
    on: date,
) -> None:
    """Book *line* and how much of which debt line it covers: in all, to the øre, what it is not.

    A line that takes cover away is positive, and what it covers negative.
    """
    parts = {
        "debt": [debt for debt, _ in covered],
        "ore": [part.ore for _, part in covered],
    }
    await connection.execute(_COVERING_ENTRY, _row(claim_id, line, on) | parts)
