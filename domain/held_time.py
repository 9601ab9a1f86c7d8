"""How many days a deadline moves because the clock stood still, from the holds themselves."""

from collections.abc import Iterable
from datetime import date, timedelta

from domain.record import Hold


def moved_deadline(deadline: date, done_on: date, ended: Iterable[tuple[date, date]]) -> date:
    """*deadline* of an act done on *done_on*, after the holds *ended*: (since, resumed on) each.

    Holds that overlap count once. A hold that began after the deadline had passed moves nothing.
    """
    for since, resumed_on in _joined(ended):
        if resumed_on > done_on and since <= deadline:
            deadline += resumed_on - since
    return deadline


def _joined(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    joined: list[tuple[date, date]] = []
    for since, resumed_on in sorted(spans):
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], resumed_on))
        else:
            joined.append((since, resumed_on))
    return joined


def span_of(hold: Hold, released_on: date | None, today: date) -> tuple[date, date] | None:
    """The time a hold has taken, once it is over; None while it lasts."""
    ends = [released_on] if released_on else []
    if hold.until and hold.until < today:
        ends.append(hold.until + timedelta(days=1))
    return (hold.since, min(ends)) if ends else None
