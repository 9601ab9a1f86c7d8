"""How the inbox is looked at: its views, what it is sorted by, and the bands it is narrowed to."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

View = Literal["mine", "team", "upcoming", "snoozed", "waiting"]
VIEWS: tuple[View, ...] = ("mine", "team", "upcoming", "snoozed", "waiting")

Sort = Literal[
    "points", "due", "opened", "amount", "limitation", "debtor", "claim", "type", "kind", "holder"
]
SORTS: tuple[Sort, ...] = (
    "points", "due", "opened", "amount", "limitation", "debtor", "claim", "type", "kind", "holder",
)  # fmt: skip

Facet = Literal[
    "kind", "claim_type", "stage", "amount", "age", "limitation", "department", "holder"
]
FACETS: tuple[Facet, ...] = (
    "kind", "claim_type", "stage", "amount", "age", "limitation", "department", "holder",
)  # fmt: skip

# Where one band ends and the next begins; no rule of law or council asks for these steps.
AMOUNT_STEPS_ORE = (50_000, 250_000, 1_000_000, 5_000_000)
AGE_STEPS_DAYS = (2, 8, 31)  # since the task was opened
LIMITATION_STEPS_DAYS = (30, 90, 365)  # left before the claim is time-barred
BANDS = {"amount": AMOUNT_STEPS_ORE, "age": AGE_STEPS_DAYS, "limitation": LIMITATION_STEPS_DAYS}
NOBODY = "-"
"""The holder of a task that nobody has taken."""
_SOON = timedelta(days=7)


def band(steps: Sequence[int], value: int) -> int:
    """0 below the first step, and one more from each step on."""
    return bisect_right(steps, value)


def edges(steps: Sequence[int], number: int) -> tuple[int | None, int | None]:
    """The band's first value, and the first one beyond it; None at the open ends."""
    return (
        steps[number - 1] if number else None,
        steps[number] if number < len(steps) else None,
    )


def soon(on: date) -> date:
    """What is due after that day is upcoming."""
    return on + _SOON
