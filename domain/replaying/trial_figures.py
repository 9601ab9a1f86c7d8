"""What a past comes to in figures, and where two pasts of the same claims differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from domain.claim import Ending
from domain.record import AgreementOutcome
from domain.replaying.pasts import Deed, Fee, PastGroup


class Measure(StrEnum):
    """Counted by the month in which it was; fees in øre, days as the sum over paid claims."""

    LETTERS = "letters"
    FEES_ORE = "fees-ore"
    PAID = "paid"
    DAYS_TO_PAYMENT = "days-to-payment"
    AGREEMENTS = "agreements"
    AGREEMENTS_BROKEN = "agreements-broken"
    TASKS = "tasks"
    TRANSFERS = "transfers"
    WRITE_OFFS = "write-offs"
    CITIZENS = "citizens"  # who got a letter in the period; not told by month
    UNKNOWN = "unknown"  # still open, and waiting for an answer that nobody has given


@dataclass(frozen=True, slots=True)
class Lived:
    """*made*: agreements, by the claim that was talked about and the day."""

    deeds: Sequence[Deed]
    fees: Sequence[Fee]
    made: Sequence[tuple[str, date]]


@dataclass(frozen=True, slots=True)
class Period:
    since: date
    until: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.since <= day <= self.until


Cell = tuple[str, str, str]
"""Type of claim, measure, and month as 2026-11; the month is empty for what has none."""
Figures = Counter[Cell]


def as_it_was(group: PastGroup) -> Lived:
    """What history says of the group."""
    lives = (*group.claims, *group.agreements)
    deeds = [deed for past in lives for deed in past.deeds]
    fees = [fee for claim in group.claims for fee in claim.fees]
    made = [
        (claim.id, one.on)
        for claim in group.claims
        for one in claim.happenings
        if one.answer and one.answer.agreement
    ]
    return Lived(deeds, fees, made)


def figures_of(group: PastGroup, lived: Lived, period: Period) -> Figures:
    """What was done in the period, by type of claim. An agreement counts with its first claim."""
    types = _types(group)
    found: Figures = Counter()
    for deed in lived.deeds:
        if deed.on in period:
            for measure, number in _counted(group, deed):
                found[types[deed.subject], measure, _month(deed.on)] += number
    for fee in lived.fees:
        if fee.on in period:
            cell = types[fee.claim_id], Measure.FEES_ORE, _month(fee.on)
            found[cell] += fee.ore - fee.returned_ore
    for claim_id, on in lived.made:
        if on in period:
            found[types[claim_id], Measure.AGREEMENTS, _month(on)] += 1
    found.update(_citizens(group, lived, period, types))
    found.update((types[claim], Measure.UNKNOWN.value, "") for claim in _unknown(group, lived))
    return found


def _types(group: PastGroup) -> dict[str, str]:
    types = {claim.id: claim.claim_type for claim in group.claims}
    return types | {
        past.id: types[next(claim for claim in past.claims if claim in types)]
        for past in group.agreements
    }


def _counted(group: PastGroup, deed: Deed) -> Iterator[tuple[Measure, int]]:
    match deed.kind, deed.told:
        case "letter", _:
            yield Measure.LETTERS, 1
        case "task", _:
            yield Measure.TASKS, 1
        case "transfer", _:
            yield Measure.TRANSFERS, 1
        case "close", Ending.PAID:
            yield Measure.PAID, 1
            begun = next(claim.begun_on for claim in group.claims if claim.id == deed.subject)
            yield Measure.DAYS_TO_PAYMENT, (deed.on - begun).days
        case "close", Ending.WRITTEN_OFF:
            yield Measure.WRITE_OFFS, 1
        case "close", AgreementOutcome.BROKEN:
            yield Measure.AGREEMENTS_BROKEN, 1
        case _:
            return


def _citizens(group: PastGroup, lived: Lived, period: Period, types: Mapping[str, str]) -> Figures:
    """Each debtor once for each type of claim about which they got a letter."""
    owing = {claim.id: claim.debtors for claim in group.claims}
    told: set[tuple[str, int]] = set()
    for deed in lived.deeds:
        if deed.kind == "letter" and deed.on in period:
            told |= {(types[deed.subject], one) for one in owing.get(deed.subject, ())}
    return Counter((claim_type, Measure.CITIZENS.value, "") for claim_type, _ in told)


def _unknown(group: PastGroup, lived: Lived) -> Iterator[str]:
    """Claims that have not ended, of which something was asked that history never asked."""
    asked = {(deed.subject, deed.key) for past in group.claims for deed in past.deeds}
    ended = {deed.subject for deed in lived.deeds if deed.kind == "close"}
    new = {d.subject for d in lived.deeds if d.kind == "task" and (d.subject, d.key) not in asked}
    return (claim.id for claim in group.claims if claim.id in new - ended)


def _month(day: date) -> str:
    return day.isoformat()[:7]


@dataclass(frozen=True, slots=True)
class Difference:
    """What of a claim or an agreement only one of two pasts has: act or fee, with its day."""

    claim_id: str
    claim_type: str
    lost: tuple[tuple[str, str], ...]
    new: tuple[tuple[str, str], ...]

    @property
    def facts(self) -> dict[str, Any]:
        return {"claim": self.claim_id, "type": self.claim_type, "lost": self.lost, "new": self.new}


def differences(group: PastGroup, before: Lived, now: Lived) -> list[Difference]:
    """By claim, what one past has and the other has not: deeds by key and day, fees to the øre."""
    types = _types(group)
    one, other = _rows(before), _rows(now)
    subjects = sorted({subject for subject, *_ in (one - other) + (other - one)})
    return [
        Difference(
            subject, types[subject], _only(subject, one - other), _only(subject, other - one)
        )
        for subject in subjects
    ]


def _rows(lived: Lived) -> Counter[tuple[str, str, str]]:
    rows = Counter((deed.subject, deed.key, deed.on.isoformat()) for deed in lived.deeds)
    rows.update(
        (fee.claim_id, f"fee {fee.letter} {fee.ore} {fee.returned_ore}", fee.on.isoformat())
        for fee in lived.fees
    )
    return rows


def _only(subject: str, rows: Iterable[tuple[str, str, str]]) -> tuple[tuple[str, str], ...]:
    found = [(on, key) for one, key, on in rows if one == subject]
    return tuple((key, on) for on, key in sorted(found))
