"""How the form of a task becomes an answer, with its faults by the names the form has for them."""

from dataclasses import replace
from datetime import date
from typing import Any

from api.screens.giving_up import read_committee, read_write_off
from api.screens.kinds import Screen
from api.screens.plans import read_budget, read_income, read_wish
from api.screens.typed import Reading, Typed, read_coming_day
from domain.decisions import Outcome, TaskKind
from domain.errors import Fault, Invalid
from persistence.tasks.answers import NewDecision, check
from persistence.tasks.taking_back import WINDOW

_GIVING_UP = frozenset({"write-off", "estate-end"})
_FIELDS = {
    "agreement": "months",
    "agreement.claim_ids": "claims",
    "claim_ids": "claims",
    "owed": "claims",
    "first_due": "first-due",
    "yearly_income": "yearly-income",
}


def read_answer(
    kind: TaskKind, screen: Screen, typed: Typed, claim_id: str | None, on: date
) -> NewDecision:
    """Raises Invalid with all that is wrong."""
    outcome = _outcome(screen, typed)
    reading, facts = Reading(typed), dict[str, Any]()
    wish = day = None
    if screen.asks_for(outcome) == "plan" and claim_id:
        wish = read_wish(reading, claim_id, on)
        facts = _told(reading)
    if screen.asks_for(outcome) == "day":
        day = reading.read(f"{outcome}-on", read_coming_day)
    asked = screen.asks_for(outcome)
    decision = NewDecision(
        outcome,
        reading.prose("reasons"),
        day,
        wish,
        reading.prose("words") if screen.has_words else "",
        facts,
        WINDOW,
        write_off=read_write_off(reading) if asked in _GIVING_UP else None,
        committee=read_committee(reading) if asked == "committee" else None,
    )
    reading.require_sound(_misfits(kind, decision, on))
    return decision


def named_as_in_form(fault: Fault, outcome: str) -> Fault:
    """What the house calls a field, by the name the form has for it."""
    if fault.field == "look_again_on":
        return replace(fault, field=f"{outcome}-on")
    return replace(fault, field=_FIELDS.get(fault.field, fault.field))


def _outcome(screen: Screen, typed: Typed) -> Outcome:
    told = typed.one("outcome")
    if len(screen.answers) == 1 and not told:
        return screen.answers[0]
    if told not in screen.answers:
        raise Invalid(Fault("outcome", "outcome-missing"))
    return Outcome(told)


def _told(reading: Reading) -> dict[str, Any]:
    """What they can pay belongs to the reasons for an agreement: it is kept with the decision."""
    facts = dict[str, Any]()
    if income := read_income(reading):
        facts |= {"income_ore": income.yearly.ore, "has_children": income.has_children}
    if budget := read_budget(reading):
        parts = {"income": budget.income, "rent": budget.rent, "other": budget.other}
        facts["budget_ore"] = {name: amount.ore for name, amount in parts.items()}
    return facts


def _misfits(kind: TaskKind, decision: NewDecision, on: date) -> list[Fault]:
    """What does not fit, but for what could not be read and has its fault already."""
    try:
        check(kind, decision, on)
    except Invalid as invalid:
        return [named_as_in_form(fault, decision.outcome) for fault in invalid.faults]
    return []
