"""What the council has decided about claims that are given up, or that must rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.claim import HoldReason
from domain.dated import Dated
from domain.endings.suspension import SuspensionRule
from domain.endings.write_off import WriteOffGoal, WriteOffRule


@dataclass(frozen=True, slots=True)
class EndingRules:
    """*write_off_goals*: each entry holds for years, until the next."""

    write_offs: Dated[WriteOffRule]
    write_off_goals: Dated[tuple[WriteOffGoal, ...]]
    suspensions: Dated[tuple[SuspensionRule, ...]]

    def write_off(self, on: date) -> WriteOffRule:
        """How claims are given up on the day *on*."""
        return self.write_offs.on_or_first(on)

    def suspension(self, reason: HoldReason, on: date) -> SuspensionRule | None:
        """None for a reason that has no rule of its own."""
        rules = self.suspensions.on_or_first(on)
        return next((rule for rule in rules if rule.reason is reason), None)
