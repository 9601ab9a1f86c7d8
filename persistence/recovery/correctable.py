"""What of a claim lies at the recovery authority, and what may be corrected of it now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.errors import Conflict
from domain.ledger import EntryKind
from domain.money import NOTHING, Money
from domain.recovery.actions import ActionKind, ActionReason
from domain.recovery.claim import Part
from domain.recovery.corrections import Correctable, Done
from persistence.columns import every
from persistence.models import RecoveryClaimRow
from persistence.money.debts import Debt, read_debts
from persistence.recovery.sent_claims import lying_of

_PARTS = text(f"""
select {every(RecoveryClaimRow, "r")} from recovery_claims r where r.claim_id = :claim
  and coalesce(r.parent, r.reference) = (select m.reference from recovery_claims m
    where m.claim_id = :claim and m.parent is null order by m.id desc limit 1)
order by r.parent is not null, r.id""")
# One of a person's that has been done, or has not left yet, and that nothing has undone since.
_DONE = text("""
select a.id, a.kind, a.amount_ore, a.state, a.requested_on, a.facts ->> 'reason' as reason,
  a.facts ->> 'reference' as reference
from recovery_actions a where a.claim_id = :claim and a.facts ? 'corrects'
  and (a.state = 'executed' and a.kind in ('write-down', 'raise')
    or a.kind = 'raise' and a.state = 'requested' and a.submitted_on is null
      and not a.facts ? 'laid')
  and not exists (select from recovery_actions u where u.claim_id = a.claim_id
    and u.facts ->> 'undoes' = cast(a.id as text) and u.state not in ('dropped', 'rejected'))
order by a.id""")
_BUSY = text("""
select kind from recovery_actions where claim_id = :claim and (state in ('submitted', 'in-hearing')
  or state = 'requested' and (kind <> 'raise' or facts ? 'laid')) order by id limit 1""")
_KINDS = {Part.INTEREST: {EntryKind.INTEREST}, Part.FEE: {EntryKind.FEE, EntryKind.COURT_FEE}}


@dataclass(frozen=True, slots=True)
class CorrectableClaim:
    """*parts*: its claims there, the main one first. *busy_with*: what is not answered yet."""

    parts: tuple[Correctable, ...]
    busy_with: ActionKind | None
    has_waiting_raise: bool

    def part(self, reference: str) -> Correctable | None:
        return next((one for one in self.parts if one.reference == reference), None)

    @property
    def all_done(self) -> Iterator[Done]:
        return (done for part in self.parts for done in part.done)


async def read_correctable(
    connection: AsyncConnection, claim: RowMapping | Mapping[str, Any]
) -> CorrectableClaim:
    """Of the claim as it is, or as it was locked. Raises Conflict when it is not there."""
    claim_id = str(claim["id"])
    if claim["ending"] or not Stage(claim["stage"]).is_with_the_collector:
        raise Conflict(f"claim {claim_id} is not with the recovery authority")
    of = {"claim": claim_id}
    rows = (await connection.execute(_PARTS, of)).mappings().all()
    done = [_done(row) for row in (await connection.execute(_DONE, of)).mappings()]
    busy = await connection.scalar(_BUSY, of)
    debts = await read_debts(connection, claim_id)
    parts = tuple(_part(row, debts, done) for row in rows)
    waits = any(not one.is_sent for one in done)
    return CorrectableClaim(parts, ActionKind(busy) if busy else None, waits)


def _part(row: RowMapping, debts: Sequence[Debt], done: Sequence[Done]) -> Correctable:
    owed = sum((debt.open for debt in debts_of(row, debts)), NOTHING)
    own = tuple(one for one in done if one.reference == row["reference"])
    return Correctable(row["reference"], lying_of(row), owed, own, has_facts=bool(row["facts"]))


def debts_of(row: RowMapping | Mapping[str, Any], debts: Sequence[Debt]) -> list[Debt]:
    """Our lines that the claim there stands for; of interest those of its period."""
    if row["parent"] is None:
        return [debt for debt in debts if debt.kind is EntryKind.PRINCIPAL]
    part, number = Part(row["part"]), _seq(row["reference"])
    own = [debt for debt in debts if debt.kind in _KINDS[part]]
    first = [debt for debt in own if debt.seq == number]
    if part is Part.FEE:
        return first + [debt for debt in own if first and debt.raises == first[0].id]
    return [debt for debt in own if first and debt.period == first[0].period]


def _seq(reference: str) -> int:
    """The line's number in our books, as `recovery_split` has named the claim after it."""
    return int(reference.rpartition("-")[2])


async def part_row(connection: AsyncConnection, claim_id: str, reference: str) -> RowMapping:
    rows = (await connection.execute(_PARTS, {"claim": claim_id})).mappings()
    return next(row for row in rows if row["reference"] == reference)


def _done(row: RowMapping) -> Done:
    reason = row["reason"]
    return Done(
        row["id"],
        ActionKind(row["kind"]),
        ActionReason(reason) if reason else None,
        row["reference"],
        Money(row["amount_ore"]),
        row["requested_on"],
        is_sent=row["state"] == "executed",
    )
