"""What is sent about a distraint, from a page or by a program, as the house reads it."""

import re
from datetime import date, time

from api.schemas.distraint_owners import OwnerBody
from api.schemas.distraints import MinutesBody, SlotBody
from domain.decisions import Outcome
from domain.distraints.distraint import Slot
from domain.distraints.owners import NewOwner
from domain.errors import Fault, Invalid
from domain.identity import parse_national_id
from domain.money import Money
from persistence.agreements.terms import NewAgreement
from persistence.distraints.minutes import NewAsset, NewMinutes

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])")


def slot_of(body: SlotBody) -> Slot:
    """Raises Invalid for an hour that no clock shows."""
    told = _CLOCK.fullmatch(body.at.strip())
    if told is None:
        raise Invalid(Fault("at", "time-unreadable"))
    return Slot(body.day, time(int(told[1]), int(told[2])), body.place, body.is_outside)


def owner_of(body: OwnerBody, on: date) -> NewOwner:
    """Raises Invalid; its faults never hold the number."""
    number = parse_national_id(body.national_id, on)
    return NewOwner(number, body.name, tuple(body.address), body.share)


def minutes_of(body: MinutesBody, claim_id: str) -> NewMinutes:
    """The agreement is about this claim alone."""
    agreement = None
    if body.outcome is Outcome.AGREEMENT:
        if body.months is None:
            raise Invalid(Fault("months", "agreement-does-not-fit"))
        if body.first_due is None:
            raise Invalid(Fault("first_due", "first-due-missing"))
        agreement = NewAgreement((claim_id,), body.first_due, months=body.months)
    assets = (NewAsset(one.kind, one.description, Money(one.value_ore)) for one in body.assets)
    return NewMinutes(
        body.outcome, body.text, body.present, tuple(assets), body.look_again_on, agreement
    )
