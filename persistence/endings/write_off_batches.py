"""Claims given up together: which may be, proposed in one go, agreed to by another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.calendar import working_days_after
from domain.decisions import TaskKind
from domain.endings.write_off import NewWriteOff, WriteOffReason
from domain.errors import Fault, Invalid
from domain.money import Money
from domain.policy import Policy
from persistence.columns import every
from persistence.endings.batch_claims import lock_claims, why_unfit
from persistence.endings.writing_off import proposal_row
from persistence.models import Task, WriteOff, WriteOffBatch
from persistence.trail.audit import note

_ROWS = text("""
select w.id, w.claim_id, w.amount_ore, w.state, w.why_not, w.booked_on, c.balance_ore, c.claim_type,
  d.name as debtor_name
from write_offs w join claims c on c.id = w.claim_id join debtors d on d.id = c.debtor_id
where w.batch_id = :batch order by w.claim_id""")
_BATCH = text(f"""
select {every(WriteOffBatch, "b")}, u.name as proposed_by_name from write_off_batches b
join users u on u.id = b.proposed_by where b.id = :batch""")


@dataclass(frozen=True, slots=True)
class NewBatch:
    """Why all of them are given up. *suspension_id*: the estate; *task_id*: where it was told."""

    wish: NewWriteOff
    reasons: str
    suspension_id: int | None = None
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What came of one claim. *code*: why it was left out; None: it is in."""

    claim_id: str
    amount: Money
    code: str | None = None


async def propose_small(
    connection: AsyncConnection,
    policy: Policy,
    claim_ids: Iterable[str],
    reasons: str,
    actor: Actor,
    on: date,
) -> tuple[int, list[BatchRow]]:
    """The proposal's number, and an answer for each claim; those that do not fit are left out.

    Raises NotAllowed; Invalid when none fits, or without reasons.
    """
    require(actor, Right.WORK_ON_TASKS)
    ids = sorted(set(claim_ids))
    _require_whole(policy, ids, reasons, on)
    found = await lock_claims(connection, policy, ids, on)
    rows = [_row(one, found.get(one)) for one in ids]
    taken = [row for row in rows if row.code is None]
    if not taken:
        raise Invalid(Fault("claims", "write-off-none-fits"))
    batch = NewBatch(NewWriteOff(WriteOffReason.SMALL_AMOUNT), reasons)
    return await propose_batch(connection, policy, batch, taken, actor, on), rows


async def propose_batch(
    connection: AsyncConnection,
    policy: Policy,
    batch: NewBatch,
    taken: Sequence[BatchRow],
    actor: Actor,
    on: date,
) -> int:
    """Lay claims, locked and checked, before a second person as one question; its number."""
    number = await _write_down(connection, policy, batch, taken, actor, on)
    await _ask(connection, policy, number, len(taken), actor, on)
    return number


async def read_batch(
    connection: AsyncConnection, number: int
) -> tuple[RowMapping, Sequence[RowMapping]]:
    """The proposal and its claims."""
    batch = (await connection.execute(_BATCH, {"batch": number})).mappings().one()
    rows = (await connection.execute(_ROWS, {"batch": number})).mappings().all()
    return batch, rows


async def _write_down(
    connection: AsyncConnection,
    policy: Policy,
    batch: NewBatch,
    taken: Sequence[BatchRow],
    actor: Actor,
    on: date,
) -> int:
    told: dict[str, Any] = {
        "reason": batch.wish.reason,
        "reasons": batch.reasons,
        "suspension_id": batch.suspension_id,
        "task_id": batch.task_id,
        "proposed_by": actor.id,
        "proposed_on": on,
    }
    made = insert(WriteOffBatch).returning(WriteOffBatch.id)
    number = int((await connection.execute(made, told)).scalar_one())
    for row in taken:
        values = proposal_row(policy, row.claim_id, batch.wish, row.amount.ore, actor, on)
        values |= {"batch_id": number, "explanation": batch.reasons}
        await connection.execute(insert(WriteOff), values)
        await note(connection, row.claim_id, actor.id, "write-off-proposed", batch=number)
    return number


def _require_whole(policy: Policy, ids: Sequence[str], reasons: str, on: date) -> None:
    rule, faults = policy.endings.write_off(on).small_amounts, []
    if rule is None:
        faults.append(Fault("claims", "write-off-reason-not-allowed"))
    elif len(ids) > rule.at_once:
        faults.append(Fault("claims", "write-off-too-many", {"most": str(rule.at_once)}))
    if not ids:
        faults.append(Fault("claims", "write-off-none-chosen"))
    if not reasons.strip():
        faults.append(Fault("reasons", "reasons-missing"))
    if faults:
        raise Invalid(*faults)


def _row(claim_id: str, found: RowMapping | None) -> BatchRow:
    if found is None:
        return BatchRow(claim_id, Money(0), "write-off-row-unknown")
    code = why_unfit(found, None)
    if code is None and not found["is_free"]:
        code = "write-off-row-proposed"
    return BatchRow(claim_id, Money(found["balance_ore"]), code)


async def _ask(
    connection: AsyncConnection, policy: Policy, number: int, count: int, actor: Actor, on: date
) -> None:
    values = {
        "subject": f"write-offs-{number}",
        "key": TaskKind.WRITE_OFF_BATCH.value,
        "claim_id": None,
        "kind": TaskKind.WRITE_OFF_BATCH.value,
        "department": "collection",
        "opened_on": on,
        "due_on": working_days_after(on, policy.approval_days),
        "asked_by": actor.id,
        "facts": {"batch": number, "claims": count},
    }
    await connection.execute(insert(Task), values)
