"""What we ask of the recovery authority by a person's word: a claim back, or that it is right."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.claim import Stage
from domain.errors import Conflict, Fault, Invalid
from domain.money import NOTHING, Money
from domain.recovery.actions import (
    ActionKind,
    ActionReason,
    EffectiveDay,
    RecoveryState,
    rule_of,
)
from domain.recovery.claim import Part
from domain.recovery.refusals import Asked, Lying, refusal
from persistence.claims.locking import lock_living
from persistence.models import RecoveryAction
from persistence.trail.audit import note

_MAIN = text("""
select state, recalled_for, principal_ore, left_ore from recovery_claims
where claim_id = :claim and parent is null order by id desc limit 1""")
_IS_ASKED = text("""
select 1 from recovery_actions where claim_id = :claim and kind = 'recall'
  and state in ('requested', 'submitted') limit 1""")
_LONGEST_REMARK = 500


@dataclass(frozen=True, slots=True)
class Recall:
    """*effective_on* only where the authority asks for it; *reasons* are ours, for the file."""

    reason: ActionReason
    reasons: str
    effective_on: date | None = None


async def recall_claim(
    connection: AsyncConnection, claim_id: str, wish: Recall, on: date, actor: Actor
) -> int:
    """Ask for the claim back by a person's decision; the action's number.

    Raises NotFound, NotAllowed, ClaimHasEnded, Conflict when it is not there or asked for already,
    Invalid with what the authority would say.
    """
    require(actor, Right.WORK_ON_TASKS)
    await _require_there(connection, claim_id)
    await _check(connection, claim_id, wish, on)
    told = {"by": actor.id, "words": wish.reasons}
    number = await request_recall(
        connection, claim_id, f"{wish.reason}-{on:%Y%m%d}", on, wish.reason, wish.effective_on, told
    )
    if number is None:
        raise Conflict(f"claim {claim_id} has been recalled today")
    await note(
        connection, claim_id, actor.id, "recall-requested", action=number,
        reason=wish.reason.value, reasons=wish.reasons,
    )  # fmt: skip
    return number


async def _require_there(connection: AsyncConnection, claim_id: str) -> None:
    claim = await lock_living(connection, claim_id)
    if not Stage(claim.stage).is_with_the_collector:
        raise Conflict(f"claim {claim_id} is not with the recovery authority")
    if (await connection.execute(_IS_ASKED, {"claim": claim_id})).first():
        raise Conflict(f"claim {claim_id} is being recalled")


async def _check(connection: AsyncConnection, claim_id: str, wish: Recall, on: date) -> None:
    main = (await connection.execute(_MAIN, {"claim": claim_id})).first()
    rule = rule_of(ActionKind.RECALL, wish.reason)
    if rule is None:
        raise Invalid(Fault("reason", "recall-reason-unknown"))
    if wish.effective_on and rule.day is not EffectiveDay.NEEDED:
        raise Invalid(Fault("effective_on", "recall-day-refused", {"reason": wish.reason.value}))
    if main is None or main.state == RecoveryState.ASKED:
        return  # on its way: what the authority will say cannot be known yet
    asked = Asked(ActionKind.RECALL, on, wish.reason, effective_on=wish.effective_on)
    recalled = ActionReason(main.recalled_for) if main.recalled_for else None
    lying = Lying(
        RecoveryState(main.state), Part.PRINCIPAL, Money(main.principal_ore), NOTHING,
        recalled_for=recalled,
    )  # fmt: skip
    if code := refusal(asked, lying):
        field = "effective_on" if code in {"409", "548", "568"} else "reason"
        raise Invalid(Fault(field, "recall-would-be-refused", {"code": code}))


async def request_recall(
    connection: AsyncConnection,
    claim_id: str,
    key: str,
    on: date,
    reason: ActionReason,
    effective_on: date | None = None,
    told: dict[str, Any] | None = None,
) -> int | None:
    """Ask the recovery authority for the claim back (TILBAGEKALD); None when it was asked before.

    *told* is kept with the action and not sent.
    """
    facts: dict[str, Any] = {"reason": reason.value, **(told or {})}
    if effective_on:
        facts["effective_on"] = effective_on.isoformat()
    return await _request(connection, claim_id, f"recall-{key}", ActionKind.RECALL, on, facts)


async def request_approval(
    connection: AsyncConnection, claim_id: str, task_id: int, reasons: str, on: date
) -> None:
    """Tell the authority why a claim that it hears us about is right."""
    facts = {"remark": reasons[:_LONGEST_REMARK]}
    await _request(connection, claim_id, f"approve-{task_id}", ActionKind.APPROVE, on, facts)


async def _request(
    connection: AsyncConnection,
    claim_id: str,
    key: str,
    kind: ActionKind,
    on: date,
    facts: dict[str, Any],
) -> int | None:
    values = {
        "claim_id": claim_id,
        "key": key,
        "kind": kind.value,
        "state": "requested",
        "amount_ore": 0,
        "requested_on": on,
        "facts": facts,
    }
    statement = insert(RecoveryAction).values(values).on_conflict_do_nothing()
    number = (await connection.execute(statement.returning(RecoveryAction.id))).scalar()
    return None if number is None else int(number)
