"""A claim that lies at the recovery authority is corrected: in our books, and in its own."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.deadlines import deadline_after, dispatch_day
from domain.errors import Conflict, Fault, Invalid
from domain.letters import Letter
from domain.money import NOTHING, Money
from domain.policy import Policy
from domain.recovery.actions import ADDING, ActionKind
from domain.recovery.books import Movement
from domain.recovery.corrections import NEW, Correctable, Done, is_raised_anew, reason_for
from persistence.agreements.plan_sums import sum_up
from persistence.claims.facts import read_facts
from persistence.models import RecoveryAction
from persistence.post.correspondence import Occasion, write_to_debtors
from persistence.recovery.correctable import CorrectableClaim, read_correctable
from persistence.recovery.correcting_books import (
    TAKEN_OFF,
    UNDONE,
    Correcting,
    add,
    give_back,
    take_off,
)
from persistence.recovery.moves import ask_moves
from persistence.trail.audit import note

_COUNT = text("""
select count(*) from recovery_actions where claim_id = :claim and starts_with(key, 'correct-')""")
_LETTER = text("select facts ->> 'letter' from recovery_actions where id = :action")
_CALL_LETTERS_OFF = text("""
update letters l set state = 'cancelled' from recovery_actions a
where a.id = :action and l.claim_id = :claim and l.key = a.facts ->> 'letter'
  and l.state = 'requested'""")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person wants. *amount* is by how much; of a principal, the right one.

    *undoes*: the action that is taken back, which says the rest.
    """

    kind: ActionKind
    reasons: str
    reference: str = ""
    amount: Money = NOTHING
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Of which claim, by whom, and when."""

    claim_id: str
    wish: Correction
    on: date
    actor: Actor

    def as_action(self, reference: str, number: int) -> Correcting:
        reasons = self.wish.reasons
        return Correcting(self.claim_id, reference, number, reasons, self.on, self.actor.id)


async def correct_there(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    wish: Correction,
    on: date,
    actor: Actor,
) -> int:
    """Correct the claim here and tell the authority; the action's number.

    Raises NotFound, NotAllowed; Conflict when it is not there, or something is under way (418);
    Invalid with what the authority would say.
    """
    require(actor, Right.WORK_ON_TASKS)
    facts = await read_facts(connection, claim_id, on)
    claim = await read_correctable(connection, facts.claim)
    if claim.busy_with:
        raise Conflict(f"claim {claim_id}: {claim.busy_with} has not been answered")
    it = _Wanted(claim_id, wish, on, actor)
    number = await _carry_out(connection, it, claim)
    if is_raised_anew(wish.kind):
        days = policy.letter_step(facts.claim["claim_type"], Letter.TRANSFER_NOTICE, on).days
        await _notify(connection, it, number, days)
    if facts.claim["agreement_id"]:
        await sum_up(connection, facts.claim["agreement_id"])
    return number


async def _carry_out(connection: AsyncConnection, it: _Wanted, claim: CorrectableClaim) -> int:
    wish = it.wish
    if wish.undoes is None:
        number = await _make(connection, it, _checked(claim, wish, it.on))
    else:
        number = await _undo(connection, it, _found(claim, wish, it.on))
    await note(
        connection, it.claim_id, it.actor.id, "corrected-there", action=number,
        kind=wish.kind.value, ore=wish.amount.ore, reasons=wish.reasons,
    )  # fmt: skip
    return number


def _checked(claim: CorrectableClaim, wish: Correction, on: date) -> Correctable:
    """What is to be corrected, where the authority would take it."""
    part = claim.part(wish.reference)
    if wish.kind not in NEW:
        raise Invalid(Fault("kind", "correct-kind-missing"))
    if part is None:
        raise Invalid(Fault("reference", "correct-part-missing"))
    if wish.amount <= NOTHING:
        raise Invalid(Fault("amount", "correct-amount-missing"))
    if is_raised_anew(wish.kind) and claim.has_waiting_raise:
        raise Conflict(f"claim of {wish.reference} is being raised")
    if code := part.refusal_of(wish.kind, wish.amount, on):
        raise Invalid(_fault(code))
    return part


def _found(claim: CorrectableClaim, wish: Correction, on: date) -> Done:
    """What is to be undone: it was made, by a person, and has not been undone."""
    for part in claim.parts:
        for done in part.done:
            if done.action_id == wish.undoes and done.undone_by is wish.kind:
                if code := part.refusal_of_undoing(done, on):
                    raise Invalid(_fault(code, "undoes"))
                return done
    raise Invalid(_fault("429", "undoes"))


def _fault(code: str, field: str = "amount") -> Fault:
    """What the authority's code means, said before it is asked."""
    return Fault(field, f"recovery-code-{code.lower()}", {"code": code})


