"""Which way a supervisor may move a claim by hand: never past a letter that the debtor must have.

A move is an answer to what the claim's story asks or waits for, given by two people: so the story,
and one that is rebuilt from the tables, goes the same way as after any answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.claim import Stage
from domain.decisions import Outcome, TaskKind


class StageStep(StrEnum):
    TO_ASSESSMENT = "to-assessment"  # dialogen slutter, kravet vurderes
    TO_DIALOGUE = "to-dialogue"  # tilbage til dialog i stedet for vurdering
    CALL_OFF = "call-off"  # ingen udlægsforretning: tilbage til dialog
    STOP_WAITING = "stop-waiting"  # vent ikke til den aftalte dag: dialog nu


class StepProposalState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"  # the claim had gone on before anyone agreed


ANSWER_OF: dict[StageStep, Outcome] = {
    StageStep.TO_ASSESSMENT: Outcome.GO_ON,
    StageStep.TO_DIALOGUE: Outcome.KEEP,
    StageStep.CALL_OFF: Outcome.CANCELLED,
}
"""What the story hears; who stops waiting has been answered already."""

_ENDS_BY_WAITING = frozenset({Outcome.PROMISE, Outcome.NOT_REACHED, Outcome.KEEP})
_BY_TASK: dict[TaskKind, StageStep] = {
    TaskKind.DIALOGUE: StageStep.TO_ASSESSMENT,
    TaskKind.ASSESSMENT: StageStep.TO_DIALOGUE,
    TaskKind.DISTRAINT: StageStep.CALL_OFF,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim's story stands: the question it waits on, and its answer if there is one.

    *has_hearing*: a distraint hearing is set or held. *is_over*: it has ended or is withdrawn.
    """

    stage: Stage
    question: TaskKind | None
    answer: Outcome | None
    has_agreement: bool
    has_hearing: bool
    is_over: bool


def steps_from(place: Place) -> Iterator[StageStep]:
    """The moves that may be proposed."""
    if place.is_over or place.has_agreement or place.stage.is_with_the_collector:
        return
    if place.question in _BY_TASK and place.answer is None:
        if place.question is not TaskKind.DISTRAINT or not place.has_hearing:
            yield _BY_TASK[place.question]
    elif place.answer in _ENDS_BY_WAITING:
        yield StageStep.STOP_WAITING
