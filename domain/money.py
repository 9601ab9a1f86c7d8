"""Amounts of Danish kroner, counted in whole øre so that sums are always exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """A signed amount in øre. Only `Money.rounded` rounds, half up, once per posting."""

    ore: int

    @classmethod
    def kroner(cls, amount: int) -> Money:
        return cls(amount * 100)

    @classmethod
    def rounded(cls, ore: Decimal) -> Money:
        return cls(int(ore.quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def __add__(self, other: Money) -> Money:
        return Money(self.ore + other.ore)

    def __sub__(self, other: Money) -> Money:
        return Money(self.ore - other.ore)

    def __neg__(self) -> Money:
        return Money(-self.ore)

    def __bool__(self) -> bool:
        return self.ore != 0

    def __str__(self) -> str:
        """As people in Denmark write it: ``1.234,50 kr.``"""
        kroner, ore = divmod(abs(self.ore), 100)
        sign = "-" if self.ore < 0 else ""
        return f"{sign}{kroner:,}".replace(",", ".") + f",{ore:02d} kr."


NOTHING = Money(0)
