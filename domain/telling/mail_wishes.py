"""Who is mailed when: one digest on a working day, and at once only what is escalated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.authority import RIGHTS, Right, Role
from domain.calendar import COPENHAGEN, is_working_day

WORKING_WEEK = (0, 1, 2, 3, 4)
_MORNING = 7  # where nobody has chosen an hour; no rule asks for this one


class MailKind(StrEnum):
    DIGEST = "digest"
    ESCALATION = "escalation"


class MailState(StrEnum):
    NOTHING = "nothing"  # there was nothing to tell that day
    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given-up"  # it would have come too late to be of use


@dataclass(frozen=True, slots=True)
class MailWish:
    """*hour*: of the town, from which the digest leaves. *weekdays*: 0 is Monday.

    *is_told_at_once*: of what is escalated, that is, of what stands still for everybody.
    """

    has_digest: bool
    hour: int
    weekdays: tuple[int, ...]
    is_told_at_once: bool
    language: str


def usual_wish(role: Role) -> MailWish:
    """Of whoever has chosen nothing."""
    return MailWish(
        has_digest=Right.ANSWER_TASKS in RIGHTS[role],
        hour=_MORNING,
        weekdays=WORKING_WEEK,
        is_told_at_once=Right.STEER in RIGHTS[role],
        language="da",
    )


def is_digest_time(wish: MailWish, now: datetime) -> bool:
    """*now* is aware. From the chosen hour to the end of a chosen day that is a working day."""
    here = now.astimezone(COPENHAGEN)
    is_day = here.weekday() in wish.weekdays and is_working_day(here.date())
    return wish.has_digest and is_day and here.hour >= wish.hour
