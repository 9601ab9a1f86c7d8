"""Another who owes a claim of ours is added to it, and is reminded before it goes any further."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.claim import Stage
from domain.deadlines import deadline_after, dispatch_day
from domain.errors import Conflict, Fault, Invalid
from domain.letters import Letter
from domain.limitation.dates import first_limitation
from domain.policy import Policy
from domain.registration import NewDebtor
from persistence.claims.locking import lock_living
from persistence.claims.registration import register_debtor
from persistence.post.correspondence import Occasion, write_to_debtors
from persistence.trail.audit import note

_CLAIM = text("""
select id, claim_type, letters, transfer_notice_with, last_timely_payment_date, registered_on
from claims where id = :claim""")
_ADD = text("""
insert into liabilities (claim_id, debtor_id, limitation_date) values (:claim, :debtor, :until)
on conflict do nothing returning debtor_id""")
# A claim lapses with the first of those who owe it.
_LAPSES = text("""
update claims set limitation_date = least(limitation_date, :until) where id = :claim""")


@dataclass(frozen=True, slots=True)
class NewLiability:
    """Who owes the claim too, and why they were not on it from the start."""

    debtor: NewDebtor
    reasons: str


async def add_debtor(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    wish: NewLiability,
    on: date,
    actor: Actor,
) -> int:
    """Make the debtor liable for all of the claim; the debtor's number.

    What has interrupted limitation did so for the others alone. Raises NotFound, NotAllowed,
    ClaimHasEnded; Conflict for who owes it already, and for a claim at the recovery authority,
    which must be recalled first (HAFT); Invalid where it is time-barred for the new one.
    """
    require(actor, Right.WORK_ON_TASKS)
    await _require_ours(connection, claim_id)
    claim = (await connection.execute(_CLAIM, {"claim": claim_id})).one()
    kind = policy.claim_type(claim.claim_type)
    until = first_limitation(kind, claim.last_timely_payment_date)
    if until < on:
        raise Invalid(Fault("cpr_cvr", "add-debtor-lapsed", {"day": until.isoformat()}))
    debtor_id = await register_debtor(connection, wish.debtor, on)
    values = {"claim": claim_id, "debtor": debtor_id, "until": until}
    if (await connection.execute(_ADD, values)).first() is None:
        raise Conflict(f"debtor {debtor_id} owes claim {claim_id} already")
    await connection.execute(_LAPSES, {"claim": claim_id, "until": until})
    await _remind(connection, policy, claim, debtor_id, on)
    known = {"debtor": debtor_id, "reasons": wish.reasons}
    await note(connection, claim_id, actor.id, "debtor-added", **known)
    return debtor_id


async def _require_ours(connection: AsyncConnection, claim_id: str) -> None:
    claim = await lock_living(connection, claim_id)
    if Stage(claim.stage).is_with_the_collector:
        raise Conflict(f"claim {claim_id} lies with the recovery authority")


async def _remind(
    connection: AsyncConnection, policy: Policy, claim: Any, debtor_id: int, on: date
) -> None:
    """The letter that tells of a transfer, or the last reminder there is; without a fee."""
    reminders = [letter for letter in map(Letter, claim.letters) if letter.level]
    with_notice = claim.transfer_notice_with
    letter = Letter(with_notice) if with_notice else (reminders or [Letter.TRANSFER_NOTICE])[-1]
    days = policy.letter_step(claim.claim_type, letter, claim.registered_on).days
    deadline = deadline_after(dispatch_day(on), days)
    key = f"debtor-added-{debtor_id}"
    occasion = Occasion(letter, key, on, {}, deadline, debtor_id, days)
    await write_to_debtors(connection, claim.id, occasion)
