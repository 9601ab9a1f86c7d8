"""Which screen each kind of task has: the answers in the order they are offered, and what is shown.

A kind that is not here is asked plainly, by its answers and a reason; a part of its own plugs in
by a line in the table and a template in `templates/web/parts/tasks/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from domain.decisions import ANSWERS, OUTCOMES_WITH_A_DAY, Outcome, TaskKind


@dataclass(frozen=True, slots=True)
class Screen:
    """*part*: the template of what only this kind shows. *has_script*: the debtor is called.

    *reasons*: what they are here: plain ones, a note of a talk, or a reply to the citizen.
    *has_words*: a letter goes along. *may_pause*: the claim may be put to rest from here.
    *asks*: what must be told beside an outcome, where it is neither a day nor a plan.
    """

    answers: tuple[Outcome, ...]
    part: str | None = None
    reasons: Literal["plain", "talk", "reply"] = "plain"
    has_script: bool = False
    has_words: bool = False
    may_pause: bool = False
    asks: Mapping[Outcome, str] = field(default_factory=dict)

    def asks_for(self, outcome: Outcome) -> str | None:
        """What must be told beside the outcome: a day, a plan, or why it is given up."""
        if outcome in self.asks:
            return self.asks[outcome]
        if outcome is Outcome.AGREEMENT:
            return "plan"
        return "day" if outcome in OUTCOMES_WITH_A_DAY else None


_O = Outcome
_SCREENS: Mapping[TaskKind, Screen] = {
    TaskKind.DIALOGUE: Screen(
        (_O.AGREEMENT, _O.PROMISE, _O.NOT_REACHED, _O.GO_ON),
        reasons="talk",
        has_script=True,
        may_pause=True,
    ),
    TaskKind.ENQUIRY: Screen(
        (_O.ANSWERED_BY_LETTER, _O.ANSWERED_BY_PHONE, _O.NO_ANSWER_NEEDED),
        "enquiry",
        reasons="reply",
    ),
    TaskKind.CONSULTATION: Screen((_O.DONE,), "consultation"),
    TaskKind.ASSESSMENT: Screen(
        (_O.TRANSFER, _O.ENFORCE, _O.KEEP, _O.WRITE_OFF),
        "assessment",
        may_pause=True,
        asks={_O.WRITE_OFF: "write-off"},
    ),
    TaskKind.WRITE_OFF_APPROVAL: Screen(
        (_O.APPROVED, _O.REFUSED), "proposal", asks={_O.APPROVED: "committee"}
    ),
    TaskKind.WRITE_OFF_BATCH: Screen(
        (_O.APPROVED, _O.REFUSED), "batch", asks={_O.APPROVED: "committee"}
    ),
    TaskKind.DISCHARGE_APPROVAL: Screen(
        (_O.APPROVED, _O.REFUSED), "discharge", asks={_O.APPROVED: "committee"}
    ),
    TaskKind.ESTATE_CLAIM: Screen(
        (_O.FILED, _O.NOT_FILED, _O.NOTHING_LEFT),
        "suspension",
        asks={_O.NOTHING_LEFT: "estate-end"},
    ),
    TaskKind.SUSPENSION_REVIEW: Screen(
        (_O.PROLONG, _O.RESUME, _O.NOTHING_LEFT),
        "suspension",
        asks={_O.NOTHING_LEFT: "estate-end"},
    ),
    TaskKind.REFUND_APPROVAL: Screen((_O.APPROVED, _O.REFUSED), "refund"),
    TaskKind.OBJECTION: Screen((_O.UPHELD, _O.REFUSED), "objection", has_words=True),
    TaskKind.UNPLACED_PAYMENT: Screen((_O.DONE,), "money"),
    TaskKind.UNDELIVERED_LETTER: Screen((_O.RETRY, _O.DONE), "letter"),
    TaskKind.LIMITATION_NEAR: Screen((_O.DONE,), "limitation"),
    TaskKind.LIMITATION_UNOFFERED: Screen((_O.DONE,), "limitation"),
    TaskKind.EXCEPTION: Screen((_O.RETRY, _O.GIVE_UP), "notice"),
    TaskKind.HEARING: Screen((_O.APPROVED, _O.WITHDRAW), "notice"),
    TaskKind.DISTRAINT: Screen((_O.AGREEMENT, _O.CANCELLED), "distraint"),
    TaskKind.AFTER_DISTRAINT: Screen(
        (_O.FORCED_SALE, _O.REALISED, _O.KEEP, _O.RELEASED), "distraint"
    ),
    TaskKind.UNCLEAR_NOTICE: Screen((_O.DONE,), "notice"),
    TaskKind.BANK_FILE: Screen((_O.DONE,), "file"),
    TaskKind.POST_STOPPED: Screen((_O.DONE,), "post"),
}


def screen_of(kind: TaskKind) -> Screen:
    return _SCREENS.get(kind) or Screen(tuple(sorted(ANSWERS[kind])))
