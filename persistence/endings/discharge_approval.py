"""What the second person said of freeing one debtor, and the letter that tells them."""

from datetime import date
from typing import Any

from sqlalchemy import RowMapping, bindparam, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.decisions import Outcome
from domain.endings.write_off import WriteOffReason
from domain.errors import Fault, Invalid
from domain.letters import Letter
from domain.money import Money
from domain.policy import Policy
from persistence.claims.holding import release_hold
from persistence.columns import every
from persistence.endings.writing_off import approval_row
from persistence.models import Discharge
from persistence.post.correspondence import Occasion, write_to_debtors
from persistence.tasks.answers import NewDecision
from persistence.trail.audit import note

_PROPOSAL = text(f"""
select {every(Discharge, "d")},
  c.balance_ore, (select count(*) from liabilities o where o.claim_id = c.id
    and o.debtor_id <> d.debtor_id and o.discharged_on is null) as others
from discharges d join claims c on c.id = d.claim_id where d.id = :id""")
_DISCHARGE = text("""
update liabilities set discharged_on = :on, discharge = :told
where claim_id = :claim and debtor_id = :debtor""").bindparams(bindparam("told", type_=JSONB))
# What asked for money and lies in the tray yet has never been read by anybody.
_CALL_BACK = text("""
update letters set state = 'cancelled' where claim_id = :claim and debtor_id = :debtor
  and state = 'requested' and template is null and letter = any(:asking)""")
# What rested because of the one who is free now need not, for those who still owe it.
_RESTS = text("""
select h.id from holds h join suspensions s on s.id = h.suspension_id
where h.claim_id = :claim and h.released_on is null and s.debtor_id = :debtor order by h.id""")
_ASKING = sorted(letter.value for letter in Letter if letter.asks_for_payment)


async def settle_discharge(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """Freed when they agreed: no letters about the claim go to the debtor but the one that says so.

    Raises NotAllowed when the amount asks for more, Invalid until what the committee decided is
    written down, and when nobody else owes the claim any more.
    """
    found = await connection.execute(_PROPOSAL, {"id": task.facts["discharge"]})
    row = found.mappings().one()
    values: dict[str, Any] = {"state": "refused", "decided_by": actor.id, "decided_on": on}
    if decision.outcome is Outcome.APPROVED:
        values |= await _agreement(connection, policy, row, decision, actor, on)
        await _free(connection, row, actor, on)
        await _wake(connection, policy, row, actor, on)
    statement = update(Discharge).where(Discharge.id == row["id"]).values(values)
    await connection.execute(statement)
    act = "debtor-discharged" if values["state"] == "approved" else "discharge-refused"
    known = {"debtor": row["debtor_id"], "reason": row["reason"], "id": row["id"]}
    await note(connection, row["claim_id"], actor.id, act, **known)


async def _agreement(
    connection: AsyncConnection,
    policy: Policy,
    row: RowMapping,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> dict[str, Any]:
    """Asked anew of the amount as it is: interest may have moved it into another band."""
    if not row["others"]:
        raise Invalid(Fault("debtor", "discharge-last-one"))
    approval = policy.endings.write_off(on).approval_of(Money(row["balance_ore"]))
    agreed = await approval_row(connection, row["claim_id"], approval, decision, actor, on)
    return {"state": "approved"} | agreed


async def _free(connection: AsyncConnection, row: RowMapping, actor: Actor, on: date) -> None:
    """The letter is laid first: afterwards none goes to the debtor any more."""
    claim_id, debtor_id = row["claim_id"], row["debtor_id"]
    if WriteOffReason(row["reason"]).reaches_debtor:
        key, told = f"discharge-{row['id']}", {"ground": row["legal_basis"]}
        occasion = Occasion(Letter.DISCHARGE_GRANTED, key, on, told, debtor_id=debtor_id)
        await write_to_debtors(connection, claim_id, occasion)
    of_debtor = {"claim": claim_id, "debtor": debtor_id}
    await connection.execute(_CALL_BACK, of_debtor | {"asking": _ASKING})
    await connection.execute(_DISCHARGE, of_debtor | {"on": on, "told": _told(row, actor)})


async def _wake(
    connection: AsyncConnection, policy: Policy, row: RowMapping, actor: Actor, on: date
) -> None:
    values = {"claim": row["claim_id"], "debtor": row["debtor_id"]}
    for hold in (await connection.execute(_RESTS, values)).scalars().all():
        await release_hold(connection, policy, hold, on, actor)


def _told(row: RowMapping, actor: Actor) -> dict[str, Any]:
    """As the liability keeps it."""
    return {
        "reason": row["reason"],
        "legal_basis": row["legal_basis"],
        "proved_on": row["proved_on"].isoformat() if row["proved_on"] else None,
        "attachment": row["attachment_id"],
        "journal": row["journal"],
        "explanation": row["explanation"],
        "by": row["proposed_by"],
        "approved_by": actor.id,
    }
