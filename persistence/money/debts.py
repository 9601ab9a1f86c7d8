"""What a claim's debt lines are made of: what is open, whose money covers them, what was corrected.

More than an act needs each day; asked only where money is moved again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from persistence.money.accounts import Line, book_covered

_DEBTS = text("""
select e.id, e.seq, e.corrects_id, e.kind, e.amount_ore, e.effective_on,
  e.period_start, e.period_end, e.legal_basis,
  e.amount_ore - coalesce((select sum(v.amount_ore) from ledger_coverage v
    where v.debt_entry_id = e.id), 0)::bigint as open_ore,
  coalesce((select -sum(k.amount_ore) from ledger_entries k
    where k.corrects_id = e.id and k.kind = 'correction'), 0)::bigint as corrected_ore,
  (select jsonb_agg(jsonb_build_array(m.payment_id, m.paid_on, m.ore)
      order by m.paid_on desc, m.payment_id desc)
    from (select p.id as payment_id, p.paid_on, sum(v.amount_ore)::bigint as ore
      from ledger_coverage v join ledger_entries x on x.id = v.payment_entry_id
      join payments p on p.id = x.payment_id
      where v.debt_entry_id = e.id group by p.id having sum(v.amount_ore) > 0) m) as paid
from ledger_entries e
where e.claim_id = :claim and e.kind in ('principal', 'interest', 'fee', 'court-fee')
order by e.seq""").columns(paid=JSONB)


@dataclass(frozen=True, slots=True)
class PaidPart:
    """How much of a debt line one payment covers."""

    payment_id: int
    paid_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Debt:
    """A debt line. *paid* has the latest money first; *corrected* is what was taken back of it.

    *raises*: the line that this one adds to, where it was too low.
    """

    id: int
    kind: EntryKind
    amount: Money
    effective_on: date
    period: tuple[date, date] | None
    legal_basis: str
    open: Money
    corrected: Money
    paid: tuple[PaidPart, ...]
    seq: int
    raises: int | None = None

    @property
    def net(self) -> Money:
        return self.amount - self.corrected


@dataclass(frozen=True, slots=True)
class Reason:
    """Who moves money again, on which booking day, and by which rule."""

    rule: str
    on: date
    actor: str


async def read_debts(connection: AsyncConnection, claim_id: str) -> list[Debt]:
    """The claim must be locked, as `read_facts` does."""
    rows = (await connection.execute(_DEBTS, {"claim": claim_id})).mappings()
    return [
        Debt(
            row["id"],
            EntryKind(row["kind"]),
            Money(row["amount_ore"]),
            row["effective_on"],
            (row["period_start"], row["period_end"]) if row["period_start"] else None,
            row["legal_basis"],
            Money(row["open_ore"]),
            Money(row["corrected_ore"]),
            tuple(_paid_part(*part) for part in row["paid"] or ()),
            row["seq"],
            row["corrects_id"],
        )
        for row in rows
    ]


def _paid_part(payment_id: int, paid_on: str, ore: int) -> PaidPart:
    return PaidPart(payment_id, date.fromisoformat(paid_on), Money(ore))


async def release(
    connection: AsyncConnection,
    claim_id: str,
    parts: Sequence[tuple[int, PaidPart]],
    reason: Reason,
    kind: EntryKind = EntryKind.REFUND,
) -> Money:
    """Take the cover of *parts* (debt line, money) away again; returns how much is loose now.

    The money is unplaced then. It counts as never having covered: by its own value date.
    """
    by_payment: dict[int, list[tuple[int, PaidPart]]] = {}
    for debt_id, part in parts:
        by_payment.setdefault(part.payment_id, []).append((debt_id, part))
    for payment_id, taken in by_payment.items():
        amount = sum((part.amount for _, part in taken), NOTHING)
        line = Line(
            kind, amount, taken[0][1].paid_on, reason.actor, reason.rule, "", payment_id=payment_id
        )
        covered = [(debt_id, -part.amount) for debt_id, part in taken]
        await book_covered(connection, claim_id, line, covered, reason.on)
    return sum((part.amount for _, part in parts), NOTHING)


async def correct(
    connection: AsyncConnection, claim_id: str, debt: Debt, amount: Money, reason: Reason
) -> tuple[Money, list[PaidPart]]:
    """Take *amount* of a debt line back; what money covered of it becomes loose.

    Returns how much was taken, and the loose money. What something else than a payment covers
    (a write-off, the authority's own word) stays.
    """
    loose = list(_latest(debt.paid, amount - min(amount, debt.open)))
    taken = min(amount, debt.open) + sum((part.amount for part in loose), NOTHING)
    if not taken:
        return NOTHING, []
    await release(connection, claim_id, [(debt.id, part) for part in loose], reason)
    facts: dict[str, Any] = {"fee": debt.id} if debt.kind is EntryKind.FEE else {}
    line = Line(
        EntryKind.CORRECTION, -taken, debt.effective_on, reason.actor, reason.rule,
        debt.legal_basis, debt.period, corrects_id=debt.id, facts=facts,
    )  # fmt: skip
    await book_covered(connection, claim_id, line, [(debt.id, taken)], reason.on)
    return taken, loose


def _latest(paid: Iterable[PaidPart], amount: Money) -> Iterable[PaidPart]:
    """The latest money up to *amount*."""
    for part in paid:
        taken = min(part.amount, amount)
        if taken > NOTHING:
            yield PaidPart(part.payment_id, part.paid_on, taken)
            amount -= taken
