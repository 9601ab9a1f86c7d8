"""When a letter leaves and until when it gives the debtor time: the same for act and rehearsal."""

from datetime import date, timedelta

from domain.calendar import working_day_from
from domain.letters import Letter


def dispatch_day(asked_on: date) -> date:
    """The post room works on working days only."""
    return working_day_from(asked_on)


def deadline_after(dispatched_on: date, days: int) -> date:
    """The last day of *days* days (calendar days, at least), never a closing day."""
    return working_day_from(dispatched_on + timedelta(days=days))


def letter_deadline(
    letter: Letter, dispatched_on: date, days: int, last_timely_payment_date: date
) -> date:
    """A demand never asks for the money before the day on which it was due."""
    deadline = deadline_after(dispatched_on, days)
    return max(deadline, last_timely_payment_date) if letter is Letter.DEMAND else deadline


def grace_day(due_on: date, grace_days: int) -> date:
    """The last day on which an instalment still counts as paid in time."""
    return working_day_from(due_on + timedelta(days=grace_days))
