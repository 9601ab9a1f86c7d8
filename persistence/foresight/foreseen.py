"""The forecast in force as it stands at the moment of looking: what comes, what does not, and why.

What has been paid or held since it was made does not come, though it was foreseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import is_working_day, today
from domain.deadlines import dispatch_day
from domain.foresight.foreseen import ForeseenKind
from domain.letters import Letter
from domain.policy import Policy
from persistence.columns import every
from persistence.database import plan_anew
from persistence.models import ForeseenRow
from persistence.money.statements import has_bank_told_all
from persistence.post.stops import stops_in_force

_A_DAY = timedelta(days=1)
USUAL_DAYS = 30
"""Over how many days back it is counted how many letters usually leave."""
_HANGING = sorted(letter.value for letter in Letter if letter.hangs_on_a_debt)
_PRESSING = sorted(letter.value for letter in Letter if letter.presses)

_HEAD = text("""
select f.id, f.made_at, f.first_on, f.last_on, f.lives, f.hold_seen,
  (select count(distinct a.subject) from audit a join claims c on c.id = a.subject
    where a.id > f.audit_seen) as changed,
  exists (select from forecasts m where m.state = 'making') as is_being_made
from forecasts f where f.state = 'in-force'""")
_USUAL = text("""
select count(*) from letters where dispatched_on between :since and :until and goes_with is null""")

# A letter that tells of something else than a debt is sent whatever becomes of the debt.
_NOW = f"""
select {every(ForeseenRow, "f")},
  c.claim_type, c.department, array_position(cast(:kinds as text[]), f.kind) as place,
  coalesce(f.why, case
    when f.kind in ('closing', 'hold-end') or f.kind = 'letter' and f.what <> all(:hanging)
      then null
    when c.ending is not null then c.ending
    when c.is_withdrawn then 'withdrawn'
    when c.balance_ore <= 0 then 'paid'
    when f.kind in ('letter', 'fee', 'task', 'transfer') then (
      select case when bool_or(h.until is null or h.until >= f.day) then 'on-hold'
        when count(*) > 0 then 'more-time' end
      from holds h where h.claim_id = f.claim_id and h.id > :held and h.released_on is null
        and h.since <= f.day)
  end, case
    when f.kind <> 'letter' or f.day > :gate then null
    when :is_stopped then 'post-stopped'
    when :is_awaited and f.what = any(:pressing) then 'bank-awaited'
  end) as why_now
from foreseen f join claims c on c.id = f.claim_id
where f.forecast_id = :forecast and f.day between :since and :until
  and (cast(:kind as text) is null or f.kind = :kind)
  and (cast(:type as text) is null or c.claim_type = :type)
  and (cast(:department as text) is null or c.department = :department)"""
_LIST = text(f"""
select n.*, d.name as debtor_name from ({_NOW}) n
left join claims k on k.id = n.claim_id
left join debtors d on d.id = coalesce(n.debtor_id, k.debtor_id)
where (n.why_now is null) = :comes and (n.place, n.day, n.id) > (:place, :day, :after)
order by n.place, n.day, n.id limit :limit""").columns(facts=JSONB)
_COUNTS = text(f"""
select n.day, n.kind, n.why_now is null as comes, count(*) as rows,
  cast(coalesce(sum(n.fee_ore) filter (where n.kind = 'fee'), 0) as bigint) as fee_ore
from ({_NOW}) n group by 1, 2, 3 order by 1, 2""")
_CLAIMS = text(f"""
select distinct n.claim_id from ({_NOW}) n where n.why_now is null
  and n.kind in ('letter', 'fee', 'task', 'transfer') order by 1 limit :limit""")


@dataclass(frozen=True, slots=True)
class Gates:
    """What lets no letter out now: *stops* in force; *is_bank_awaited*: nobody is pressed."""

    stops: Sequence[Any]
    is_bank_awaited: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """The forecast in force, and how the house's own gates stand. *usual*: letters a working day.

    *head* is None as long as nobody has looked ahead.
    """

    on: date
    head: RowMapping | None
    gates: Gates
    usual: int


@dataclass(frozen=True, slots=True)
class ForeseenFilter:
    """Of which days, both included, and which of what comes or does not; None narrows nothing."""

    since: date
    until: date
    comes: bool = True
    kind: str | None = None
    claim_type: str | None = None
    department: str | None = None

    def whole(self, looked: Looked) -> "ForeseenFilter":
        """Of all days, and every kind."""
        assert looked.head, "there is a forecast"
        since, until = looked.head["first_on"], looked.head["last_on"]
        return replace(self, since=since, until=until, kind=None)


async def look(connection: AsyncConnection, policy: Policy, now: datetime) -> Looked:
    on = today(now)
    head = (await connection.execute(_HEAD)).mappings().first()
    stops = await stops_in_force(connection)
    is_awaited = not await has_bank_told_all(connection, policy, on - _A_DAY)
    return Looked(on, head, Gates(stops, is_awaited), await _usual(connection, on))


async def _usual(connection: AsyncConnection, on: date) -> int:
    """How many letters have left on a working day lately, on average."""
    days = [on - n * _A_DAY for n in range(1, USUAL_DAYS + 1)]
    values = {"since": days[-1], "until": days[0]}
    sent = int((await connection.execute(_USUAL, values)).scalar_one())
    return round(sent / max(sum(map(is_working_day, days)), 1))


async def list_foreseen(
    connection: AsyncConnection,
    looked: Looked,
    narrow: ForeseenFilter,
    after: tuple[int, date, int] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Kind by kind, in the order of days; *why_now*: why one does not come, as all is now.

    *after*: the ``place``, ``day`` and ``id`` of the last row of the page before.
    """
    if looked.head is None:
        return []
    place, day, number = after or (0, date.min, 0)
    values = _values(looked, narrow)
    values |= {"place": place, "day": day, "after": number, "limit": limit}
    await plan_anew(connection)
    return (await connection.execute(_LIST, values | {"comes": narrow.comes})).mappings().all()


async def count_foreseen(
    connection: AsyncConnection, looked: Looked, narrow: ForeseenFilter
) -> Sequence[RowMapping]:
    """By day, kind and whether it *comes*: ``rows``, and ``fee_ore`` in øre."""
    if looked.head is None:
        return []
    await plan_anew(connection)
    return (await connection.execute(_COUNTS, _values(looked, narrow))).mappings().all()


async def claims_foreseen(
    connection: AsyncConnection, looked: Looked, narrow: ForeseenFilter, most: int
) -> list[str]:
    """The claims of what comes and a hold would stop, *most* of them."""
    if looked.head is None:
        return []
    await plan_anew(connection)
    values = _values(looked, narrow) | {"limit": most}
    return list((await connection.execute(_CLAIMS, values)).scalars())


def _values(looked: Looked, narrow: ForeseenFilter) -> dict[str, Any]:
    assert looked.head, "there is a forecast"
    return {
        "forecast": looked.head["id"],
        "held": looked.head["hold_seen"],
        "gate": dispatch_day(looked.on),
        "is_stopped": bool(looked.gates.stops),
        "is_awaited": looked.gates.is_bank_awaited,
        "kinds": [kind.value for kind in ForeseenKind],
        "hanging": _HANGING,
        "pressing": _PRESSING,
        "since": narrow.since,
        "until": narrow.until,
        "kind": narrow.kind,
        "type": narrow.claim_type,
        "department": narrow.department,
    }
