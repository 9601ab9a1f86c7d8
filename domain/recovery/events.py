"""What happens to a claim after its transfer, and which recall it calls for, if any (GST 04)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.claim import HoldReason
from domain.recovery.actions import RECALL_REASONS, ActionReason


class AfterTransfer(StrEnum):
    """What may have happened since."""

    WRONG = "wrong"  # kravet skulle ikke have været sendt
    LAPSED = "lapsed"  # kravet er bortfaldet
    COMPLAINT = "complaint"  # klage eller indsigelse med opsættende virkning
    RESPITE = "respite"  # henstand
    AGREEMENT = "agreement"  # betalingsaftale med kommunen
    NEW_DEBTOR = "new-debtor"  # en skyldner skal til
    # The claim stays there and is filed by who has it; the authority must be told (GIL § 2, 11).
    DEATH = "death"  # dødsbo
    BANKRUPTCY = "bankruptcy"  # konkurs, rekonstruktion
    DEBT_RELIEF = "debt-relief"  # gældssanering


CALLS_FOR = {
    AfterTransfer.WRONG: ActionReason.FEJL,
    AfterTransfer.LAPSED: ActionReason.BORT,
    AfterTransfer.COMPLAINT: ActionReason.KLAG,
    AfterTransfer.RESPITE: ActionReason.HENS,
    AfterTransfer.AGREEMENT: ActionReason.BORD,
    AfterTransfer.NEW_DEBTOR: ActionReason.HAFT,
}
assert set(CALLS_FOR.values()) == set(RECALL_REASONS)
_HOLDS = {
    HoldReason.OBJECTION: AfterTransfer.COMPLAINT,
    HoldReason.COMPLAINT: AfterTransfer.COMPLAINT,
    HoldReason.DEFERRAL: AfterTransfer.RESPITE,
    HoldReason.DEATH: AfterTransfer.DEATH,
    HoldReason.BANKRUPTCY: AfterTransfer.BANKRUPTCY,
    HoldReason.INSOLVENCY: AfterTransfer.BANKRUPTCY,
    HoldReason.DEBT_RELIEF: AfterTransfer.DEBT_RELIEF,
}


@dataclass(frozen=True, slots=True)
class SinceTransfer:
    """What is known of the claim: whether it is withdrawn, why it is held, whether an agreement
    covers it, when it lapses."""

    is_withdrawn: bool
    holds: frozenset[HoldReason]
    has_agreement: bool
    limitation_date: date


def what_happened(since: SinceTransfer, on: date) -> tuple[AfterTransfer, ...]:
    """What our own books say has happened, what weighs most first; empty when they say nothing."""
    return tuple(_what_happened(since, on))


def recall_for(events: Sequence[AfterTransfer]) -> ActionReason | None:
    """The recall that what weighs most calls for; None where nothing calls for one."""
    return next((CALLS_FOR[event] for event in events if event in CALLS_FOR), None)


def _what_happened(since: SinceTransfer, on: date) -> Iterator[AfterTransfer]:
    if since.is_withdrawn:
        yield AfterTransfer.WRONG
    if since.limitation_date < on:
        yield AfterTransfer.LAPSED
    yield from dict.fromkeys(event for hold, event in _HOLDS.items() if hold in since.holds)
    if since.has_agreement:
        yield AfterTransfer.AGREEMENT
