"""What has moved a claim's limitation, in words: for its page, and for whoever adds to it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping

from domain.ledger import EntryKind
from domain.limitation.dates import LimitationEvent, LimitationKind, accessory_limitation
from domain.policy import Policy
from persistence.limitation.histories import LiabilityHistory

_SOURCES = {
    "hold": re.compile(r"hold-([0-9]+)"),
    "task": re.compile(r"task-([0-9]+)"),
    "notice": re.compile(r"notice-(-?[0-9]+)"),
    "agreement": re.compile(r"(A-[0-9]+)"),
}
_ACCESSORY = {EntryKind.INTEREST.value, EntryKind.FEE.value, EntryKind.COURT_FEE.value}


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened. *source*: a kind the house knows, with its number; or None."""

    number: int
    kind: LimitationKind
    on: date
    moved_to: date | None
    is_struck_out: bool
    source: tuple[str, str] | None
    told: str
    strikes: int | None
    first: date | None


@dataclass(frozen=True, slots=True)
class LiabilityRow:
    debtor_id: int
    name: str
    registered: date
    limitation_date: date
    events: tuple[EventRow, ...]


def liability_rows(
    histories: Mapping[int, LiabilityHistory], debtors: Iterable[RowMapping]
) -> list[LiabilityRow]:
    """In the order of *debtors*, the primary one first."""
    return [
        _liability(histories[debtor["id"]], debtor["name"])
        for debtor in debtors
        if debtor["id"] in histories
    ]


def _liability(history: LiabilityHistory, name: str) -> LiabilityRow:
    struck = history.struck_out
    events = tuple(_event(event, is_struck_out=event.number in struck) for event in history.events)
    return LiabilityRow(
        history.debtor_id, name, history.registered, history.limitation_date, events
    )


def _event(event: LimitationEvent, *, is_struck_out: bool) -> EventRow:
    source = _source(event.source)
    return EventRow(
        event.number,
        event.kind,
        event.on,
        event.moved_to,
        is_struck_out,
        source,
        "" if source else event.source,
        event.strikes,
        event.first,
    )


def _source(text: str) -> tuple[str, str] | None:
    for kind, pattern in _SOURCES.items():
        if found := pattern.fullmatch(text):
            return kind, found[1]
    return None


def first_accessory(
    ledger: Iterable[RowMapping],
    history: LiabilityHistory,
    claim_type: str,
    policy: Policy,
) -> date | None:
    """When interest or fees are time-barred before the claim itself; None when none are."""
    kind = policy.claim_type(claim_type)
    dates = [
        accessory_limitation(
            line["effective_on"],
            history.limitation_date,
            kind.limitation_years,
            history.events,
            policy.limitation,
            is_civil=kind.is_civil,
        )
        for line in ledger
        if line["kind"] in _ACCESSORY and line["open_ore"] > 0
    ]
    first = min(dates, default=history.limitation_date)
    return first if first < history.limitation_date else None
