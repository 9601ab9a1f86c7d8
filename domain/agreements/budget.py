"""What somebody has left to pay debts with, as they tell it. No rule of law rests on it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.money import NOTHING, Money


@dataclass(frozen=True, slots=True)
class Budget:
    """Kroner a month: what comes in after tax, and what must be paid before any debt."""

    income: Money
    rent: Money = NOTHING
    other: Money = NOTHING

    @property
    def disposable(self) -> Money:
        """What is left (rådighedsbeløb); negative when there is too little already."""
        return self.income - self.rent - self.other

    def bears(self, instalment: Money) -> bool:
        """Whether as much is left as the instalment takes each month."""
        return instalment <= self.disposable
