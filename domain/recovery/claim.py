"""A claim (fordring) as the recovery authority knows it: its stamdata, and who owes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.money import Money


class Part(StrEnum):
    """What of our claim it is. Each part is a claim of its own there, related to the main one."""

    PRINCIPAL = "principal"  # hovedfordring
    INTEREST = "interest"  # renter
    FEE = "fee"  # gebyr


@dataclass(frozen=True, slots=True)
class RecoveryLiability:
    """One debtor's share in it: always the whole of it (solidarisk hæftelse).

    *debtor_id* is ours; the CPR or CVR number is looked up when the message is written. The
    limitation date, a judgment and a settlement are the liability's, not the claim's.
    """

    debtor_id: int
    limitation_date: date
    judged_on: date | None = None
    settled_on: date | None = None


@dataclass(frozen=True, slots=True)
class RecoveryClaim:
    """*reference* is ours, unique for ever, at most 20 characters; *parent* that of the main claim.

    A main claim that is paid goes along with *amount* nothing (0-fordring), so that its interest
    has a parent. *amount* is without interest and fees; *principal* is what it was from the start.
    """

    reference: str
    part: Part
    type_code: str
    principal: Money
    amount: Money
    description: str
    period_start: date
    period_end: date
    originated_on: date
    due_on: date
    last_timely_on: date
    liabilities: tuple[RecoveryLiability, ...]
    parent: str | None = None
