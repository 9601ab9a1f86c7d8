"""Which holds stand over claims on a day, and until when."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import HoldReason
from domain.foresight.foreseen import WhyNot

_STANDING = text("""
select claim_id, reason, until from holds where claim_id = any(:claims) and released_on is null
  and (until is null or until >= :on) order by id""")


@dataclass(frozen=True, slots=True)
class StandingHold:
    """*until*: its last day; None: until somebody lifts it."""

    reason: HoldReason
    until: date | None

    def lasts_over(self, day: date) -> bool:
        return self.until is None or self.until >= day

    def reason_on(self, day: date) -> dict[str, Any]:
        """Why something does not come on *day*, and what is to be known of it.

        When the hold has ended by then, the debtor still has the days that it took.
        """
        why = WhyNot.AGREEMENT if self.reason is HoldReason.AGREEMENT else WhyNot.ON_HOLD
        until = self.until.isoformat() if self.until else None
        return {
            "why": why if self.lasts_over(day) else WhyNot.MORE_TIME,
            "facts": {"reason": self.reason.value, "until": until},
        }


Holds = Mapping[str, Sequence[StandingHold]]
"""By claim."""


async def standing_holds(
    connection: AsyncConnection, claim_ids: Collection[str], on: date
) -> Holds:
    """Those in force on the day *on* if nobody lifts them."""
    found: dict[str, list[StandingHold]] = defaultdict(list)
    if claim_ids:
        values = {"claims": sorted(claim_ids), "on": on}
        for row in await connection.execute(_STANDING, values):
            found[row.claim_id].append(StandingHold(HoldReason(row.reason), row.until))
    return found


def longest(holds: Iterable[StandingHold]) -> StandingHold | None:
    """The one that lasts longest, if there is one."""
    return max(holds, key=lambda hold: hold.until or date.max, default=None)
