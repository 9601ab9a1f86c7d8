"""A policy as it is now, but for what a council would turn: days, letters, fees, small amounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from domain.dated import Dated
from domain.errors import Fault, Invalid
from domain.letters import Letter
from domain.money import NOTHING, Money
from domain.policy import ClaimType, FeeRule, LetterStep, Policy, SmallAmounts

LEAST_DAYS, MOST_DAYS = 7, 90
REMINDED = (Letter.COURTESY_NOTICE, Letter.FIRST_REMINDER, Letter.SECOND_REMINDER)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Knobs:
    """What is turned; None leaves as it is.

    *days*: that the friendly letter and each reminder give; *without*: a letter that is left out;
    *fee*: of a reminder; *tolerance*: a remainder that settles a claim.
    """

    days: int | None = None
    without: Letter | None = None
    fee: Money | None = None
    tolerance: Money | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "days": self.days,
            "without": self.without and self.without.value,
            "fee_ore": None if self.fee is None else self.fee.ore,
            "tolerance_ore": None if self.tolerance is None else self.tolerance.ore,
        }

    @classmethod
    def from_json(cls, json: dict[str, Any]) -> Knobs:
        return cls(
            json["days"],
            Letter(json["without"]) if json["without"] else None,
            None if json["fee_ore"] is None else Money(json["fee_ore"]),
            None if json["tolerance_ore"] is None else Money(json["tolerance_ore"]),
        )


def varied(policy: Policy, knobs: Knobs) -> Policy:
    """The policy with the knobs turned for every type of claim.

    Raises Invalid with all faults at once: nothing turned, days out of reason, a fee above what
    the law allows, a letter nobody leaves out.
    """
    if faults := list(_faults(policy, knobs)):
        raise Invalid(*faults)
    types = {code: _varied(kind, knobs) for code, kind in policy.claim_types.items()}
    return replace(policy, claim_types=types)


def _faults(policy: Policy, knobs: Knobs) -> list[Fault]:
    found = []
    if knobs == Knobs():
        found.append(Fault("days", "trial-nothing-turned"))
    if knobs.days is not None and not LEAST_DAYS <= knobs.days <= MOST_DAYS:
        limits = {"least": str(LEAST_DAYS), "most": str(MOST_DAYS)}
        found.append(Fault("days", "trial-days", limits))
    if knobs.without is not None and knobs.without not in REMINDED:
        found.append(Fault("without", "trial-letter"))
    most = _highest_fee(policy)
    if knobs.fee is not None and not NOTHING <= knobs.fee <= most:
        found.append(Fault("fee", "trial-fee", {"most": str(most.ore // 100)}))
    if knobs.tolerance is not None and knobs.tolerance < NOTHING:
        found.append(Fault("tolerance", "trial-tolerance"))
    return found


def _highest_fee(policy: Policy) -> Money:
    """What the law allows for some type of claim at most; each type keeps its own limit."""
    fees = [entry.value for kind in policy.claim_types.values() for entry in kind.fee.entries]
    return max((fee.legal_maximum for fee in fees), default=NOTHING)


def _varied(kind: ClaimType, knobs: Knobs) -> ClaimType:
    return replace(
        kind,
        steps=_each(kind.steps, lambda steps: _steps(steps, knobs)),
        fee=_each(kind.fee, lambda fee: _fee(fee, knobs)),
        small_amounts=_each(kind.small_amounts, lambda small: _small(small, knobs)),
    )


def _each(series: Dated[T], change: Callable[[T], T]) -> Dated[T]:
    entries = (replace(entry, value=change(entry.value)) for entry in series.entries)
    return Dated(tuple(entries))


def _steps(steps: tuple[LetterStep, ...], knobs: Knobs) -> tuple[LetterStep, ...]:
    kept = (step for step in steps if step.letter is not knobs.without)
    return tuple(
        replace(step, days=knobs.days) if knobs.days and step.letter in REMINDED else step
        for step in kept
    )


def _fee(fee: FeeRule, knobs: Knobs) -> FeeRule:
    return fee if knobs.fee is None else replace(fee, amount=knobs.fee)


def _small(small: SmallAmounts, knobs: Knobs) -> SmallAmounts:
    return small if knobs.tolerance is None else replace(small, tolerance=knobs.tolerance)
