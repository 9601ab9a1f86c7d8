"""A claim, or all a debtor owes, put to rest by the rule of its reason, and let go on again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.claim import HoldReason
from domain.endings.suspension import Course, Need, SuspensionRule, Told, course, faults_of, file_by
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.policy import Policy
from persistence.claims.holding import end_with_its_last, place_hold, release_hold
from persistence.columns import every
from persistence.endings.suspension_limitation import note_what_suspends
from persistence.endings.suspension_tasks import Asked, ask_about, keep_watch, move_filing
from persistence.models import Claim, Debtor, Suspension
from persistence.trail.audit import note

# Locked, as who registers a claim of theirs does: it is seen here, or rests from its first day.
_DEBTOR = select(Debtor.id).where(Debtor.id == bindparam("debtor")).with_for_update(key_share=True)
_OF_CLAIM = select(Claim.debtor_id).where(Claim.id == bindparam("claim"))
_CLAIMS = text("""
select c.id, c.claim_type, c.balance_ore, c.stage, c.agreement_id,
  c.stage in ('transfer', 'recovery') as is_there,
  exists (select from holds h where h.claim_id = c.id and h.reason = :reason
    and h.released_on is null and (h.until is null or h.until >= :on)) as is_held
from claims c join liabilities b on b.claim_id = c.id
where b.debtor_id = :debtor and b.discharged_on is null and c.ending is null
order by c.id for no key update of c""")
_KNOWN = text("""
select 1 from suspensions where debtor_id = :debtor and reason = :reason and ended_on is null""")
_STANDING = text(f"""
select {every(Suspension)} from suspensions where id = :id for no key update""")
_HOLDS = text("""
select id from holds where suspension_id = :id and released_on is null order by claim_id""")
_BELONGS = text("update holds set suspension_id = :number where id = :hold")
_TELL_NOTICE = text("""
update suspensions set facts = facts || :told, file_by = :file_by where id = :id""").bindparams(
    bindparam("told", type_=JSONB)
)


@dataclass(frozen=True, slots=True)
class NewSuspension:
    reason: HoldReason
    told: Told
    note: str = ""


@dataclass(frozen=True, slots=True)
class Suspended:
    """*number* is None for a reason without a rule of its own. *holds*: by claim."""

    number: int | None
    holds: dict[str, int]
    course: Course


async def suspend_claim(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    wish: NewSuspension,
    on: date,
    actor: Actor,
    since: date | None = None,
) -> Suspended:
    """Stop one claim's clock. Raises Invalid with all that the reason asks for and was not told."""
    rule = _checked(policy, wish, on)
    if rule is None:
        hold = await _hold(connection, claim_id, wish, since or on, actor, None)
        return Suspended(None, {claim_id: hold}, Course(None, None))
    debtor = None
    if rule.is_of_debtor:
        debtor = await connection.scalar(_OF_CLAIM, {"claim": claim_id})
    number, plan = await _write_down(connection, rule, wish, since or on, on, actor, debtor)
    hold = await _hold(connection, claim_id, wish, since or on, actor, number)
    about = Asked(number, rule, plan, debtor, claim_id)
    await ask_about(connection, about, on)
    await note_what_suspends(connection, policy, on, number)
    return Suspended(number, {claim_id: hold}, plan)


async def suspend_debtor(
    connection: AsyncConnection,
    policy: Policy,
    debtor_id: int,
    wish: NewSuspension,
    on: date,
    actor: Actor,
) -> Suspended:
    """Stop the clock of all the debtor owes to us, in one act.

    What lies at the recovery authority is the authority's to stop; that it must be told is known
    by the suspension, also where nothing else is owed. Raises Invalid, NotFound; Conflict when
    nothing is left to stop.
    """
    require(actor, Right.HOLD_CLAIMS)
    rule = _checked(policy, wish, on)
    if rule is None or not rule.is_of_debtor:
        raise Invalid(Fault("reason", "suspension-not-of-debtor"))
    claims = await claims_to_rest(connection, debtor_id, wish.reason, on)
    resting = [row["id"] for row in claims if not (row["is_there"] or row["is_held"])]
    if not (resting or await _is_news_there(connection, claims, debtor_id, wish.reason)):
        raise Conflict(f"debtor {debtor_id} has no claim to stop")
    number, plan = await _write_down(connection, rule, wish, on, on, actor, debtor_id)
    holds = {one: await _hold(connection, one, wish, on, actor, number) for one in resting}
    about = Asked(number, rule, plan, debtor_id, None)
    await (ask_about if resting else keep_watch)(connection, about, on)
    await note_what_suspends(connection, policy, on, number)
    subject = f"debtor-{debtor_id}"
    await note(connection, subject, actor.id, "suspended", id=number, reason=wish.reason.value)
    return Suspended(number, holds, plan)


