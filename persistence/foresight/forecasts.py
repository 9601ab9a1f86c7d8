"""Forecasts: begun, filled a handful of lives at a time, and put in force as a whole."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.foresight.foreseen import Foreseen
from persistence.models import Forecast

MAKING, IN_FORCE = "making", "in-force"
DAYS = 30
"""How far ahead is looked: no rule asks for it."""
_TOO_LONG = timedelta(hours=2)

_BEGIN = text("""
insert into forecasts (state, made_at, first_on, last_on, reached, lives, audit_seen, hold_seen)
select 'making', :at, :first, :last, 0, 0,
  coalesce((select max(id) from audit), 0), coalesce((select max(id) from holds), 0)
where not exists (select from forecasts where state = 'making')
returning id""")
_GIVE_UP = text("delete from forecasts where state = 'making' and made_at < :before")

_KEEP = text("""
insert into foreseen (forecast_id, day, kind, what, subject, key, claim_id, debtor_id, asked_on,
  planned_on, deadline, after, until, letter_id, fee_ore, why, instead_on, facts)
select :forecast, * from unnest(cast(:day as date[]), cast(:kind as text[]), cast(:what as text[]),
  cast(:subject as text[]), cast(:key as text[]), cast(:claim_id as text[]),
  cast(:debtor_id as bigint[]), cast(:asked_on as date[]), cast(:planned_on as date[]),
  cast(:deadline as date[]), cast(:after as text[]), cast(:until as date[]),
  cast(:letter_id as bigint[]), cast(:fee_ore as bigint[]), cast(:why as text[]),
  cast(:instead_on as date[]), cast(:facts as jsonb[]))""")
_COLUMNS = (
    "day", "kind", "what", "subject", "key", "claim_id", "debtor_id", "asked_on",
    "planned_on", "deadline",
    "after", "until", "letter_id", "fee_ore", "why", "instead_on",
)  # fmt: skip

_HOLD_ENDS = text("""
insert into foreseen (forecast_id, day, kind, what, subject, key, claim_id, until, fee_ore, facts)
select :forecast, h.until + 1, 'hold-end', h.reason, h.claim_id, 'hold-' || h.id, h.claim_id,
  h.until, 0, '{}'
from holds h join claims c on c.id = h.claim_id
where h.released_on is null and h.until >= :first and h.until < :last and c.ending is null""")

# What the authority has received is the authority's to watch.
_LAPSES = text("""
insert into foreseen (forecast_id, day, kind, what, subject, key, claim_id, fee_ore, facts)
select :forecast, l.day, 'lapse', l.what, c.id, 'lapse-' || l.what || '-' || l.day, c.id, 0,
  jsonb_build_object('ore', l.ore)
from (
  select id as claim_id, limitation_date as day, 'claim' as what, balance_ore as ore from claims
  where ending is null and limitation_date between :first and :last
  union all
  select e.claim_id, e.limitation_date, 'part', cast(sum(d.amount_ore - coalesce((
      select sum(o.amount_ore) from ledger_coverage o where o.debt_entry_id = d.id), 0)) as bigint)
  from early_lapses e join ledger_entries d using (claim_id, seq)
  where e.limitation_date between :first and :last group by 1, 2
) l join claims c on c.id = l.claim_id
where c.ending is null and c.balance_ore > 0 and c.stage <> 'recovery' and l.ore > 0""")

# What was foreseen and comes no more, though it has not been done: since then something was paid,
# held, agreed or decided.
_VANISHED = text("""
insert into foreseen (forecast_id, day, kind, what, subject, key, claim_id, debtor_id, asked_on,
  planned_on, deadline, after, until, letter_id, fee_ore, why, instead_on, facts)
select n.id, f.day, f.kind, f.what, f.subject, f.key, f.claim_id, f.debtor_id, f.asked_on,
  f.planned_on, f.deadline, f.after, f.until, f.letter_id, f.fee_ore,
  case when c.ending is not null then c.ending when c.is_withdrawn then 'withdrawn'
    when c.balance_ore <= 0 then 'paid' when c.stage in ('transfer', 'recovery') then 'transferred'
    when c.agreement_id is not null then 'agreement' else 'decided' end, null, f.facts
from forecasts n join forecasts o on o.state = 'in-force'
join foreseen f on f.forecast_id = o.id join claims c on c.id = f.claim_id
where n.state = 'making' and f.day >= n.first_on and f.kind in ('letter', 'task', 'transfer')
  and (f.why is null or f.why in ('paid', 'withdrawn', 'written-off', 'settled', 'transferred',
    'agreement', 'decided'))
  and not exists (select from foreseen g where g.forecast_id = n.id and g.claim_id = f.claim_id
    and g.subject = f.subject and g.key = f.key and g.kind = f.kind)
  and not exists (select from acts a where a.subject = f.subject and a.key = f.key)
  and not exists (select from letters l where l.subject = f.subject and l.key = f.key
    and l.state <> 'cancelled')""")
_REPLACE = text("delete from forecasts where state = 'in-force'")


async def begin_forecast(connection: AsyncConnection, now: datetime, first: date) -> int | None:
    """Its number; None when one is being made. One that never came to its end is given up."""
    await connection.execute(_GIVE_UP, {"before": now - _TOO_LONG})
    values = {"at": now, "first": first, "last": first + timedelta(days=DAYS)}
    number: int | None = (await connection.execute(_BEGIN, values)).scalar()
    return number


async def forecast_in_making(connection: AsyncConnection) -> RowMapping | None:
    """Locked, so that two who make it take turns."""
    found = select(Forecast.__table__).where(Forecast.state == MAKING).with_for_update()
    return (await connection.execute(found)).mappings().first()


async def keep_foreseen(
    connection: AsyncConnection, forecast_id: int, rows: Iterable[Foreseen]
) -> None:
    rows = list(rows)
    if not rows:
        return
    values: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in _COLUMNS}
    values |= {
        "forecast": forecast_id,
        "facts": [json.dumps(row.facts) if row.facts else "{}" for row in rows],
    }
    await connection.execute(_KEEP, values)


async def keep_days_of_claims(connection: AsyncConnection, forecast: RowMapping) -> None:
    """What has its day written on the claim: holds that end, and what is time-barred."""
    values = {
        "forecast": forecast["id"],
        "first": forecast["first_on"],
        "last": forecast["last_on"],
    }
    await connection.execute(_HOLD_ENDS, values)
    await connection.execute(_LAPSES, values)


async def note_progress(connection: AsyncConnection, forecast_id: int, **done: Any) -> None:
    """Where the next handful begins, or which day is priced."""
    await connection.execute(update(Forecast).where(Forecast.id == forecast_id).values(**done))


async def put_in_force(connection: AsyncConnection) -> None:
    """It takes the place of the one before, whole; readers see the one or the other."""
    await connection.execute(_VANISHED)
    await connection.execute(_REPLACE)
    made = update(Forecast).where(Forecast.state == MAKING)
    await connection.execute(made.values(state=IN_FORCE))
