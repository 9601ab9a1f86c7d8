"""A write-off taken back: for money that came all the same, or because it was a mistake."""

from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.calendar import working_days_after
from domain.claim import Ending, Stage
from domain.decisions import TaskKind
from domain.endings.write_off import require_approval
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.letters import Letter
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.claims.acts import Mark, mark_act, opened_task
from persistence.claims.facts import ClaimFacts, read_facts
from persistence.claims.reopening import reopen
from persistence.columns import every
from persistence.endings.write_off_books import approved_write_off, take_back_write_off
from persistence.models import WriteOff
from persistence.post.correspondence import Occasion, write_to_debtors
from persistence.trail.audit import note

_CLAIM_OF = text("select claim_id from write_offs where id = :id")
_ROW = text(f"select {every(WriteOff)} from write_offs where id = :id for no key update")
_REVERSED = text("""
update write_offs set state = 'reversed', reversed_on = :on, reversed_by = :by,
  reversal_reasons = :reasons where id = :id""")
_DIALOGUES = text("""
select count(*) from acts where subject = :claim and key ~ '^dialogue-[0-9]+$'""")
# Who has not read that they need not pay need not read that they must.
_CALL_BACK = text("""
update letters set state = 'cancelled' where claim_id = :claim and state = 'requested'
  and letter = 'write-off-decision' and template is null""")
_HAVE_READ = text("""
select debtor_id from letters where claim_id = :claim and letter = 'write-off-decision'
  and state <> 'cancelled' order by debtor_id""")
_LONGEST = 4000


async def reverse_for_money(
    connection: AsyncConnection,
    policy: Policy,
    facts: ClaimFacts,
    money: Money,
    paid_on: date,
    on: date,
    actor: str,
) -> Money:
    """Owed again is what the money covers, and the claim stays ended; returns how much that is.

    Nothing where money that comes after such a reason is a question to a person.
    """
    if facts.claim["ending"] != Ending.WRITTEN_OFF:
        return NOTHING
    row = await approved_write_off(connection, facts.id)
    if row is None or not _keeps_money(policy, row["reason"], on):
        return NOTHING
    amount = await take_back_write_off(connection, policy, facts.id, money, paid_on, on, actor)
    if amount:
        await note(connection, facts.id, actor, "write-off-met-by-money", ore=amount.ore)
    return amount


def _keeps_money(policy: Policy, reason: str, on: date) -> bool:
    """Also of a reason that may not be used any more."""
    rules = policy.endings.write_off(on).reasons
    return any(rule.keeps_money for rule in rules if rule.reason == reason)


async def reverse_write_off(
    connection: AsyncConnection,
    policy: Policy,
    write_off_id: int,
    reasons: str,
    on: date,
    actor: Actor,
) -> str:
    """It was a mistake: all is owed again, and the claim's story goes on; returns the claim.

    Raises NotFound, NotAllowed, Invalid; Conflict when there is nothing to take back.
    """
    require(actor, Right.APPROVE_WRITE_OFFS)
    _require_reasons(reasons)
    claim_id = await connection.scalar(_CLAIM_OF, {"id": write_off_id})
    if claim_id is None:
        raise NotFound("write-off", write_off_id)
    facts = await read_facts(connection, claim_id, on)
    row = (await connection.execute(_ROW, {"id": write_off_id})).mappings().one()
    if row["state"] != "approved" or facts.claim["ending"] != Ending.WRITTEN_OFF:
        raise Conflict(f"write-off {write_off_id} is not in force")
    require_approval(actor, policy.endings.write_off(on).approval_of(Money(row["booked_ore"] or 0)))
    await take_back_write_off(connection, policy, claim_id, None, on, on, actor.id)
    values = {"id": write_off_id, "on": on, "by": actor.id, "reasons": reasons}
    await connection.execute(_REVERSED, values)
    await _go_on(connection, policy, facts, row, on)
    await _tell(connection, claim_id, write_off_id, on)
    await note(connection, claim_id, actor.id, "write-off-reversed", id=write_off_id)
    return str(claim_id)


async def _tell(connection: AsyncConnection, claim_id: str, write_off_id: int, on: date) -> None:
    """Those who were told that they need not pay are told that they owe it all the same."""
    await connection.execute(_CALL_BACK, {"claim": claim_id})
    for debtor in (await connection.execute(_HAVE_READ, {"claim": claim_id})).scalars().all():
        occasion = Occasion(
            Letter.WRITE_OFF_REVERSED, f"write-off-reversed-{write_off_id}", on, debtor_id=debtor
        )
        await write_to_debtors(connection, claim_id, occasion)


def _require_reasons(reasons: str) -> None:
    if not reasons.strip():
        raise Invalid(Fault("reasons", "reasons-missing"))
    if len(reasons) > _LONGEST:
        raise Invalid(Fault("reasons", "words-too-long", {"most": str(_LONGEST)}))


async def _go_on(
    connection: AsyncConnection, policy: Policy, facts: ClaimFacts, row: RowMapping, on: date
) -> None:
    """From a new talk where an assessment led to it; small amounts from where they stood."""
    if row["task_id"] is not None:
        number = (await connection.execute(_DIALOGUES, {"claim": facts.id})).scalar_one()
        key = f"{TaskKind.DIALOGUE}-{number}"
        task: dict[str, Any] = {
            "subject": facts.id,
            "key": key,
            "claim_id": facts.id,
            "kind": TaskKind.DIALOGUE.value,
            "state": "open",
            "department": facts.claim["department"],
            "opened_on": on,
            "due_on": working_days_after(on, policy.dialogue_days),
            "facts": {},
        }
        told = {"news": facts.news}
        mark = Mark(facts.id, key, "task", on, None, Stage.DIALOGUE, told)
        await mark_act(connection, facts.id, mark, opened_task(**task))
    await reopen(connection, facts.id, on)
