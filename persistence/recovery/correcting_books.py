"""What a correction of a claim at the recovery authority is in our own ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.recovery.claim import Part
from persistence.money.accounts import Line, book_covered, book_lines
from persistence.money.debts import Debt, read_debts
from persistence.recovery.correctable import debts_of, part_row

TAKEN_OFF, ADDED, UNDONE = "corrected-there", "raised-there", "undone-there"
_BOOKED = text("""
select corrects_id, amount_ore, effective_on, legal_basis, period_start, period_end
from ledger_entries where claim_id = :claim and facts ->> 'corrects' = :action order by id""")


@dataclass(frozen=True, slots=True)
class Correcting:
    """Of which claim there, by which action of ours, and why."""

    claim_id: str
    reference: str
    action_id: int
    reasons: str
    on: date
    actor: str

    @property
    def facts(self) -> dict[str, Any]:
        return {"corrects": self.action_id, "reasons": self.reasons}


async def take_off(connection: AsyncConnection, it: Correcting, amount: Money, rule: str) -> None:
    """Of the latest line first: what was added is what is taken off again."""
    for debt, part in _open_parts(await _debts(connection, it), amount):
        line = Line(
            EntryKind.CORRECTION, -part, debt.effective_on, it.actor, rule, debt.legal_basis,
            debt.period, corrects_id=debt.id, facts=it.facts,
        )  # fmt: skip
        await book_covered(connection, it.claim_id, line, [(debt.id, part)], it.on)


def _open_parts(debts: Sequence[Debt], amount: Money) -> Iterator[tuple[Debt, Money]]:
    for debt in reversed(debts):
        part = min(debt.open, amount)
        if part > NOTHING:
            amount -= part
            yield debt, part


async def give_back(connection: AsyncConnection, it: Correcting, undone: int) -> None:
    """What the action *undone* took off is owed again, of the lines of which it was taken."""
    values = {"claim": it.claim_id, "action": str(undone)}
    for row in (await connection.execute(_BOOKED, values)).all():
        period = (row.period_start, row.period_end) if row.period_start else None
        line = Line(
            EntryKind.CORRECTION, Money(-row.amount_ore), row.effective_on, it.actor, UNDONE,
            row.legal_basis, period, corrects_id=row.corrects_id, facts=it.facts,
        )  # fmt: skip
        again = [(row.corrects_id, Money(row.amount_ore))]
        await book_covered(connection, it.claim_id, line, again, it.on)


async def add(connection: AsyncConnection, it: Correcting, amount: Money, part: Part) -> None:
    """A line of its own: what it was raised by is owed from now on."""
    first = (await _debts(connection, it))[0]
    kind = EntryKind.PRINCIPAL if part is Part.PRINCIPAL else EntryKind.FEE
    line = Line(
        kind, amount, it.on, it.actor, ADDED, first.legal_basis, first.period,
        corrects_id=first.id, facts=it.facts,
    )  # fmt: skip
    await book_lines(connection, it.claim_id, [line], it.on)


async def _debts(connection: AsyncConnection, it: Correcting) -> list[Debt]:
    row = await part_row(connection, it.claim_id, it.reference)
    return debts_of(row, await read_debts(connection, it.claim_id))
