"""One event of a claim's life as a sentence, with its reason and what it rests on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from api.schemas.claims import TimelineEvent
from api.sentences import say
from domain.basis import basis_of
from domain.distraints.distraint import DistraintEvent
from domain.explanation import Phrase, Term, Value
from domain.money import Money
from domain.policy import Policy
from persistence.claims.timeline import Event

_TERMS = ("letter", "task", "outcome", "hold", "action", "notice", "channel", "ending", "note")
_NAMES = ("source", "sent_by", "debtor", "person", "file", "place", "hour")
_DAYS = ("planned", "deadline", "until", "booked", "heard")


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
    if event.facts.get("event") == DistraintEvent.OBJECTED:
        return "distraint-objected"
    return "agreement" if event.facts.get("agreement") else event.name


def _told_as(event: Event) -> str:
    """Some events say more when they know more."""
    if event.name in {"decision", "hold"} and event.facts.get("until"):
        return f"{event.name}-until"
    if event.name == "act-close":
        return "act-close-agreement" if "outcome" in event.facts else "act-close"
    return event.name


def _values(facts: Mapping[str, Any]) -> dict[str, Value]:
    """What is not known is left empty: a page must not fail for it."""
    known = {name: value for name, value in facts.items() if value is not None}
    values: dict[str, Value] = dict.fromkeys((*_NAMES, *_TERMS, *_DAYS, "event", "amount"), "")
    values |= {name: str(known[name]) for name in _NAMES if name in known}
    values |= {name: Term(f"word-{name}-{known[name]}") for name in _TERMS if name in known}
    if "event" in known:
        values["event"] = Term(f"word-distraint-event-{known['event']}")
    values |= {name: date.fromisoformat(known[name]) for name in _DAYS if name in known}
    if "amount_ore" in known:
        values["amount"] = Money(known["amount_ore"])
    return values