async def _make(connection: AsyncConnection, it: _Wanted, part: Correctable) -> int:
    kind, amount = it.wish.kind, it.wish.amount
    reason = reason_for(kind)
    told = {"reason": reason.value} if reason else {}
    number = await _ask(connection, it, part.reference, amount, told)
    action = it.as_action(part.reference, number)
    if kind is ActionKind.WRITE_DOWN:
        await take_off(connection, action, amount, TAKEN_OFF)
    elif kind is ActionKind.RAISE:
        await add(connection, action, amount, part.lying.part)
    return number


async def _undo(connection: AsyncConnection, it: _Wanted, done: Done) -> int:
    """What was taken off is owed again; what was added, no longer."""
    number = done.action_id
    if done.is_sent:
        told = {"undoes": done.action_id}
        number = await _ask(connection, it, done.reference, done.amount, told)
    else:
        await _call_off(connection, it.claim_id, done)
    action = it.as_action(done.reference, number)
    if it.wish.kind is ActionKind.UNDO_RAISE:
        await take_off(connection, action, done.amount, UNDONE)
    else:
        await give_back(connection, action, done.action_id)
    return number


async def _ask(
    connection: AsyncConnection,
    it: _Wanted,
    reference: str,
    amount: Money,
    told: dict[str, Any],
) -> int:
    """The action, and what it is to move there, laid down before it is sent."""
    kind, known = it.wish.kind, await connection.scalar(_COUNT, {"claim": it.claim_id})
    key = f"correct-{known + 1}"
    if is_raised_anew(kind):
        told = told | {"letter": f"raise-{key}"}
    values = {
        "claim_id": it.claim_id,
        "key": key,
        "kind": kind.value,
        "state": "requested",
        "amount_ore": amount.ore,
        "requested_on": it.on,
        "facts": _facts(it, reference) | told,
    }
    asked = insert(RecoveryAction).values(values).returning(RecoveryAction.id)
    number = int((await connection.execute(asked)).scalar_one())
    if kind is not ActionKind.RAISE_PRINCIPAL:
        column = Movement.UP if kind in ADDING else Movement.DOWN
        await ask_moves(connection, it.claim_id, number, column, [(reference, amount)])
    return number


def _facts(it: _Wanted, reference: str) -> dict[str, Any]:
    """Who corrects which claim there, and why: kept with the action and not sent."""
    by, words = it.actor.id, it.wish.reasons
    return {"corrects": True, "reference": reference, "by": by, "words": words}


async def _call_off(connection: AsyncConnection, claim_id: str, done: Done) -> None:
    """It never left: the authority hears nothing of it, nor a debtor whose letter waits."""
    dropped = update(RecoveryAction).where(RecoveryAction.id == done.action_id)
    await connection.execute(dropped.values(state="dropped"))
    of = {"claim": claim_id, "action": done.action_id}
    await connection.execute(_CALL_LETTERS_OFF, of)


async def _notify(connection: AsyncConnection, it: _Wanted, number: int, days: int) -> None:
    """Each who owes it is reminded and notified; the raise is sent when their time is out."""
    key = await connection.scalar(_LETTER, {"action": number})
    on = it.on
    occasion = Occasion(
        Letter.TRANSFER_NOTICE, key, on, {"raised_ore": it.wish.amount.ore},
        deadline_after(dispatch_day(on), days), days=days,
    )  # fmt: skip
    await write_to_debtors(connection, it.claim_id, occasion)
