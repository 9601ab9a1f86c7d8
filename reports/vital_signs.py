"""What tells from outside whether the house is well: figures without anybody's name in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import today, working_days_before
from domain.limitation.radar import LAPSED, bands
from domain.policy import Policy
from persistence.limitation.radar import read_alarms, read_radar
from persistence.money.statements import has_bank_told_all
from persistence.sums import Sum

_CLAIMS = text("""
select stage, count(*) as claims, sum(balance_ore)::bigint as ore from claims
where ending is null group by stage order by stage""")
_TASKS = text("""
select kind, count(*) as open, count(*) filter (where due_on < :on) as overdue
from tasks where state = 'open' group by kind order by kind""")
_LETTERS = text("""
select count(*) filter (where state = 'requested' and planned_on < :on) as late,
  count(*) filter (where state = 'dispatched' and dispatched_on < :silent) as unconfirmed,
  count(*) filter (where state = 'undelivered') as undelivered
from letters where state in ('requested', 'undelivered')
  or (state = 'dispatched' and dispatched_on >= :lately)""")
_OUTBOX = text("""
select count(*) as waiting, count(*) filter (where attempts > 0) as troubled,
  coalesce(extract(epoch from now() - min(coalesce(not_before, created_at))), 0)::float as seconds
from outbox where delivered_at is null and (not_before is null or not_before <= now())""")
_ACTIONS = text("""
select count(*) filter (where state = 'requested' and requested_on < :silent) as unsent,
  count(*) filter (where state = 'submitted' and submitted_on < :silent) as unanswered
from recovery_actions where state in ('requested', 'submitted')""")
_STOPS = text("select count(*) from post_stops where released_at is null")
_SILENCE_WORKING_DAYS = 3  # after that a counterpart that says nothing is worth a look
_LATELY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Sign:
    """One figure now. *name* ends with its unit where it counts something else than things."""

    name: str
    worth: float
    of: Mapping[str, str] = field(default_factory=dict)


async def read_vital_signs(
    connection: AsyncConnection, policy: Policy, now: datetime
) -> Sequence[Sign]:
    """As things stand at the town's time *now*."""
    on = today(now)
    signs = [*await _claims(connection), *await _tasks(connection, on)]
    signs += await _ways_out(connection, on)
    signs += await _lapsing(connection, policy, on)
    told = await has_bank_told_all(connection, policy, on - timedelta(days=1))
    stops = (await connection.execute(_STOPS)).scalar_one()
    return [
        *signs,
        Sign("bank_statement_missing", not told),
        Sign("post_stopped", stops > 0),
    ]


async def _claims(connection: AsyncConnection) -> Sequence[Sign]:
    rows = (await connection.execute(_CLAIMS)).all()
    counted = [Sign("claims", row.claims, {"stage": row.stage}) for row in rows]
    return counted + [Sign("claims_ore", row.ore, {"stage": row.stage}) for row in rows]


async def _tasks(connection: AsyncConnection, on: date) -> Sequence[Sign]:
    rows = (await connection.execute(_TASKS, {"on": on})).all()
    counted = [Sign("tasks_open", row.open, {"kind": row.kind}) for row in rows]
    overdue = [Sign("tasks_overdue", row.overdue, {"kind": row.kind}) for row in rows]
    return counted + overdue


async def _lapsing(connection: AsyncConnection, policy: Policy, on: date) -> Sequence[Sign]:
    """As the radar has it: of ours, by the days that are left at most; and what was overlooked."""
    by_band = (await read_radar(connection, policy, on)).by("band")
    near, total = list[Sign](), Sum()
    for band in bands(policy.limitation_radar_days):
        total += by_band.get(band.number, Sum())
        if band.high is not None and band.number != LAPSED:
            of = {"days": str(band.high)}
            near.append(Sign("limitation_near_claims", total.claims, of))
            near.append(Sign("limitation_near_ore", total.ore, of))
    return [*near, Sign("limitation_unasked", len(await read_alarms(connection)))]


async def _ways_out(connection: AsyncConnection, on: date) -> Sequence[Sign]:
    """What should have left us, or have been answered, and has not."""
    silent = working_days_before(on, _SILENCE_WORKING_DAYS)
    days = {"on": on, "silent": silent, "lately": on - _LATELY}
    letters = (await connection.execute(_LETTERS, days)).one()
    outbox = (await connection.execute(_OUTBOX)).one()
    actions = (await connection.execute(_ACTIONS, {"silent": silent})).one()
    return [
        Sign("letters_late", letters.late),
        Sign("letters_unconfirmed", letters.unconfirmed),
        Sign("letters_undelivered", letters.undelivered),
        Sign("outbox_waiting", outbox.waiting),
        Sign("outbox_troubled", outbox.troubled),
        Sign("outbox_oldest_seconds", outbox.seconds),
        Sign("recovery_unsent", actions.unsent),
        Sign("recovery_unanswered", actions.unanswered),
    ]
