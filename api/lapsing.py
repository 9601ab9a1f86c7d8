"""Which claims of the radar are asked for."""

from datetime import date

from domain.errors import Fault, Invalid
from domain.limitation.radar import bands
from domain.policy import Policy
from persistence.limitation.lapsing import RadarFilter


def narrowed(
    policy: Policy,
    month: date | None,
    band: int | None,
    claim_type: str | None,
    department: str | None,
    *,
    is_leaving: bool = False,
) -> RadarFilter:
    """Raises Invalid for a band or a type that there is not."""
    faults = []
    if band is not None and not 0 <= band < len(bands(policy.limitation_radar_days)):
        faults.append(Fault("band", "problem-not-found"))
    if claim_type is not None and claim_type not in policy.claim_types:
        faults.append(Fault("claim_type", "problem-not-found"))
    if faults:
        raise Invalid(*faults)
    first = month.replace(day=1) if month else None
    return RadarFilter(first, band, claim_type, department, is_leaving)
