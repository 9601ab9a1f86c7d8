"""What law and council have fixed about the municipality's own enforcement (udlæg)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from domain.calendar import add_months
from domain.money import Money


@dataclass(frozen=True, slots=True)
class CourtFeeRule:
    """*base*, anew after some months, and *percent* of what exceeds *percent_above*, rounded up."""

    base: Money
    percent: Decimal
    percent_above: Money
    round_up_to: Money
    outside_office: Money
    base_again_after_months: int
    legal_basis: str


@dataclass(frozen=True, slots=True)
class LegalPeriod:
    """So many months and days, and the paragraph that says so."""

    legal_basis: str
    days: int = 0
    months: int = 0

    def after(self, day: date) -> date:
        """The day on which it is over, counted from *day*."""
        return add_months(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class DistraintRule:
    """The deadlines of a distraint hearing, and when the bailiff holds them.

    *demand*: from the last timely payment date to the first day of a demand (påkrav); *distraint*:
    from the demand to the first day of a hearing; *notice*: how long before it the debtors are
    told. *resumed*: how soon a hearing that was adjourned goes on, to be one act with its
    beginning. *objection*: how long they may go to the bailiff's court. *movables*: how long a
    distraint in movables holds. *lien* and *lien_ordered*: how long the priority right lasts from
    the due date, and how much longer once enforcement is ordered in time. *sale_meeting* and
    *sale_respite*: the guidance meeting before a forced sale, and the respite given there at most.

    Hearings of *hearing_minutes* begin and end between two hours of a working day. *warn_days*: how
    long before a right is lost the bailiff is warned.
    """

    demand: LegalPeriod
    distraint: LegalPeriod
    notice: LegalPeriod
    resumed: LegalPeriod
    objection: LegalPeriod
    movables: LegalPeriod
    lien: LegalPeriod
    lien_ordered: LegalPeriod
    sale_meeting: LegalPeriod
    sale_respite: LegalPeriod
    opens_at_hour: int
    closes_at_hour: int
    hearing_minutes: int
    warn_days: int
