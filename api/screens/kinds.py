"""Which screen each kind of task has: the answers in the order they are offered, and what is shown.

A kind that is not here is asked plainly, by its answers and a reason; a part of its own plugs in
by a line in the table and a template in `templates/web/parts/tasks/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.decisions import ANSWERS, OUTCOMES_WITH_A_DAY, Outcome, TaskKind


@dataclass(frozen=True, slots=True)
class Screen:
    """*part*: the template of what only this kind shows. *has_script*: the debtor is called.

    *has_words*: the answer is a letter. *may_pause*: the claim may be put to rest from here.
    """

    answers: tuple[Outcome, ...]
    part: str | None = None
    has_script: bool = False
    has_words: bool = False
    may_pause: bool = False

    def asks_for(self, outcome: Outcome) -> str | None:
        """What must be told beside the outcome: a day or a plan."""
        if outcome is Outcome.AGREEMENT:
            return "plan"
        return "day" if outcome in OUTCOMES_WITH_A_DAY else None


_O = Outcome
_SCREENS: Mapping[TaskKind, Screen] = {
    TaskKind.DIALOGUE: Screen(
        (_O.AGREEMENT, _O.PROMISE, _O.NOT_REACHED, _O.GO_ON), has_script=True, may_pause=True
    ),
    TaskKind.ASSESSMENT: Screen(
        (_O.TRANSFER, _O.ENFORCE, _O.KEEP, _O.WRITE_OFF), "assessment", may_pause=True
    ),
    TaskKind.WRITE_OFF_APPROVAL: Screen((_O.APPROVED, _O.REFUSED), "proposal"),
    TaskKind.REFUND_APPROVAL: Screen((_O.APPROVED, _O.REFUSED), "refund"),
    TaskKind.OBJECTION: Screen((_O.UPHELD, _O.REFUSED), "objection", has_words=True),
    TaskKind.UNPLACED_PAYMENT: Screen((_O.DONE,), "money"),
    TaskKind.UNDELIVERED_LETTER: Screen((_O.RETRY, _O.DONE), "letter"),
    TaskKind.LIMITATION_NEAR: Screen((_O.DONE,), "limitation", may_pause=False),
    TaskKind.EXCEPTION: Screen((_O.RETRY, _O.GIVE_UP), "notice"),
    TaskKind.HEARING: Screen((_O.APPROVED, _O.WITHDRAW), "notice"),
    TaskKind.DISTRAINT: Screen((_O.DISTRAINT_MADE, _O.UNSUCCESSFUL)),
    TaskKind.BANK_FILE: Screen((_O.DONE,), "file"),
    TaskKind.POST_STOPPED: Screen((_O.DONE,), "post"),
}


def screen_of(kind: TaskKind) -> Screen:
    return _SCREENS.get(kind) or Screen(tuple(sorted(ANSWERS[kind])))


def own_page(kind: TaskKind, facts: Mapping[str, Any]) -> str | None:
    """Where a kind is answered that has pages of its own."""
    if kind is TaskKind.ENQUIRY:
        return f"/enquiries/{facts['enquiry']}"
    return f"/consultations/{facts['consultation']}" if kind is TaskKind.CONSULTATION else None
