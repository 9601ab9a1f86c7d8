"""One event of a claim's life as a sentence, with its reason and what it rests on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from api.schemas.claims import TimelineEvent
from api.sentences import say
from domain.basis import basis_of
from domain.explanation import Phrase, Term, Value
from domain.money import Money
from domain.policy import Policy
from persistence.timeline import Event

_TERMS = ("letter", "task", "outcome", "hold", "action", "notice", "channel", "ending")
_DAYS = ("planned", "deadline", "until", "booked")


def view_event(
    event: Event, policy: Policy, claim: Mapping[str, Any], language: str
) -> TimelineEvent:
    phrase = Phrase(f"event-{_told_as(event)}", _values(event.facts))
    basis = event.facts.get("legal_basis") or basis_of(
        policy, claim["claim_type"], _ground(event), claim["registered_on"], event.on
    )
    return TimelineEvent(
        on=event.on,
        name=event.name,
        sentence=say(phrase, language).text,
        reason=event.reason or say(Phrase(f"reason-{event.name}"), language).text,
        legal_basis=basis,
    )


def _ground(event: Event) -> str:
    return "agreement" if event.facts.get("agreement") else event.name


def _told_as(event: Event) -> str:
    """Some events say more when they know more."""
    if event.name in {"decision", "hold"} and event.facts.get("until"):
        return f"{event.name}-until"
    if event.name == "act-close":
        return "act-close-agreement" if "outcome" in event.facts else "act-close"
    return event.name


def _values(facts: Mapping[str, Any]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, value in facts.items():
        if value is None:
            values[name] = ""
        elif name in _TERMS:
            values[name] = Term(f"word-{name}-{value}")
        elif name in _DAYS:
            values[name] = date.fromisoformat(value)
        elif name == "amount_ore":
            values["amount"] = Money(value)
        elif name == "key":
            values[name] = str(value)
        elif isinstance(value, (str, int)):
            values[name] = value
    return values
