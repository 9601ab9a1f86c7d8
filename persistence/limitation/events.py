"""What has moved the limitation date of each debtor's liability, and what the date is by that.

Events are only ever added. A liability's date is worked out anew from all of its own; the claim's
is that of the first liability to lapse. The database holds both to the events (step 0012).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE, Actor
from domain.errors import Fault, Invalid, NotFound
from domain.limitation.dates import FIXING, LimitationEvent, LimitationKind
from domain.policy import Policy
from persistence.claims.locking import lock
from persistence.limitation.early_lapses import renew_early_lapses
from persistence.limitation.histories import LiabilityHistory, read_histories
from persistence.models import Claim, Liability
from persistence.models import LimitationEvent as EventRow
from persistence.trail.audit import note

_MOVE = (
    update(Liability)
    .where(Liability.claim_id == bindparam("claim"), Liability.debtor_id == bindparam("debtor"))
    .values(limitation_date=bindparam("limitation"))
)
_MOVE_CLAIM = (
    update(Claim)
    .where(Claim.id == bindparam("claim"), Claim.limitation_date != bindparam("limitation"))
    .values(limitation_date=bindparam("limitation"))
)


@dataclass(frozen=True, slots=True)
class Correction:
    """An error put right: event *strikes* did not happen so, or *first* is where it began."""

    reason: str
    on: date
    strikes: int | None = None
    first: date | None = None


async def note_limitation(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    kind: LimitationKind,
    on: date,
    source: str,
    debtor_ids: Collection[int] | None = None,
) -> date:
    """Add what happened *on* a day for all who are liable, or for those named; the claim's date.

    *source* says what proves it: a document, a decision, a notice. The same event again changes
    nothing. Raises NotFound for a claim that is not there or a debtor who is not liable for it.
    """
    claim_type = policy.claim_type((await lock(connection, claim_id)).claim_type)
    liable = await read_histories(connection, claim_id)
    named = liable.keys() if debtor_ids is None else _known(liable, debtor_ids)
    event = LimitationEvent(kind, on, source)
    moved = {
        debtor_id: liable[debtor_id].with_event(event, claim_type, policy)
        for debtor_id in sorted(named)
        if not liable[debtor_id].knows(event)
    }
    limitation = await _add(connection, claim_id, liable, event, moved, HOUSE)
    if moved and _is_fixed(liable.values(), event):
        await renew_early_lapses(connection, policy, claim_id, on)
    return limitation


async def correct_limitation(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    debtor_id: int,
    correction: Correction,
    actor: Actor,
) -> date:
    """Put an error right for one debtor, with the reason; the claim's date, perhaps earlier.

    Raises NotFound as `note_limitation`; Invalid without a reason, or for an event that is not
    there or has been struck out.
    """
    claim_type = policy.claim_type((await lock(connection, claim_id)).claim_type)
    liable = await read_histories(connection, claim_id)
    (debtor_id,) = _known(liable, (debtor_id,))
    history = liable[debtor_id]
    _check(correction, history)
    event = LimitationEvent(
        LimitationKind.CORRECTION,
        correction.on,
        correction.reason.strip(),
        strikes=correction.strikes,
        first=correction.first,
    )
    moved = {debtor_id: history.with_event(event, claim_type, policy)}
    limitation = await _add(connection, claim_id, liable, event, moved, actor)
    await renew_early_lapses(connection, policy, claim_id, correction.on)
    return limitation


def _is_fixed(liable: Collection[LiabilityHistory], event: LimitationEvent) -> bool:
    """Whether interest may lapse before the claim, which has ten years (§ 5, stk. 2)."""
    events = (event, *(known for one in liable for known in one.standing))
    return any(known.kind in FIXING for known in events)


def _known(liable: Mapping[int, LiabilityHistory], debtor_ids: Collection[int]) -> set[int]:
    for debtor_id in debtor_ids:
        if debtor_id not in liable:
            raise NotFound("debtor", debtor_id)
    return set(debtor_ids)


def _check(correction: Correction, history: LiabilityHistory) -> None:
    if not correction.reason.strip():
        raise Invalid(Fault("reason", "limitation-reason-missing"))
    if (correction.strikes is None) == (correction.first is None):
        raise Invalid(Fault("strikes", "limitation-nothing-corrected"))
    known = {event.number for event in history.standing}
    if correction.strikes is not None and correction.strikes not in known:
        raise Invalid(Fault("strikes", "limitation-event-unknown"))


async def _add(
    connection: AsyncConnection,
    claim_id: str,
    liable: Mapping[int, LiabilityHistory],
    event: LimitationEvent,
    moved: Mapping[int, date],
    actor: Actor,
) -> date:
    dates = {debtor_id: history.limitation_date for debtor_id, history in liable.items()}
    limitation = min((dates | dict(moved)).values())
    if moved:
        await connection.execute(insert(EventRow), _rows(claim_id, event, moved))
        values = [
            {"claim": claim_id, "debtor": debtor_id, "limitation": day}
            for debtor_id, day in moved.items()
        ]
        await connection.execute(_MOVE, values)
        await connection.execute(_MOVE_CLAIM, {"claim": claim_id, "limitation": limitation})
        facts = {"kind": event.kind, "on": event.on.isoformat(), "debtors": list(moved)}
        await note(connection, claim_id, actor.id, "limitation-event", **facts)
    return limitation


def _rows(
    claim_id: str, event: LimitationEvent, moved: Mapping[int, date]
) -> Sequence[dict[str, Any]]:
    return [
        {
            "claim_id": claim_id,
            "debtor_id": debtor_id,
            "kind": event.kind.value,
            "happened_on": event.on,
            "limitation_date": limitation,
            "source": event.source,
            "strikes_id": event.strikes,
            "first_limitation_date": event.first,
        }
        for debtor_id, limitation in moved.items()
    ]
