"""What tells from outside whether the house is well: figures without anybody's name in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import today, working_days_before
from domain.policy import Policy
from persistence.money.statements import has_bank_told_all

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
_AT_RISK = text("""
select count(*) as claims, coalesce(sum(balance_ore), 0)::bigint as ore from claims
where ending is null and balance_ore > 0 and limitation_date < :soon
  and stage not in ('transfer', 'recovery')""")
_STOPS = text("select count(*) from post_stops where released_at is null")
_SILENCE_WORKING_DAYS = 3  # after that a counterpart that says nothing is worth a look
_LATELY = timedelta(days=60)
_SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Sign:
    """One figure now. *name* ends with its unit where it counts something else than things."""

    name: str
    worth: float
    of: Mapping[str, str] = field(default_factory=dict)


async def read_vital_signs(
    connection: AsyncConnection, policy: Policy, now: datetime
) -> Sequence[Sign]:
    """As things stand at the town's time *now*; each figure is one pass over few rows."""
    on = today(now)
    signs = [*await _claims(connection), *await _tasks(connection, on)]
    signs += await _ways_out(connection, on)
    at_risk = (await connection.execute(_AT_RISK, {"soon": on + _SOON})).one()
    told = await has_bank_told_all(connection, policy, on - timedelta(days=1))
    stops = (await connection.execute(_STOPS)).scalar_one()
    return [
        *signs,
        Sign("limitation_near_claims", at_risk.claims),
        Sign("limitation_near_ore", at_risk.ore),
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
