"""What a person writes down of limitation: an event with its proof, an error put right."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.errors import Fault, Invalid
from domain.limitation.dates import LimitationKind
from domain.policy import Policy
from persistence.claims.locking import lock_living
from persistence.limitation.events import Correction, correct_limitation, note_limitation
from persistence.limitation.histories import LiabilityHistory, read_histories
from persistence.trail.audit import note

BY_HAND = (
    LimitationKind.ACKNOWLEDGEMENT,
    LimitationKind.WRITTEN_ACKNOWLEDGEMENT,
    LimitationKind.SETTLEMENT,
    LimitationKind.JUDGMENT,
    LimitationKind.ESTATE_CLAIM,
    LimitationKind.ESTATE_CLOSED,
    LimitationKind.PROVISIONAL,
    LimitationKind.PROVISIONAL_ENDED,
)
"""The others are written down where they happen: with a hold, a hearing, a notice."""
_BEGINNINGS = {
    LimitationKind.ESTATE_CLOSED: LimitationKind.ESTATE_CLAIM,
    LimitationKind.PROVISIONAL_ENDED: LimitationKind.PROVISIONAL,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What happened on a day, for whom, and what proves it: where the document lies."""

    kind: LimitationKind
    on: date
    source: str
    debtor_ids: Collection[int]


async def note_by_hand(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    told: Told,
    today: date,
    actor: Actor,
) -> date:
    """Write it down; the claim's limitation date. What is time-barred is not revived.

    Raises Invalid with all that is wrong, NotFound, NotAllowed, ClaimHasEnded.
    """
    require(actor, Right.WORK_ON_TASKS)
    await lock_living(connection, claim_id)
    histories = await read_histories(connection, claim_id)
    liable = [histories[one] for one in told.debtor_ids if one in histories]
    if faults := list(_faults(told, liable, today)):
        raise Invalid(*faults)
    moved = await note_limitation(
        connection, policy, claim_id, told.kind, told.on, told.source.strip(), told.debtor_ids
    )
    await note(connection, claim_id, actor.id, "limitation-noted", kind=told.kind)
    return moved


async def correct_by_hand(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    debtor_id: int,
    correction: Correction,
    actor: Actor,
) -> date:
    """Put an error right; whoever steers answers for that. Raises as `correct_limitation`."""
    require(actor, Right.STEER)
    await lock_living(connection, claim_id)
    return await correct_limitation(connection, policy, claim_id, debtor_id, correction, actor)


def _faults(told: Told, liable: Collection[LiabilityHistory], today: date) -> Iterator[Fault]:
    if told.kind not in BY_HAND:
        yield Fault("kind", "limitation-kind-elsewhere")
    if told.on > today:
        yield Fault("on", "limitation-day-to-come")
    if not told.source.strip():
        yield Fault("source", "limitation-source-missing")
    if not told.debtor_ids:
        yield Fault("debtors", "limitation-debtor-missing")
    yield from {fault.code: fault for one in liable for fault in _unfit(told, one)}.values()


def _unfit(told: Told, history: LiabilityHistory) -> Iterator[Fault]:
    """What ends must have begun, and what is time-barred is over."""
    begins = _BEGINNINGS.get(told.kind)
    if begins is None and told.on > history.limitation_date:
        yield Fault("on", "limitation-passed")
    if begins is LimitationKind.ESTATE_CLAIM and not _has(history, begins, told.on):
        yield Fault("kind", "limitation-no-estate-claim")
    if begins is LimitationKind.PROVISIONAL and not _has(history, begins, told.on):
        yield Fault("kind", "limitation-no-provisional")


def _has(history: LiabilityHistory, kind: LimitationKind, on: date) -> bool:
    """Whether that began, not after the day *on*."""
    return any(event.kind is kind and event.on <= on for event in history.standing)
