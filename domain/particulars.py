"""What of a claim may be mended after it came in: what it is called, and which days it is for.

Not what moves money or time: another amount, due day or debtor is another claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date

from domain.errors import Fault, Invalid
from domain.registration import is_plausible, read_description

FIELDS = ("description", "period_start", "period_end", "originated_on")


@dataclass(frozen=True, slots=True)
class Particulars:
    description: str
    period_start: date
    period_end: date
    originated_on: date

    def mended(self, then: Particulars, on: date) -> list[str]:
        """The fields that are otherwise *then*. Raises Invalid with all that is wrong with it."""
        faults = list(_faults(then, on))
        now, new = asdict(self), asdict(then)
        changed = [field for field in FIELDS if now[field] != new[field]]
        if not changed and not faults:
            faults.append(Fault("", "mend-nothing"))
        if faults:
            raise Invalid(*faults)
        return changed


def _faults(then: Particulars, on: date) -> Iterator[Fault]:
    try:
        read_description(then.description)
    except Invalid as wrong:
        yield from (replace(fault, field="description") for fault in wrong.faults)
    for field in ("period_start", "period_end", "originated_on"):
        day = getattr(then, field)
        if not is_plausible(day, on):
            yield Fault(field, "day-implausible", {"value": day.isoformat()})
    if then.period_end < then.period_start:
        days = {"first": then.period_start.isoformat(), "second": then.period_end.isoformat()}
        yield Fault("period_end", "period-reversed", days)
