"""What a claim's standing follows from: the facts of one moment, as the database has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from domain.claim import Ending, HoldReason, Stage
from domain.decisions import Outcome, TaskKind
from domain.letters import Letter
from domain.money import Money

_ROUND = re.compile(r"(-(news|refusal)?\d+)*$")


@dataclass(frozen=True, slots=True)
class LetterFact:
    """The letter whose time runs. *state* as the post room keeps it."""

    letter: Letter
    state: str
    planned_on: date
    dispatched_on: date | None
    deadline: date


@dataclass(frozen=True, slots=True)
class TaskFact:
    """The question the story waits for; *outcome* once it is answered."""

    kind: TaskKind
    opened_on: date
    due_on: date
    taken_by: str | None = None
    outcome: Outcome | None = None
    look_again_on: date | None = None


@dataclass(frozen=True, slots=True)
class HoldFact:
    reason: HoldReason
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class AgreementFact:
    """*number* is the first instalment that is not fully paid, *missing* what it still lacks."""

    id: str
    number: int
    due_on: date
    missing: Money
    instalments: int


@dataclass(frozen=True, slots=True)
class RecoveryFact:
    """The last thing we asked of the recovery authority, and the last it told us."""

    action: str
    state: str
    on: date
    notice: str | None = None
    noticed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """All of it *on* the town's day. *tolerance*: a remainder this small settles the claim."""

    stage: Stage
    balance: Money
    tolerance: Money
    letters: tuple[Letter, ...]
    waiting_for: str
    next_on: date | None
    registered_on: date
    on: date
    ending: Ending | None = None
    ended_on: date | None = None
    is_withdrawn: bool = False
    letter: LetterFact | None = None
    task: TaskFact | None = None
    holds: tuple[HoldFact, ...] = ()
    agreement: AgreementFact | None = None
    recovery: RecoveryFact | None = None


def awaited_letter(waiting_for: str) -> Letter | None:
    """The letter that the key of an act means, if it means one."""
    name = _ROUND.sub("", waiting_for)
    return Letter(name) if name in set(Letter) else None
