"""What is asked of the forecast: the same words for the page and for programs."""

from dataclasses import dataclass
from datetime import date, timedelta

from api.cursors import read_cursor, write_cursor
from domain.calendar import working_days_after
from domain.errors import Fault, Invalid
from domain.foresight.foreseen import ForeseenKind
from domain.policy import Policy
from persistence.foresight.forecasts import DAYS
from persistence.foresight.foreseen import ForeseenFilter


@dataclass(frozen=True, slots=True)
class Wish:
    """As it was asked for. *day* None is the next working day; *days* how many from it on."""

    day: date | None = None
    days: int = 1
    comes: bool = True
    kind: str = ""
    claim_type: str = ""
    department: str = ""


def narrowed(policy: Policy, on: date, wish: Wish) -> ForeseenFilter:
    """Raises Invalid for a type or a kind that there is not, and a day that is past or too far."""
    since, days = wish.day or working_days_after(on + timedelta(days=1), 0), wish.days
    kind, claim_type = wish.kind, wish.claim_type
    wrong = {
        "day": not on <= since <= on + timedelta(days=DAYS),
        "days": not 1 <= days <= DAYS + 1,
        "type": bool(claim_type) and claim_type not in policy.claim_types,
        "kind": bool(kind) and kind not in set(ForeseenKind),
    }
    if any(wrong.values()):
        raise Invalid(*(Fault(name, "problem-not-found") for name, is_so in wrong.items() if is_so))
    until = since + timedelta(days=days - 1)
    department = wish.department or None
    return ForeseenFilter(since, until, wish.comes, kind or None, claim_type or None, department)


def read_place(cursor: str | None) -> tuple[int, date, int] | None:
    """Where the list goes on after; None: from its top. Raises Invalid."""
    if cursor is None:
        return None
    place, day, number = read_cursor(cursor, 3)
    try:
        return place, date.fromordinal(day), number
    except (ValueError, OverflowError):
        raise Invalid(Fault("cursor", "cursor-unreadable")) from None


def write_place(place: int, day: date, number: int) -> str:
    return write_cursor(place, day.toordinal(), number)
