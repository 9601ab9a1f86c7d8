"""A claim's page in words: its way, its events and what would become of it, for one reader."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.schemas.common import Sentence
from api.sentences import say
from api.views.claims import situation_of
from api.views.timeline import view_event
from domain.basis import basis_of_sentence
from domain.explanation import explain
from domain.policy import Policy
from domain.situation import Situation
from domain.way import AGREEMENT, COLLECTION, Step, way
from domain.what_if import what_ifs
from persistence.claims.timeline import Event

_PLACES = {
    "letter_id": "/letters/",
    "payment_id": "/payments/",
    "decision_id": "/decisions/",
    "distraint_id": "/distraints/",
    "task_id": "/tasks/",
    "attachment_id": "/attachments/",
    "note_id": "#note-",
}


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the list below the picture. *number* is that of its mark."""

    number: int
    group: str
    on: date
    sentence: str
    reason: str
    legal_basis: str
    href: str | None


@dataclass(frozen=True, slots=True)
class StepRow:
    text: str
    state: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class Grounded:
    """A sentence with what it rests on; empty where it states a fact."""

    text: str
    legal_basis: str


def event_rows(
    events: Sequence[Event],
    groups: Sequence[str],
    policy: Policy,
    claim: Mapping[str, Any],
    language: str,
) -> list[EventRow]:
    """*groups*: of each event, whether it is a letter, money, a decision or a note."""
    rows = []
    for number, (event, group) in enumerate(zip(events, groups, strict=True)):
        view = view_event(event, policy, claim, language)
        rows.append(
            EventRow(
                number, group, event.on, view.sentence, view.reason, view.legal_basis,
                _href(event.facts),
            )
        )  # fmt: skip
    return rows


def _href(facts: Mapping[str, Any]) -> str | None:
    """The first of its kinds of pages that the event knows."""
    for name, place in _PLACES.items():
        if facts.get(name) is not None:
            ending = "/screen" if name == "decision_id" else ""
            return f"{place}{facts[name]}{ending}"
    return None


def step_rows(
    claim: Mapping[str, Any], events: Iterable[Event], policy: Policy, on: date, language: str
) -> list[StepRow]:
    situation = situation_of(claim, policy, on)
    steps = way(situation, explain(situation), _reached(events))
    return [_step(step, language) for step in steps]


def _step(step: Step, language: str) -> StepRow:
    text = say(step.text, language).text
    hint = say(step.hint, language).text if step.hint else None
    return StepRow(text[:1].upper() + text[1:], step.state, hint)


def _reached(events: Iterable[Event]) -> dict[str, date]:
    """When each place on the way was last reached."""
    reached: dict[str, date] = {}
    for event in events:
        if place := _place_of(event):
            reached[place] = event.on
    return reached


def _place_of(event: Event) -> str | None:
    facts = event.facts
    match event.name:
        case "letter-dispatched":
            return str(facts["letter"])
        case "act-letter":
            return str(facts["key"])
        case "act-task":
            return str(facts["task"]) if facts["task"] else None
        case "act-transfer":
            return COLLECTION
        case "decision" if facts.get("agreement"):
            return AGREEMENT
        case _:
            return None


def grounded(sentence: Sentence, claim: Mapping[str, Any], policy: Policy, on: date) -> Grounded:
    basis = basis_of_sentence(
        policy, claim["claim_type"], sentence.code, claim["registered_on"], on
    )
    return Grounded(sentence.text, basis)


def what_if_rows(
    claim: Mapping[str, Any], policy: Policy, on: date, language: str
) -> list[tuple[str, str]]:
    """Pairs of what may happen, as a code, and what would come of it, in words."""
    situation: Situation = situation_of(claim, policy, on)
    rule = policy.claim_type(claim["claim_type"]).agreement.on(on)
    return [
        (name, say(explanation.next, language).text)
        for name, explanation in what_ifs(situation, rule)
    ]
