"""Small amounts given up together: which may be, proposed in one go, agreed to by another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import RowMapping, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.calendar import working_days_after
from domain.decisions import Outcome, TaskKind
from domain.errors import Fault, Invalid
from domain.money import Money
from domain.policy import Policy
from domain.write_off import NewWriteOff, WriteOffReason, require_approval
from persistence.answers import NewDecision
from persistence.audit import note
from persistence.models import Task, WriteOff, WriteOffBatch
from persistence.outbox import tell
from persistence.writing_off import proposal_row

_SMALL = WriteOffReason.SMALL_AMOUNT
_FITS = """c.ending is null and not c.is_withdrawn and c.agreement_id is null
  and c.stage not in ('transfer', 'recovery') and c.balance_ore between 1 and :most
  and c.due_date <= :due_by
  and not exists (select from holds h where h.claim_id = c.id and h.released_on is null
    and (h.until is null or h.until >= :on))"""
_FREE = """not exists (select from write_offs w where w.claim_id = c.id
  and w.state in ('proposed', 'approved'))"""
_LIST = text(f"""
select c.id, c.claim_type, c.balance_ore, c.due_date, c.limitation_date, c.stage,
  d.id as debtor_id, d.name as debtor_name
from claims c join debtors d on d.id = c.debtor_id where {_FITS} and {_FREE}
order by c.balance_ore desc, c.serial limit :limit""")
# Locked first, and then read as they are now.
_LOCK = text("""
select id from claims where id = any(:ids) order by id for no key update""")
_READ = text(f"""
select c.id, c.ending, c.balance_ore, {_FITS} as fits, {_FREE} as is_free
from claims c where c.id = any(:ids)""")
_ROWS = text("""
select w.id, w.claim_id, w.amount_ore, w.state, w.why_not, c.balance_ore, c.claim_type,
  d.name as debtor_name
from write_offs w join claims c on c.id = w.claim_id join debtors d on d.id = c.debtor_id
where w.batch_id = :batch order by w.claim_id""")
_BATCH = text("""
select b.*, u.name as proposed_by_name from write_off_batches b
join users u on u.id = b.proposed_by where b.id = :batch""")


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What came of one claim. *code*: why it was left out; None: it is in."""

    claim_id: str
    amount: Money
    code: str | None = None


async def small_claims(
    connection: AsyncConnection, policy: Policy, on: date
) -> Sequence[RowMapping]:
    """Those the policy lets go together, the largest first, as many as go into one proposal."""
    rule = policy.endings.write_off(on).small_amounts
    if rule is None:
        return ()
    values = _limits(policy, on) | {"limit": rule.at_once}
    return (await connection.execute(_LIST, values)).mappings().all()


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
    found = await _lock(connection, policy, ids, on)
    rows = [_row(one, found.get(one)) for one in ids]
    taken = [row for row in rows if row.code is None]
    if not taken:
        raise Invalid(Fault("claims", "write-off-none-fits"))
    number = await _write_down(connection, policy, taken, reasons, actor, on)
    await _ask(connection, policy, number, len(taken), actor, on)
    return number, rows


async def settle_batch(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """What the second person said; a claim that does not fit any more is left out with why."""
    number = task.facts["batch"]
    rows = (await connection.execute(_ROWS, {"batch": number})).mappings().all()
    is_approved = decision.outcome is Outcome.APPROVED
    state = "approved" if is_approved else "refused"
    told: dict[str, Any] = {"decided_by": actor.id, "decided_on": on}
    found = await _lock(connection, policy, [row["claim_id"] for row in rows], on)
    for row in rows:
        if row["state"] != "proposed":
            continue
        why_not = _why_unfit(found[row["claim_id"]]) if is_approved else None
        values = told | {"state": "refused" if why_not else state, "why_not": why_not}
        await connection.execute(update(WriteOff).where(WriteOff.id == row["id"]).values(values))
        if is_approved and not why_not:
            await _give_up(connection, policy, row, actor, on)
    batch = update(WriteOffBatch).where(WriteOffBatch.id == number)
    await connection.execute(batch.values(told | {"state": state}))


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
    taken: Sequence[BatchRow],
    reasons: str,
    actor: Actor,
    on: date,
) -> int:
    batch = insert(WriteOffBatch).returning(WriteOffBatch.id)
    told = {"reasons": reasons, "proposed_by": actor.id, "proposed_on": on}
    number = int((await connection.execute(batch, told)).scalar_one())
    for row in taken:
        wish = NewWriteOff(_SMALL)
        values = proposal_row(policy, row.claim_id, wish, row.amount.ore, actor, on)
        values |= {"batch_id": number, "explanation": reasons}
        await connection.execute(insert(WriteOff), values)
        await note(connection, row.claim_id, actor.id, "write-off-proposed", batch=number)
    return number


async def _lock(
    connection: AsyncConnection, policy: Policy, ids: Sequence[str], on: date
) -> dict[str, RowMapping]:
    """The claims by their ids, as they are once nobody else can change them."""
    await connection.execute(_LOCK, {"ids": list(ids)})
    values = _limits(policy, on) | {"ids": list(ids)}
    return {row["id"]: row for row in (await connection.execute(_READ, values)).mappings()}


async def _give_up(
    connection: AsyncConnection, policy: Policy, row: RowMapping, actor: Actor, on: date
) -> None:
    require_approval(actor, policy.endings.write_off(on).approval_of(Money(row["balance_ore"])))
    await tell(connection, f"claim-{row['claim_id']}", "written_off")
    await note(connection, row["claim_id"], actor.id, "write-off-approved", id=row["id"])


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
    code = _why_unfit(found)
    if code is None and not found["is_free"]:
        code = "write-off-row-proposed"
    return BatchRow(claim_id, Money(found["balance_ore"]), code)


def _why_unfit(found: RowMapping) -> str | None:
    if found["ending"]:
        return "write-off-row-ended"
    if found["balance_ore"] <= 0:
        return "write-off-row-paid"
    return None if found["fits"] else "write-off-row-unfit"


def _limits(policy: Policy, on: date) -> dict[str, Any]:
    rule = policy.endings.write_off(on).small_amounts
    most, days = (rule.most.ore, rule.min_days) if rule else (0, 0)
    return {"most": most, "due_by": on - timedelta(days=days), "on": on}


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
