"""What the second person said of claims given up together: each is looked at as it is then."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.decisions import Outcome
from domain.endings.write_off import Approval, WriteOffRule
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.claims.holding import release_hold
from persistence.endings.batch_claims import lock_claims, why_unfit
from persistence.endings.write_off_batches import read_batch
from persistence.endings.writing_off import approval_row
from persistence.models import WriteOff, WriteOffBatch
from persistence.outbox import tell
from persistence.tasks.answers import NewDecision
from persistence.trail.audit import note


def approval_of_batch(
    rule: WriteOffRule, batch: RowMapping, rows: Sequence[RowMapping]
) -> Approval:
    """Of small amounts each is judged alone; of an estate all that its debtor owed."""
    waiting = [Money(row["balance_ore"]) for row in rows if row["state"] == "proposed"]
    largest = max(waiting, default=NOTHING)
    amount = largest if batch["suspension_id"] is None else sum(waiting, NOTHING)
    return rule.approval_of(amount)


async def settle_batch(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """Agreed to, or not; a claim that does not fit any more is left out with why.

    Raises NotAllowed when it asks for more, Invalid until the committee's word is written down.
    """
    batch, rows = await read_batch(connection, task.facts["batch"])
    waiting = {row["claim_id"]: row for row in rows if row["state"] == "proposed"}
    found = await lock_claims(connection, policy, sorted(waiting), on, batch["suspension_id"])
    told: dict[str, Any] = {"state": "refused", "decided_by": actor.id, "decided_on": on}
    agreed = dict[str, Any]()
    if decision.outcome is Outcome.APPROVED:
        told["state"] = "approved"
        agreed = await _agreement(connection, policy, batch["id"], decision, actor, on)
    for claim_id, row in waiting.items():
        why_not = why_unfit(found[claim_id], batch["suspension_id"]) if agreed else None
        left_out = {"state": "refused", "why_not": why_not} if why_not else agreed
        await _set(connection, row["id"], told | left_out)
        if agreed and not why_not:
            await _give_up(connection, policy, row, found[claim_id], actor, on)
    statement = update(WriteOffBatch).where(WriteOffBatch.id == batch["id"])
    await connection.execute(statement.values(told))


async def _agreement(
    connection: AsyncConnection,
    policy: Policy,
    number: int,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> dict[str, Any]:
    """Asked of the amounts as they are, once nobody else can change them."""
    batch, rows = await read_batch(connection, number)
    approval = approval_of_batch(policy.endings.write_off(on), batch, rows)
    return await approval_row(connection, rows[0]["claim_id"], approval, decision, actor, on)


async def _set(connection: AsyncConnection, number: int, values: dict[str, Any]) -> None:
    await connection.execute(update(WriteOff).where(WriteOff.id == number).values(values))


async def _give_up(
    connection: AsyncConnection,
    policy: Policy,
    row: RowMapping,
    found: RowMapping,
    actor: Actor,
    on: date,
) -> None:
    """The story hears it wherever it stands, also at rest; then nothing rests there any more."""
    await tell(connection, f"claim-{row['claim_id']}", "written_off")
    await note(connection, row["claim_id"], actor.id, "write-off-approved", id=row["id"])
    if found["hold_id"]:
        await release_hold(connection, policy, found["hold_id"], on, actor, is_told=False)
