"""What is wrong of a person is put right by hand, or is not, with a reason: GDPR article 16."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from domain.calendar import add_months
from domain.claim_fields import read_text
from domain.errors import Fault, Invalid
from domain.keeping.retention import ProtectionRule
from domain.registration import LONGEST_ADDRESS_LINE, LONGEST_NAME, MOST_ADDRESS_LINES

COMPANY = "company"


class RectifiedFact(StrEnum):
    NAME = "name"  # navn
    ADDRESS = "address"  # adresse
    PROTECTION = "protection"  # navne- og adressebeskyttelse


class RectificationOutcome(StrEnum):
    CORRECTED = "corrected"  # rettet
    REFUSED = "refused"  # afvist


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Who somebody is and where they live.

    *protected_until*: the last day of the protection (CPR-lovens § 28), where it is known.
    """

    name: str
    address: tuple[str, ...] = ()
    is_protected: bool = False
    protected_until: date | None = None

    def of(self, fact: RectifiedFact) -> Any:
        """What stands of *fact*, as others tell it too: nobody tells a protection's last day."""
        match fact:
            case RectifiedFact.NAME:
                return self.name
            case RectifiedFact.ADDRESS:
                return list(self.address)
            case RectifiedFact.PROTECTION:
                return self.is_protected

    @property
    def mark(self) -> str:
        """Another when anything of it is: a form carries it, and is refused when it has changed."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def changed(self, then: PersonFacts) -> tuple[RectifiedFact, ...]:
        """The facts that are otherwise *then*."""
        found = [fact for fact in RectifiedFact if self.of(fact) != then.of(fact)]
        if self.protected_until != then.protected_until:
            found.append(RectifiedFact.PROTECTION)
        return tuple(dict.fromkeys(found))

    def rectified(
        self, then: PersonFacts, kind: str, rule: ProtectionRule, on: date
    ) -> tuple[PersonFacts, tuple[RectifiedFact, ...]]:
        """What is to stand as it can be printed, and the facts that change.

        *kind*: person or company. Raises Invalid with all that is wrong with *then*.
        """
        faults: list[Fault] = []
        read = _as_printed(then, faults)
        changed = self.changed(read)
        if RectifiedFact.PROTECTION in changed and read.is_protected:
            faults += _faults_of_protection(read, kind, rule, on)
        if not changed and not faults:
            faults.append(Fault("", "rectify-nothing"))
        if faults:
            raise Invalid(*faults)
        return read, changed


def overruled_by(
    before: PersonFacts, then: PersonFacts, overruled: Mapping[str, Any]
) -> dict[str, Any]:
    """What others told of the facts that stand by hand, after *before* has become *then*.

    What is put back to what they told stands by hand no longer.
    """
    found = dict(overruled)
    for fact in before.changed(then):
        told = found.pop(fact.value, before.of(fact))
        if told != then.of(fact):
            found[fact.value] = told
    return found


def _as_printed(facts: PersonFacts, faults: list[Fault]) -> PersonFacts:
    name = " ".join(facts.name.split())
    lines = [line for line in (" ".join(one.split()) for one in facts.address) if line]
    if not name:
        faults.append(Fault("name", "field-missing"))
    if len(lines) > MOST_ADDRESS_LINES:
        faults.append(Fault("address", "address-too-long", {"limit": str(MOST_ADDRESS_LINES)}))
    return PersonFacts(
        _line("name", name, LONGEST_NAME, faults),
        tuple(_line("address", line, LONGEST_ADDRESS_LINE, faults) for line in lines),
        facts.is_protected,
        facts.protected_until if facts.is_protected else None,
    )


def _faults_of_protection(
    facts: PersonFacts, kind: str, rule: ProtectionRule, on: date
) -> Iterator[Fault]:
    until = facts.protected_until
    if kind == COMPANY:
        yield Fault("is_protected", "rectify-company-protected")
    elif until is None:
        yield Fault("protected_until", "field-missing")
    elif until < on:
        yield Fault("protected_until", "rectify-until-over")
    elif until > add_months(on, rule.months):
        yield Fault("protected_until", "rectify-until-too-late", {"months": str(rule.months)})


def _line(field: str, text: str, longest: int, faults: list[Fault]) -> str:
    try:
        return read_text(text, longest)
    except Invalid as wrong:
        faults += (replace(fault, field=field) for fault in wrong.faults)
        return ""
