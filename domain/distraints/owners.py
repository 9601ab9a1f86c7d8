"""Who owns what a distraint hearing is about, and when each of them has been told in time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from domain.decisions import Outcome
from domain.distraints.distraint import in_danish
from domain.distraints.rules import DistraintRule
from domain.errors import Fault, Invalid
from domain.identity import NationalId

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_LONGEST_SHARE = 40


@dataclass(frozen=True, slots=True)
class NewOwner:
    """As the register or the bailiff names them. *share*: as ``1/2``, empty where unknown."""

    national_id: NationalId
    name: str
    address: tuple[str, ...]
    share: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What an owner who owes nothing has been told: when our letter left and arrived, or how else.

    *by_hand_on*: told by other means, with a proof that is written down.
    """

    name: str
    left_on: date | None = None
    arrived_on: date | None = None
    by_hand_on: date | None = None

    @property
    def is_proved(self) -> bool:
        return bool(self.arrived_on or self.by_hand_on)


def property_number(text: str) -> str:
    """The number of a property (BFE-nummer). Raises Invalid."""
    digits = re.sub(r"[\s.]|^BFE", "", text.strip().upper())
    if not _NUMBER.fullmatch(digits):
        raise Invalid(Fault("number", "property-number-shape"))
    return digits


def faults_of_owner(owner: NewOwner) -> Iterator[Fault]:
    if not owner.name.strip():
        yield Fault("name", "owner-without-name")
    if not any(line.strip() for line in owner.address):
        yield Fault("address", "owner-without-address")
    if len(owner.share) > _LONGEST_SHARE:
        yield Fault("share", "owner-share-long")


def faults_of_telling(
    rule: DistraintRule, owners: Iterable[Told], held_on: date
) -> Iterator[Fault]:
    """The hearing is held only when every owner has been told, in time and with proof."""
    for one in owners:
        if not one.is_proved:
            yield Fault("outcome", "owner-not-told", {"name": one.name})
            continue
        days = [day for day in (one.left_on, one.by_hand_on) if day]
        first = rule.notice.after(min(days)) if days else held_on
        if first > held_on:
            yield Fault("outcome", "owner-told-late", {"name": one.name, "day": in_danish(first)})


def faults_of_knowing(outcome: Outcome, owners: int, unanswered: int) -> Iterator[Fault]:
    """Nobody takes a property whose owners are not known (retsplejelovens §§ 493-494)."""
    if unanswered:
        yield Fault("outcome", "owners-not-answered")
    elif outcome is Outcome.PROPERTY_TAKEN and not owners:
        yield Fault("outcome", "owners-unknown")
