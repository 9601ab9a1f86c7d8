"""One claim or hundreds stopped from the list of what comes, each with its answer; and undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.claim import HoldReason
from domain.endings.rules import EndingRules
from domain.endings.suspension import Need, Told
from domain.errors import Conflict, Fault, Invalid, NotFound, Refusal
from domain.policy import Policy
from persistence.endings.suspending import NewSuspension, end_hold, suspend_claim
from persistence.models import Pause, PauseClaim
from persistence.outbox import LOOK_AHEAD, tell
from persistence.trail.audit import note

MOST = 300
"""Claims that are paused together: more is the whole town, which the red button stops."""
_ANSWERED = text("""
select true from pause_claims where pause_id = :pause and claim_id = :claim""")
_STANDING = text("""
select p.hold_id from pause_claims p join holds h on h.id = p.hold_id
where p.pause_id = :pause and h.released_on is null order by p.claim_id""")
_CLAIMS = text("""
select p.claim_id, p.hold_id, p.refusal, c.claim_type, d.name as debtor_name,
  h.released_on, h.until
from pause_claims p join claims c on c.id = p.claim_id join debtors d on d.id = c.debtor_id
left join holds h on h.id = p.hold_id where p.pause_id = :pause order by p.claim_id""")


@dataclass(frozen=True, slots=True)
class NewPause:
    """*key* is the form's own: given twice, it is done once. *until*: the last day of the holds."""

    key: str
    claims: tuple[str, ...]
    reason: HoldReason
    until: date
    note: str = ""


def pause_reasons(rules: EndingRules, on: date) -> tuple[HoldReason, ...]:
    """Those of one claim that ask for no more than how long."""
    enough = {Need.UNTIL, Need.REVIEW_ON}
    found = rules.suspensions.on_or_first(on)
    return tuple(r.reason for r in found if not r.is_of_debtor and set(r.needs) <= enough)


async def begin_pause(
    connection: AsyncConnection, policy: Policy, wish: NewPause, on: date, actor: Actor
) -> int:
    """Write down what is to be held, by its number. Raises Invalid, NotAllowed."""
    require(actor, Right.HOLD_CLAIMS)
    _check(policy, wish, on)
    number, is_new = await _write_down(connection, wish, on, actor)
    if is_new:
        claims = len(set(wish.claims))
        await note(connection, f"pause-{number}", actor.id, "paused", claims=claims)
        await tell(connection, "forecast", LOOK_AHEAD)
    return number


async def pause_claim(
    connection: AsyncConnection,
    policy: Policy,
    number: int,
    claim_id: str,
    wish: NewPause,
    on: date,
    actor: Actor,
) -> None:
    """Hold one claim of the pause; one that has its answer is left alone. Raises Refusal."""
    if await connection.scalar(_ANSWERED, {"pause": number, "claim": claim_id}):
        return
    asked = NewSuspension(wish.reason, Told({Need.UNTIL: wish.until}), wish.note)
    done = await suspend_claim(connection, policy, claim_id, asked, on, actor)
    await _answer(connection, number, claim_id, hold_id=done.holds[claim_id])


async def note_refused(
    connection: AsyncConnection, number: int, claim_id: str, refusal: Refusal
) -> None:
    """Why one claim of the pause is not held."""
    await _answer(connection, number, claim_id, refusal=type(refusal).__name__)


async def _answer(
    connection: AsyncConnection,
    number: int,
    claim_id: str,
    hold_id: int | None = None,
    refusal: str | None = None,
) -> None:
    row = {"pause_id": number, "claim_id": claim_id, "hold_id": hold_id, "refusal": refusal}
    await connection.execute(insert_once(PauseClaim).on_conflict_do_nothing(), row)


async def resume(
    connection: AsyncConnection, policy: Policy, number: int, on: date, actor: Actor
) -> int:
    """Let all go on that it stopped and nobody has let go since; returns how many claims.

    Raises NotFound, NotAllowed; Conflict when it has been undone before.
    """
    require(actor, Right.HOLD_CLAIMS)
    undone = (
        update(Pause)
        .where(Pause.id == number, Pause.undone_on.is_(None))
        .values(undone_on=on, undone_by=actor.id)
    )
    if not (await connection.execute(undone)).rowcount:
        await read_pause(connection, number)
        raise Conflict(f"pause {number} has been undone")
    holds = (await connection.execute(_STANDING, {"pause": number})).scalars().all()
    for hold in holds:
        await end_hold(connection, policy, hold, on, actor)
    await note(connection, f"pause-{number}", actor.id, "resumed", claims=len(holds))
    await tell(connection, "forecast", LOOK_AHEAD)
    return len(holds)


async def read_pause(connection: AsyncConnection, number: int) -> RowMapping:
    """Raises NotFound."""
    found = select(Pause.__table__).where(Pause.id == number)
    row = (await connection.execute(found)).mappings().first()
    if row is None:
        raise NotFound("pause", number)
    return row


async def read_paused_claims(connection: AsyncConnection, number: int) -> Sequence[RowMapping]:
    """What came of each; *released_on* where the hold has been lifted since."""
    return (await connection.execute(_CLAIMS, {"pause": number})).mappings().all()


def _check(policy: Policy, wish: NewPause, on: date) -> None:
    faults = []
    if not wish.claims:
        faults.append(Fault("claims", "pause-none-chosen"))
    if len(set(wish.claims)) > MOST:
        faults.append(Fault("claims", "pause-too-many", {"most": str(MOST)}))
    if wish.reason not in pause_reasons(policy.endings, on):
        faults.append(Fault("reason", "hold-reason-missing"))
    if wish.until < on:
        faults.append(Fault("until", "hold-ends-before-it-begins"))
    if faults:
        raise Invalid(*faults)


async def _write_down(
    connection: AsyncConnection, wish: NewPause, on: date, actor: Actor
) -> tuple[int, bool]:
    """Its number, and whether it had not been written down before."""
    values = {
        "key": wish.key,
        "reason": wish.reason.value,
        "note": wish.note,
        "until": wish.until,
        "placed_on": on,
        "placed_by": actor.id,
    }
    row = insert_once(Pause).values(values).on_conflict_do_nothing().returning(Pause.id)
    number: int | None = await connection.scalar(row)
    if number is not None:
        return number, True
    known = select(Pause.id).where(Pause.key == wish.key, Pause.placed_by == actor.id)
    number = await connection.scalar(known)
    if number is None:
        raise Conflict("the key is somebody else's")
    return number, False
