"""What lets a claim rest, and what each such thing asks for, gives time for, and ends with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from domain.calendar import working_day_from, working_days_after, working_days_before
from domain.claim import HoldReason
from domain.endings.write_off import WriteOffReason
from domain.errors import Fault

_LONGEST_CONTACT = 200


class Need(StrEnum):
    """What must be told of a suspension."""

    UNTIL = "until"  # den sidste dag
    REVIEW_ON = "review-on"  # se på det igen
    DIED_ON = "died-on"  # dødsdag
    NOTICE_ON = "notice-on"  # proklama indrykket
    OPENED_ON = "opened-on"  # konkursdekret, indledning af gældssanering eller rekonstruktion
    COMPLAINED_ON = "complained-on"  # klagen er indgivet
    CONTACT = "contact"  # kurator, bobestyrer, skifteret, klagemyndighed


_MISSING = {
    Need.UNTIL: Fault(Need.UNTIL, "suspension-until-missing"),
    Need.REVIEW_ON: Fault(Need.REVIEW_ON, "suspension-review-missing"),
    Need.DIED_ON: Fault(Need.DIED_ON, "suspension-died-missing"),
    Need.NOTICE_ON: Fault(Need.NOTICE_ON, "suspension-notice-missing"),
    Need.OPENED_ON: Fault(Need.OPENED_ON, "suspension-opened-missing"),
    Need.COMPLAINED_ON: Fault(Need.COMPLAINED_ON, "suspension-complained-missing"),
    Need.CONTACT: Fault(Need.CONTACT, "suspension-contact-missing"),
}
_PAST = {Need.DIED_ON, Need.NOTICE_ON, Need.OPENED_ON, Need.COMPLAINED_ON}


class Interrupts(StrEnum):
    """What it does to the limitation (forældelse)."""

    NOTHING = "nothing"
    DEFERRAL = "deferral"  # it begins anew after the last day given, § 2, stk. 2
    PROVISIONAL = "provisional"  # not before a year after it has ended, §§ 20-21
    ESTATE = "estate"  # what is filed in time interrupts it until the estate is closed, § 17


@dataclass(frozen=True, slots=True)
class SuspensionRule:
    """The rule of one reason, as the law and the council have it.

    *review_days*: working days after which somebody looks, where no last day is named.
    *filing_days*: calendar days from *counted_from* within which the claim must be filed.
    *is_of_debtor*: it concerns all the debtor owes. *bars_enforcement*: no creditor takes alone.
    """

    reason: HoldReason
    needs: tuple[Need, ...]
    may_tell: tuple[Need, ...]
    review_days: int
    is_of_debtor: bool
    bars_enforcement: bool
    interrupts: Interrupts
    legal_basis: str
    source: str
    filing_days: int | None = None
    counted_from: Need | None = None

    @property
    def asks_for(self) -> tuple[Need, ...]:
        return (*self.needs, *self.may_tell)


@dataclass(frozen=True, slots=True)
class Told:
    """What was told when a suspension began."""

    days: Mapping[Need, date] = field(default_factory=dict)
    contact: str = ""

    @property
    def until(self) -> date | None:
        return self.days.get(Need.UNTIL)

    def has(self, need: Need) -> bool:
        """An end serves as a day to look again."""
        if need is Need.CONTACT:
            return bool(self.contact.strip())
        return need in self.days or (need is Need.REVIEW_ON and self.until is not None)

    def as_facts(self) -> dict[str, str]:
        """As the suspension keeps them; the last day and the review have columns of their own."""
        kept = {n.value: day.isoformat() for n, day in self.days.items() if n in _PAST}
        return kept | ({Need.CONTACT.value: self.contact} if self.contact else {})


@dataclass(frozen=True, slots=True)
class Course:
    """*file_by*: the last day to file the claim, if it is known. *review_on*: somebody looks."""

    file_by: date | None
    review_on: date | None


def faults_of(rule: SuspensionRule, told: Told, on: date) -> Iterator[Fault]:
    """What is missing or cannot be."""
    for need in rule.needs:
        if not told.has(need):
            yield _MISSING[need]
    for need, day in told.days.items():
        if need not in rule.asks_for and need not in {Need.UNTIL, Need.REVIEW_ON}:
            yield Fault(need, "suspension-not-asked")
        elif need in _PAST and day > on:
            yield Fault(need, "day-in-the-future")
        elif need is Need.REVIEW_ON and day <= on:
            yield Fault(need, "day-is-past")
    if len(told.contact) > _LONGEST_CONTACT:
        yield Fault(Need.CONTACT, "text-too-long", _too_long(told.contact))


def course(rule: SuspensionRule, told: Told, on: date) -> Course:
    """When what must be done, of a suspension that begins *on*."""
    review = told.days.get(Need.REVIEW_ON)
    if review is None and told.until is None:
        review = working_days_after(on, rule.review_days)
    return Course(file_by(rule, told.days), review)


def file_by(rule: SuspensionRule, days: Mapping[Need, date]) -> date | None:
    """The last day to file the claim; None where none is to be filed, or it is not known yet."""
    begun = days.get(rule.counted_from) if rule.counted_from else None
    if begun is None or rule.filing_days is None:
        return None
    return begun + timedelta(days=rule.filing_days)


def filing_due(rule: SuspensionRule, by: date | None, on: date) -> date:
    """Until when somebody must have filed: a working day, and never the day after the last.

    Where the last day is not known, as long as somebody has to find it out.
    """
    if by is None:
        return working_days_after(on, rule.review_days)
    is_open = working_day_from(by) == by
    return max(by if is_open else working_days_before(by, 1), on)


def is_in_time(by: date | None, on: date) -> bool:
    """Whether what is filed *on* the day is heeded."""
    return by is None or on <= by


_GROUNDS = {
    HoldReason.DEATH: WriteOffReason.INSOLVENT_ESTATE,  # boudlæg, insolvent dødsbo
    HoldReason.BANKRUPTCY: WriteOffReason.BANKRUPTCY,  # sluttet uden dividende
    HoldReason.DEBT_RELIEF: WriteOffReason.DEBT_RELIEF,  # kendelsen frigør skyldneren
}


def ground_of(reason: HoldReason) -> WriteOffReason | None:
    """Why a claim is given up when what it rested for has ended and left nothing; None: never."""
    return _GROUNDS.get(reason)


def _too_long(text: str) -> dict[str, str]:
    return {"limit": str(_LONGEST_CONTACT), "length": str(len(text))}
