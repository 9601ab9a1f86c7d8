"""What an answer of the recovery authority changes of the action it answers, and of its claims."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import Money
from domain.recovery.books import Movement
from persistence.recovery.moves import Move, do_moves, note_move, recall_moves

_CREATE, _RECALL, _RAISE_PRINCIPAL = "create", "recall", "raise-principal"

# Where a kill kept us from writing down that it was sent, it may have been dropped since.
_ACTION = text("""
select a.id, a.claim_id, a.kind, a.facts, a.amount_ore as asked_ore, r.id as claim_row,
  r.part, r.action_id, r.answered_on, r.amount_ore,
  (a.state in ('requested', 'submitted', 'in-hearing')
    or (a.state = 'dropped' and a.submitted_on is null)) as is_open
from recovery_actions a join recovery_claims r on r.claim_id = a.claim_id
where a.id = :action and r.reference = :reference for no key update of a, r""")
_TAKE_CLAIM = text("""
update recovery_claims set answered_on = :on,
  state = case when state in ('asked', 'in-hearing') then :state else state end
where id = :id""")
_HEAR_CLAIM = text(
    "update recovery_claims set state = 'in-hearing' where id = :id and state = 'asked'"
)
# An action is answered when each of its claims is. What has an answer was sent, even where a kill
# kept us from writing that down.
_CREATE_STATE = text("""
update recovery_actions a set state = p.state, submitted_on = coalesce(submitted_on, requested_on)
from (select case when bool_or(state = 'in-hearing' and answered_on is null) then 'in-hearing'
    when bool_or(answered_on is null) then 'submitted'
    when bool_and(state = 'rejected') then 'rejected' else 'executed' end as state
  from recovery_claims where action_id = :action) p
where a.id = :action returning a.state""")
_CHANGE_STATE = text("""
update recovery_actions a set state = m.state, submitted_on = coalesce(submitted_on, requested_on)
from (select case when coalesce(bool_or(state = 'asked'), false) then 'submitted'
    when coalesce(bool_or(state = 'refused'), :is_refused) then 'rejected'
    else 'executed' end as state
  from recovery_moves where action_id = :action) m
where a.id = :action returning a.state""")
_RAISED = text("update recovery_claims set raised_to_ore = :ore where id = :id")
_WITHDRAWN = text("""
update recovery_actions set state = 'withdrawn'
where claim_id = :claim and kind = 'create' and state = 'in-hearing'""")


@dataclass(frozen=True, slots=True)
class Answered:
    """*is_new*: not answered before. *is_main*: the answer is about the main claim.

    *asked_by*: the task by whose answer the action was sent once more.
    """

    kind: str
    is_new: bool
    is_main: bool
    asked_by: str | None = None


async def answer_action(
    connection: AsyncConnection, action_id: int, reference: str, said: str, on: date
) -> Answered | None:
    """Write down what was *said* of one claim of an action; None when it is no action of it."""
    found = await connection.execute(_ACTION, {"action": action_id, "reference": reference})
    row = found.first()
    if row is None or (row.kind == _CREATE and row.action_id != action_id):
        return None
    is_open = bool(row.is_open and (row.kind != _CREATE or row.answered_on is None))
    if is_open and row.kind == _CREATE:
        await _answer_create(connection, row, reference, said, on)
    elif is_open:
        await _answer_change(connection, row, reference, on, is_done=said == "executed")
    asked_by = row.facts.get("asked_by")
    return Answered(row.kind, is_open, row.part == "principal", str(asked_by) if asked_by else None)


async def _answer_create(
    connection: AsyncConnection, row: Any, reference: str, said: str, on: date
) -> None:
    if said == "in-hearing":
        await connection.execute(_HEAR_CLAIM, {"id": row.claim_row})
    else:
        state = "received" if said == "executed" else "rejected"
        await connection.execute(_TAKE_CLAIM, {"id": row.claim_row, "state": state, "on": on})
        if said == "executed":
            came = Money(row.amount_ore)
            move = Move(row.claim_id, reference, Movement.CAME, came, on, row.id)
            await note_move(connection, move)
    await connection.execute(_CREATE_STATE, {"action": row.id})


async def _answer_change(
    connection: AsyncConnection, row: Any, reference: str, on: date, *, is_done: bool
) -> None:
    if row.kind == _RECALL and is_done:
        reason = row.facts.get("reason", "FEJL")
        await recall_moves(connection, row.claim_id, row.id, reason, on)
        await connection.execute(_WITHDRAWN, {"claim": row.claim_id})
    else:
        await do_moves(connection, row.id, reference, on, is_done=is_done)
    if row.kind == _RAISE_PRINCIPAL and is_done:
        await connection.execute(_RAISED, {"id": row.claim_row, "ore": row.asked_ore})
    await connection.execute(_CHANGE_STATE, {"action": row.id, "is_refused": not is_done})
