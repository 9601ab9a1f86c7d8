"""Why a claim is put to rest from a screen, and until when."""

from datetime import date

from api.screens.typed import Reading, Typed, read_coming_day
from domain.claim import HoldReason

REASONS = {
    HoldReason.DEFERRAL: True,
    HoldReason.HARDSHIP: True,
    HoldReason.INVESTIGATION: True,
}
"""With whether the last day must be named. An objection is a task of its own; what concerns all
the debtor owes is told on their page."""


def read_rest(typed: Typed) -> tuple[HoldReason, str, date | None]:
    """Raises Invalid with all that is wrong."""
    reading = Reading(typed)
    told, note = typed.one("hold-reason"), reading.prose("hold-note")
    until = reading.read("hold-until", read_coming_day)
    if told not in REASONS:
        reading.fail("hold-reason", "hold-reason-missing")
    elif REASONS[HoldReason(told)] and not typed.one("hold-until"):
        reading.fail("hold-until", "hold-end-missing")
    reading.require_sound()
    return HoldReason(told), note, until
