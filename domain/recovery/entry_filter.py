"""The rules by which the recovery authority lets a claim in (indgangsfilteret), as dated data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from domain.calendar import add_months
from domain.errors import NotFound
from domain.money import Money

_DAYS_REMEMBERED = 50_000


class Consequence(StrEnum):
    """What becomes of a claim that breaks a rule."""

    REJECTED = "rejected"  # fordringen afvises
    IN_HEARING = "in-hearing"  # fordringen sendes i høring


class Dating(StrEnum):
    """Which day a claim of the type arose and fell due (stiftelsesdato og forfaldsdato)."""

    OWN = "own"  # the main claim's own days, as they were registered
    PERIOD_START = "period-start"  # første dag i renteperioden
    PERIOD_END = "period-end"  # sidste dag i renteperioden
    SENT = "sent"  # dagen, hvor brevet med gebyret blev sendt


class LimitationFrom(StrEnum):
    """From which day the limitation period of a claim of the type runs."""

    DUE = "due"  # forfaldsdato
    PERIOD_START = "period-start"  # periode start
    ORIGIN = "origin"  # stiftelsesdato


@dataclass(frozen=True, slots=True)
class FilterRule:
    """A numbered rule as one type has it. *since* and *until* None: as long as the type has been.

    The distance from the day it is compared with is *years* + *months* + *days* − *less_days*.
    *within*: month or year; *most*: the largest amount; *arts*: the kinds of recovery allowed.
    """

    id: str
    otherwise: Consequence
    since: date | None = None
    until: date | None = None
    years: int = 0
    months: int = 0
    days: int = 0
    less_days: int = 0
    most: Money | None = None
    within: str | None = None
    is_related: bool | None = None
    arts: tuple[str, ...] = ()
    note: str | None = None

    def holds_on(self, day: date) -> bool:
        return (self.since or day) <= day <= (self.until or day)

    def from_day(self, day: date) -> date:
        """*day* moved by the rule's distance: days count after months, as the authority counts."""
        months, days = self.years * 12 + self.months, self.days - self.less_days
        return _moved(day, months, days) if months or days else day


@dataclass(frozen=True, slots=True)
class RecoveryType:
    """One of the authority's types (fordringstype), how its days are filled in, and its rules."""

    code: str
    name: str
    dating: Dating
    limitation_years: int
    limitation_from: LimitationFrom
    source: str
    rules: tuple[FilterRule, ...]


@dataclass(frozen=True, slots=True)
class RelatedCodes:
    """Under which of the recovery authority's types a claim's interest and fees go there.

    None where the house knows of no type: then a person must find out.
    """

    interest: str | None = None
    fee: str | None = None
    court_fee: str | None = None


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """*common* are the rules that every type has."""

    source: str
    common: tuple[FilterRule, ...]
    types: dict[str, RecoveryType]
    _in_force: dict[tuple[str, date], tuple[FilterRule, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def type(self, code: str) -> RecoveryType:
        """Raises NotFound for a type the authority does not have."""
        if code not in self.types:
            raise NotFound("recovery-type", code)
        return self.types[code]

    def rules(self, code: str, on: date) -> tuple[FilterRule, ...]:
        """The rules for a claim of type *code* received on the day *on*, in the order of ids."""
        key = (code, on)
        if key not in self._in_force:
            both = (*self.common, *self.type(code).rules)
            held = sorted((rule for rule in both if rule.holds_on(on)), key=_place)
            self._in_force[key] = tuple(held)
        return self._in_force[key]


@lru_cache(_DAYS_REMEMBERED)
def _moved(day: date, months: int, days: int) -> date:
    return add_months(day, months) + timedelta(days=days)


NO_FILTER = EntryFilter("", (), {})


def _place(rule: FilterRule) -> tuple[int, int, str]:
    """As the authority numbers them: R_2_1a, R_2_1b, …, R_10_2."""
    _, group, number = rule.id.split("_", 2)
    digits = number.rstrip("abc")
    return int(group), int(digits), number[len(digits) :]
