"""What an answer to a task consists of, and whether it fits the question."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from domain.decisions import ANSWERS, OUTCOMES_WITH_A_DAY, Outcome, TaskKind
from domain.endings.write_off import CommitteeDecision, NewWriteOff
from domain.errors import Fault, Invalid
from persistence.agreements.terms import NewAgreement

_GIVING_UP = frozenset({Outcome.WRITE_OFF, Outcome.NOTHING_LEFT})
_WITH_WORDS = frozenset({TaskKind.OBJECTION})


@dataclass(frozen=True, slots=True)
class NewDecision:
    """*look_again_on* goes with the outcomes that name a day (`OUTCOMES_WITH_A_DAY`).

    *words*: what is written to the debtor, where the answer is a letter. *facts*: what else was
    known. *undoable_for*: how long the answer may be taken back; the story hears it only then.
    *screen*: the mark of what was on the screen. *write_off* goes with a proposal to give up,
    *committee* with agreeing to one that is large.
    """

    outcome: Outcome
    reasons: str
    look_again_on: date | None = None
    agreement: NewAgreement | None = None
    words: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    undoable_for: timedelta | None = None
    screen: str | None = None
    write_off: NewWriteOff | None = None
    committee: CommitteeDecision | None = None


def check(kind: TaskKind, decision: NewDecision, on: date) -> None:
    """Raises Invalid when the answer does not fit the question."""
    if faults := list(_faults(kind, decision, on)):
        raise Invalid(*faults)


def _faults(kind: TaskKind, decision: NewDecision, on: date) -> Iterator[Fault]:
    if decision.outcome not in ANSWERS[kind]:
        yield Fault("outcome", "outcome-does-not-fit", {"kind": kind.value})
    if not decision.reasons.strip():
        yield Fault("reasons", "reasons-missing")
    if decision.outcome in OUTCOMES_WITH_A_DAY:
        if decision.look_again_on is None:
            yield Fault("look_again_on", "day-missing")
        elif decision.look_again_on < on:
            yield Fault("look_again_on", "day-is-past")
    yield from _faults_of_what_goes_along(kind, decision)


def _faults_of_what_goes_along(kind: TaskKind, decision: NewDecision) -> Iterator[Fault]:
    if decision.outcome in _GIVING_UP and decision.write_off is None:
        yield Fault("write-off-reason", "write-off-reason-missing")
    if kind in _WITH_WORDS and not decision.words.strip():
        yield Fault("words", "words-missing")
    if (decision.outcome is Outcome.AGREEMENT) != (decision.agreement is not None):
        yield Fault("agreement", "agreement-does-not-fit")
