"""The periods of limitation that are the same for all claims, as dated data has them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LimitationLaw:
    """The periods that are the same for all claims (forældelsesloven, GIL § 18 a).

    *fixed_claim_years*: existence and amount acknowledged in writing, or settled by a judgment.
    *recovery_years*: at the recovery authority, counted from *recovery_not_before* at the earliest.
    """

    fixed_claim_years: int
    provisional_months: int
    recovery_years: int
    recovery_not_before: date
    source: str
