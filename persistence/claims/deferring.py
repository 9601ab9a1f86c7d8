"""Respite a debtor has asked for (henstand): while it lasts nothing is due, so limitation waits."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.claim import HoldReason
from domain.errors import Conflict, Fault, Invalid
from domain.limitation.dates import LimitationEvent, LimitationKind
from domain.policy import Policy
from persistence.limitation.events import Correction, correct_limitation, note_limitation
from persistence.limitation.histories import read_histories
from persistence.models import Hold

_HOLD = select(Hold.claim_id, Hold.reason, Hold.since, Hold.until).where(
    Hold.id == bindparam("hold"), Hold.released_on.is_(None)
)
_ENDED_EARLY = "Henstanden sluttede før tid."


async def note_deferral(
    connection: AsyncConnection, policy: Policy, hold_id: int, asked_by: int
) -> date:
    """The limitation begins where the respite ends, for the debtor who *asked* (§ 2, stk. 2).

    Respite that we give by ourselves moves nothing, nor does one without an end, nor one granted
    when the claim was time-barred already. Raises Invalid for those, and when the debtor is not
    liable; Conflict when the hold is not in force.
    """
    hold = (await connection.execute(_HOLD, {"hold": hold_id})).first()
    if hold is None:
        raise Conflict(f"hold {hold_id} is not in force")
    if hold.reason != HoldReason.DEFERRAL or hold.until is None:
        raise Invalid(Fault("asked_by", "deferral-without-end"))
    histories = await read_histories(connection, hold.claim_id)
    if asked_by not in histories:
        raise Invalid(Fault("asked_by", "deferral-debtor-unknown"))
    if histories[asked_by].limitation_date < hold.since:
        raise Invalid(Fault("asked_by", "deferral-after-limitation"))
    kind, source = LimitationKind.DEFERRAL, _source(hold_id)
    return await note_limitation(
        connection, policy, hold.claim_id, kind, hold.until, source, [asked_by]
    )


async def end_deferral(
    connection: AsyncConnection, policy: Policy, claim_id: str, hold_id: int, on: date
) -> None:
    """A respite that ends before its time has moved the limitation too far: it is put right."""
    for debtor_id, history in (await read_histories(connection, claim_id)).items():
        for event in _beyond(history.standing, hold_id, on):
            wrong = Correction(_ENDED_EARLY, on, strikes=event.number)
            await correct_limitation(connection, policy, claim_id, debtor_id, wrong, HOUSE)
            kind, source = LimitationKind.DEFERRAL, _source(hold_id)
            await note_limitation(connection, policy, claim_id, kind, on, source, [debtor_id])


def _beyond(
    events: tuple[LimitationEvent, ...], hold_id: int, on: date
) -> Iterator[LimitationEvent]:
    for event in events:
        is_its_own = event.kind is LimitationKind.DEFERRAL and event.source == _source(hold_id)
        if is_its_own and event.on > on:
            yield event


def _source(hold_id: int) -> str:
    return f"hold-{hold_id}"
