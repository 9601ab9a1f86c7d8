"""How what is given up stands in the books, and how it is taken back to the øre."""

from datetime import date

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Ending
from domain.coverage import OpenLine, cover
from domain.endings.write_off import WriteOffReason
from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.money.accounts import Line, book_covered

REVERSED = "write-off-reversed"
"""The rule of the entries that take a write-off back."""

_APPROVED = text("""
select id, reason, legal_basis from write_offs
where claim_id = :claim and state = 'approved'""")
_BOOKED = text("""
update write_offs set booked_ore = coalesce(booked_ore, 0) + :ore,
  booked_on = coalesce(booked_on, :on) where id = :id""")
_OVERTAKEN = text("""
with freed as (
  update discharges set state = 'overtaken' where claim_id = :claim and state = 'proposed'
)
update write_offs set state = 'overtaken' where claim_id = :claim and booked_on is null
  and state in ('proposed', 'approved')""")
_GIVEN_UP = text("""
select d.id, d.kind, d.effective_on, sum(v.amount_ore)::bigint as ore,
  max(e.id) filter (where e.kind = 'write-off') as entry,
  max(e.legal_basis) filter (where e.kind = 'write-off') as basis
from ledger_entries e join ledger_coverage v on v.payment_entry_id = e.id
join ledger_entries d on d.id = v.debt_entry_id
where e.claim_id = :claim and (e.kind = 'write-off' or e.rule = 'write-off-reversed')
group by d.id having sum(v.amount_ore) > 0 order by d.seq""")


async def approved_write_off(connection: AsyncConnection, claim_id: str) -> RowMapping | None:
    """By which reason the claim is given up; None where it was before reasons were told."""
    return (await connection.execute(_APPROVED, {"claim": claim_id})).mappings().first()


async def reaches_debtor(connection: AsyncConnection, claim_id: str) -> bool:
    """Whether there is somebody to tell that the claim is given up."""
    found = await approved_write_off(connection, claim_id)
    return found is None or WriteOffReason(found["reason"]).reaches_debtor


async def write_off_line(
    connection: AsyncConnection, claim_id: str, ending: Ending, line: Line
) -> Line:
    """*line* with the reason on it, when the claim ends by being given up."""
    if ending is not Ending.WRITTEN_OFF:
        return line
    if (found := await approved_write_off(connection, claim_id)) is None:
        return line
    booked = {"id": found["id"], "ore": -line.amount.ore, "on": line.effective_on}
    await connection.execute(_BOOKED, booked)
    return Line(
        line.kind, line.amount, line.effective_on, line.actor, f"write-off {found['reason']}",
        found["legal_basis"], facts={"write_off": found["id"]},
    )  # fmt: skip


async def forget_overtaken(connection: AsyncConnection, claim_id: str) -> None:
    """The claim ended before what was proposed or agreed to could be booked."""
    await connection.execute(_OVERTAKEN, {"claim": claim_id})


async def take_back_write_off(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    most: Money | None,
    effective_on: date,
    on: date,
    actor: str,
) -> Money:
    """Make up to *most* of what was given up owed again, or all; returns how much that is.

    The claim must be locked. What a payment would cover first comes back first.
    """
    rows = (await connection.execute(_GIVEN_UP, {"claim": claim_id})).mappings().all()
    total = Money(sum(row["ore"] for row in rows))
    amount = total if most is None else min(most, total)
    if amount <= NOTHING:
        return NOTHING
    order = policy.coverage_order.on_or_first(effective_on)
    parts = cover(amount, [_open(row) for row in rows], order).parts
    line = Line(
        EntryKind.CORRECTION, amount, effective_on, actor, REVERSED, rows[0]["basis"],
        corrects_id=max(row["entry"] for row in rows),
    )  # fmt: skip
    await book_covered(connection, claim_id, line, [(debt, -part) for debt, part in parts], on)
    return amount


def _open(row: RowMapping) -> OpenLine:
    return OpenLine(row["id"], EntryKind(row["kind"]), row["effective_on"], Money(row["ore"]))
