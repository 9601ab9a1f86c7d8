"""What has moved the limitation of each who is liable for a claim, as it was written down."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.limitation.dates import (
    LimitationEvent,
    LimitationKind,
    moved_limitation,
    standing_events,
)
from domain.policy import ClaimType, Policy
from persistence.models import Liability
from persistence.models import LimitationEvent as EventRow

_LIABLE = (
    select(
        Liability.debtor_id,
        Liability.first_limitation_date.label("registered"),
        Liability.limitation_date,
        EventRow.id.label("number"),
        EventRow.kind,
        EventRow.happened_on,
        EventRow.limitation_date.label("moved_to"),
        EventRow.source,
        EventRow.strikes_id,
        EventRow.first_limitation_date.label("first"),
    )
    .join(
        EventRow,
        (EventRow.claim_id == Liability.claim_id) & (EventRow.debtor_id == Liability.debtor_id),
        isouter=True,
    )
    .where(Liability.claim_id == bindparam("claim"))
    .order_by(Liability.debtor_id, EventRow.id)
)


@dataclass(frozen=True, slots=True)
class LiabilityHistory:
    """*registered*: the limitation date with which the liability came into the house."""

    debtor_id: int
    registered: date
    limitation_date: date
    events: tuple[LimitationEvent, ...]

    @property
    def standing(self) -> tuple[LimitationEvent, ...]:
        """Without what has been struck out, and without the corrections."""
        return tuple(
            event
            for event in standing_events(self.events)
            if event.kind is not LimitationKind.CORRECTION
        )

    @property
    def struck_out(self) -> set[int]:
        """The numbers of the events that are no longer heeded."""
        heeded = {event.number for event in standing_events(self.events)}
        return {event.number for event in self.events} - heeded

    def knows(self, event: LimitationEvent) -> bool:
        return event in self.standing

    def with_event(self, event: LimitationEvent, kind: ClaimType, policy: Policy) -> date:
        """The limitation date when *event* is added."""
        return moved_limitation(
            self.registered,
            kind.limitation_years,
            (*self.events, event),
            policy.limitation,
            is_civil=kind.is_civil,
        )


async def read_histories(connection: AsyncConnection, claim_id: str) -> dict[int, LiabilityHistory]:
    """By debtor, what has moved each liability, in the order it was written down."""
    histories: dict[int, LiabilityHistory] = {}
    for row in await connection.execute(_LIABLE, {"claim": claim_id}):
        empty = LiabilityHistory(row.debtor_id, row.registered, row.limitation_date, ())
        history = histories.get(row.debtor_id, empty)
        events = (*history.events, *_events(row))
        histories[row.debtor_id] = replace(history, events=events)
    return histories


def _events(row: Any) -> Iterable[LimitationEvent]:
    if row.number is not None:
        yield LimitationEvent(
            LimitationKind(row.kind),
            row.happened_on,
            row.source,
            row.strikes_id,
            row.first,
            row.number,
            row.moved_to,
        )