async def claims_to_rest(
    connection: AsyncConnection, debtor_id: int, reason: HoldReason, on: date
) -> Sequence[RowMapping]:
    """All living claims the debtor is liable for, locked. Raises NotFound."""
    if (await connection.execute(_DEBTOR, {"debtor": debtor_id})).first() is None:
        raise NotFound("debtor", debtor_id)
    values = {"debtor": debtor_id, "reason": reason.value, "on": on}
    return (await connection.execute(_CLAIMS, values)).mappings().all()


async def end_hold(
    connection: AsyncConnection, policy: Policy, hold_id: int, on: date, actor: Actor
) -> None:
    """Let one claim's clock run again, with what that means for its limitation."""
    await release_hold(connection, policy, hold_id, on, actor)
    await note_what_suspends(connection, policy, on)


async def end_suspension(
    connection: AsyncConnection, policy: Policy, number: int, on: date, actor: Actor
) -> None:
    """Let all go on that it stopped. Raises NotFound; Conflict when it has ended."""
    await _standing(connection, number)
    holds = (await connection.execute(_HOLDS, {"id": number})).scalars().all()
    for hold in holds:
        await release_hold(connection, policy, hold, on, actor)
    if not holds:
        await end_with_its_last(connection, number, on, actor)
    await note_what_suspends(connection, policy, on, number)


async def tell_notice(
    connection: AsyncConnection, policy: Policy, number: int, day: date, on: date, actor: Actor
) -> date:
    """The estate's creditors have been called (proklama): until when the claim must be filed.

    Raises NotFound, NotAllowed, Invalid; Conflict when it has ended.
    """
    require(actor, Right.HOLD_CLAIMS)
    row = await _standing(connection, number)
    rule = policy.endings.suspension(HoldReason(row["reason"]), on)
    if rule is None or Need.NOTICE_ON not in rule.asks_for:
        raise Invalid(Fault(Need.NOTICE_ON, "suspension-not-asked"))
    if day > on:
        raise Invalid(Fault(Need.NOTICE_ON, "day-in-the-future"))
    by = file_by(rule, {Need.NOTICE_ON: day})
    assert by, "it is counted from the notice"
    told = {Need.NOTICE_ON.value: day.isoformat()}
    await connection.execute(_TELL_NOTICE, {"id": number, "told": told, "file_by": by})
    await move_filing(connection, rule, number, by, on)
    await note(connection, f"suspension-{number}", actor.id, "estate-notice-told")
    return by


async def _is_news_there(
    connection: AsyncConnection, claims: Sequence[RowMapping], debtor_id: int, reason: HoldReason
) -> bool:
    """Whether something lies at the authority, and nobody has written down yet why it matters."""
    values = {"debtor": debtor_id, "reason": reason.value}
    is_known = (await connection.execute(_KNOWN, values)).first()
    return any(row["is_there"] for row in claims) and not is_known


async def _standing(connection: AsyncConnection, number: int) -> RowMapping:
    row = (await connection.execute(_STANDING, {"id": number})).mappings().first()
    if row is None:
        raise NotFound("suspension", number)
    if row["ended_on"]:
        raise Conflict(f"suspension {number} has ended")
    return row


def _checked(policy: Policy, wish: NewSuspension, on: date) -> SuspensionRule | None:
    rule = policy.endings.suspension(wish.reason, on)
    if rule and (faults := list(faults_of(rule, wish.told, on))):
        raise Invalid(*faults)
    return rule


async def _hold(
    connection: AsyncConnection,
    claim_id: str,
    wish: NewSuspension,
    since: date,
    actor: Actor,
    number: int | None,
) -> int:
    hold = await place_hold(
        connection, claim_id, wish.reason, wish.note, since, wish.told.until, actor
    )
    if number is not None:
        await connection.execute(_BELONGS, {"hold": hold, "number": number})
    return hold


async def _write_down(
    connection: AsyncConnection,
    rule: SuspensionRule,
    wish: NewSuspension,
    since: date,
    on: date,
    actor: Actor,
    debtor_id: int | None,
) -> tuple[int, Course]:
    plan = course(rule, wish.told, on)
    values: dict[str, Any] = {
        "debtor_id": debtor_id,
        "reason": wish.reason.value,
        "note": wish.note,
        "since": since,
        "until": wish.told.until,
        "facts": wish.told.as_facts(),
        "file_by": plan.file_by,
        "review_on": plan.review_on,
        "placed_by": actor.id,
    }
    row = insert(Suspension).returning(Suspension.id)
    return int((await connection.execute(row, values)).scalar_one()), plan
