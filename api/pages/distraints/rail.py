"""The steps of a distraint with the law's deadline of each, as the page's step rail has them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from sqlalchemy import RowMapping

from api.languages import DANISH
from api.views.distraints import first_lapse, state_of
from domain.calendar import COPENHAGEN
from domain.distraints.distraint import (
    TAKING,
    DistraintEvent,
    first_demand_day,
    first_hearing_day,
    objection_until,
)
from domain.policy import Policy
from letters.catalogue import sentence
from persistence.distraints.reading import Proceeding

Say = Callable[..., str]
_OVER = {DistraintEvent.SOLD, DistraintEvent.CANCELLED_IN_REGISTER}


@dataclass(frozen=True, slots=True)
class RailStep:
    """*state*: done, now, wrong or next."""

    text: str
    hint: str
    state: str


def rail(policy: Policy, found: Proceeding, on: date, language: str) -> list[RailStep]:
    def say(code: str, **values: Any) -> str:
        told = {name: _shown(value, language) for name, value in values.items()}
        return sentence(f"distraint-step-{code}", language, **told)

    row = found.row
    steps = [_demand(policy, row, on, say), _notice(policy, found, on, say)]
    is_told = steps[-1].state == "done"
    steps.append(_hearing(policy, row, on, say, is_told=is_told))
    if state_of(row) == "off":
        return steps
    if row["outcome"]:
        steps.append(RailStep(say("outcome"), say("outcome-hint", day=row["held_on"]), "done"))
    else:
        steps.append(RailStep(say("outcome"), "", "next"))
    if row["outcome"] in TAKING:
        steps += _after(policy, found, on, say, language)
    return steps


def _shown(value: Any, language: str) -> str:
    locale = "da_DK" if language == DANISH else "en_GB"
    return format_date(value, "long", locale=locale) if isinstance(value, date) else str(value)


def _demand(policy: Policy, row: RowMapping, on: date, say: Say) -> RailStep:
    rule = policy.distraint_rule(on)
    first = first_demand_day(rule, row["last_timely_payment_date"])
    basis = rule.demand.legal_basis
    hint = say("demand-hint", day=row["demanded_on"], first=first, basis=basis)
    return RailStep(say("demand"), hint, "done")


def _notice(policy: Policy, found: Proceeding, on: date, say: Say) -> RailStep:
    letters = current_notices(found)
    sent = sum(1 for letter in letters if letter["dispatched_on"])
    basis = policy.distraint_rule(on).notice.legal_basis
    hint = say("notice-hint", sent=sent, all=len(letters), basis=basis)
    lost = any(letter["state"] == "undelivered" for letter in letters)
    state = "wrong" if lost else "done" if sent == len(letters) else "now"
    return RailStep(say("notice"), hint, state)


def current_notices(found: Proceeding) -> Sequence[RowMapping]:
    """The letters that tell of the hearing as it now stands."""
    key = f"hearing-{found.row['id']}-{found.row['number']}"
    return [letter for letter in found.letters if letter["key"] == key]


def _hearing(policy: Policy, row: RowMapping, on: date, say: Say, *, is_told: bool) -> RailStep:
    if row["called_off_on"]:
        return RailStep(say("hearing"), say("hearing-off", day=row["called_off_on"]), "done")
    rule, at = policy.distraint_rule(on), row["starts_at"].astimezone(COPENHAGEN)
    first = first_hearing_day(rule, row["demanded_on"], row["opened_on"])
    hint = say(
        "hearing-hint", day=at.date(), time=at.strftime("%H.%M"), first=first,
        basis=rule.distraint.legal_basis,
    )  # fmt: skip
    if row["outcome"]:
        return RailStep(say("hearing"), hint, "done")
    is_late = state_of(row) == "scheduled" and at.date() < on
    return RailStep(say("hearing"), hint, "wrong" if is_late else "now" if is_told else "next")


def _after(
    policy: Policy, found: Proceeding, on: date, say: Say, language: str
) -> Iterator[RailStep]:
    row = found.row
    rule, held_on = policy.distraint_rule(on), row["held_on"]
    until = objection_until(rule, held_on)
    hint = say("objection-hint", day=until, basis=rule.objection.legal_basis)
    yield RailStep(say("objection"), hint, "now" if on <= until else "done")
    if lapse := first_lapse(policy, row, on):
        hint = say("lapse-hint", day=lapse, basis=rule.movables.legal_basis)
        yield RailStep(say("lapse"), hint, "wrong" if lapse < on else "next")
    yield _end(found, say, language)


def _end(found: Proceeding, say: Say, language: str) -> RailStep:
    """How far the forced sale has come."""
    steps = [note for note in found.notes if note["event"] != DistraintEvent.OBJECTED]
    if not steps:
        return RailStep(say("end"), "", "next")
    last = steps[-1]
    event = sentence(f"word-distraint-event-{last['event']}", language)
    hint = say("end-hint", event=event, day=last["happened_on"])
    return RailStep(say("end"), hint, "done" if last["event"] in _OVER else "now")
