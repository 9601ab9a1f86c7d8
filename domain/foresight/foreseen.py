"""What is foreseen for the coming days if nobody pays and nobody decides, and why it is or is not.

What *comes* has no `WhyNot`; what does not come stands beside it, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from domain.letters import Letter
from domain.record import spread_of


class ForeseenKind(StrEnum):
    """What kind of thing comes; *what* of it is told by a code of its own."""

    LETTER = "letter"  # brev: what is a Letter
    FEE = "fee"  # gebyr: what is the Letter that costs it
    TASK = "task"  # opgave: what is a TaskKind
    TRANSFER = "transfer"  # overdragelse: transfer, or recall
    CLOSING = "closing"  # afslutning: what is an Ending
    AGREEMENT_END = "agreement-end"  # aftalen slutter: what is an AgreementOutcome
    HOLD_END = "hold-end"  # bero slutter: what is a HoldReason
    LAPSE = "lapse"  # forældelse: claim, or part where something of it lapses before the rest


class WhyNot(StrEnum):
    """Why something does not come, or not on the day on which it would have."""

    ON_HOLD = "on-hold"  # kravet ligger i bero
    MORE_TIME = "more-time"  # en periode i bero har forlænget fristen
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    WRITTEN_OFF = "written-off"
    SETTLED = "settled"  # afsluttet hos restanceinddrivelsesmyndigheden
    TRANSFERRED = "transferred"
    HEARING_OFF = "hearing-off"
    AGREEMENT = "agreement"  # en betalingsaftale er indgået
    AGREEMENT_ENDED = "agreement-ended"
    AGREED_ANEW = "agreed-anew"
    DECIDED = "decided"  # en medarbejder har besluttet noget andet
    NOT_PROVED = "not-proved"  # oplysninger mangler, en medarbejder spørges
    MERGED = "merged"  # går i samme kuvert som et andet brev
    NO_POST_DAY = "no-post-day"  # weekend eller helligdag
    NO_ADDRESS = "no-address"
    DEAD = "dead"
    DISSOLVED = "dissolved"
    BELOW_LIMIT = "below-limit"  # the debt is too small for a fee
    ENOUGH_FEES = "enough-fees"  # the law's number of fees is reached
    TOO_SOON = "too-soon"  # too few days since the last fee
    SHARED_FEE = "shared-fee"  # ét brev, ét gebyr
    POST_STOPPED = "post-stopped"  # bremsen
    BANK_AWAITED = "bank-awaited"  # bankens kontoudtog mangler


OF_THE_HOUSE = frozenset({WhyNot.POST_STOPPED, WhyNot.BANK_AWAITED})
"""They lie with the house, not with the claim: seen as they stand at the moment of looking."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """*subject*, *key*: the act it comes of. *after*: the act before it, which gave until *until*.

    Of a letter: *asked_on* the day it is asked for, *planned_on* that on which it is to leave then,
    *deadline* until when it gives time, *letter_id* its number where it lies in the tray already.
    *instead_on*: when what does not come on *day* will.
    """

    day: date
    kind: ForeseenKind
    what: str
    subject: str
    key: str
    claim_id: str
    debtor_id: int | None = None
    asked_on: date | None = None
    planned_on: date | None = None
    deadline: date | None = None
    after: str | None = None
    until: date | None = None
    letter_id: int | None = None
    fee_ore: int = 0
    why: WhyNot | None = None
    instead_on: date | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def letter(self) -> Letter:
        return Letter(self.what)

    @property
    def rank(self) -> tuple[bool, int, date, int, str]:
        """In which order letters of a day are asked for: each story has its own few minutes."""
        lies_there = self.letter_id or 0
        seconds = spread_of(self.subject)
        return not lies_there, lies_there, self.asked_on or self.day, seconds, self.subject
