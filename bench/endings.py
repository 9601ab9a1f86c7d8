"""The ends of claims in a large town: what the night looks through, and how much memory it takes.

Each sweep is one of `SWEEPS`; what else looks at every open claim at night is added there.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, timedelta
from typing import Any

import psutil
from sqlalchemy import text

from bench.ground import Ground, ground, own_peak_mb, prepare
from bench.scratch import fill_past_triggers, kinds_of
from bench.transfers import transfer_batch
from domain.calendar import working_days_after
from domain.policy import Policy
from persistence.database import Database
from persistence.limitation.radar import read_radar
from persistence.limitation.watch import sweep_limitation
from persistence.recovery.preflights import sweep
from persistence.tasks.weighing import weigh
from policies.loading import load_policy

CLAIMS, FEW_CLAIMS = 200_000, 20_000
ON = date(2026, 8, 17)
_MEGABYTE = 1024 * 1024
_LOOK_EVERY = 0.1
_MOST_WEIGHINGS = 100

# Limitation dates lie over three years, the first of them a month ago. Every second claim has been
# asked about before, every fifth has moved its date, every fiftieth is at the authority.
_FILL = """
insert into debtors (national_id, national_id_hash, kind, name, address, registered_on)
select to_char(99000000 + n, 'FM00000000'), null, 'company', 'Prøve ' || n, '{Prøvevej 1}', :day
from generate_series(1, cast(:claims as int) / 3) n;

insert into claims (id, serial, source, reference, claim_type, policy_version, debtor_id,
  department, description, period_start, period_end, origination_date, due_date,
  last_timely_payment_date, limitation_date, principal_ore, balance_ore, ledger_seq,
  payment_reference, letters, stage, stage_since, waiting_for, is_withdrawn,
  registered_on)
select '2026-' || to_char(n, 'FM000000'), n, 'bench', 'B-' || n, (cast(:types as text[]))[1 + kind],
  'bench', d.first + n % d.many, (cast(:departments as text[]))[1 + kind], 'Prøve', day, day,
  day, day, day, day + 1095, ore, ore, 0, 'F-' || n, '{}',
  (array['dialogue', 'assessment', 'reminder', 'enforcement', 'transfer', 'recovery'])
    [case when n % 50 = 0 then 6 when n % 50 = 1 then 5 else 1 + n % 4 end], day, '', false, day
from (select min(id) as first, count(*) as many from debtors) d,
  generate_series(1, cast(:claims as int)) n,
  lateral (select (hashint4(n) & 1023) % cast(:kinds as int) as kind,
    cast(:day as date) - 1125 + (hashint4(n + 7) & 1048575) % 1095 as day,
    10000 + (hashint8(n) & 1048575)::bigint as ore) x;

insert into liabilities (claim_id, debtor_id, limitation_date, first_limitation_date)
select id, debtor_id, limitation_date, limitation_date from claims;

insert into limitation_events (claim_id, debtor_id, kind, happened_on, limitation_date, source)
select id, debtor_id, 'acknowledgement', registered_on, limitation_date, 'bench' from claims
where serial % 5 = 0;

insert into ledger_entries (claim_id, seq, kind, amount_ore, booked_on, effective_on, actor, rule,
  legal_basis, facts)
select id, 1, 'principal', principal_ore, registered_on, registered_on, 'bench', '', '', '{}'
from claims;

insert into letters (subject, key, claim_id, debtor_id, letter, days, requested_on, planned_on,
  deadline, state, channel, dispatched_on, delivered_on, facts)
select c.id, l.letter, c.id, c.debtor_id, l.letter, 14, l.day, l.day, l.day + 14, 'delivered',
  'digital-post', l.day, l.day, '{}'
from claims c cross join lateral (values ('demand', c.registered_on),
  ('second-reminder', c.registered_on + 30)) l (letter, day) where c.serial % 3 > 0;

insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, facts)
select id, 'assessment-0', id, 'assessment', 'decided', department, registered_on + 60,
  registered_on + 74, '{}' from claims where serial % 2 = 0;

insert into task_weighing (id, weighed_on) values (1, :day);
"""

Sweep = Callable[[Database, Policy, date], Awaitable[None]]


async def _limitation(database: Database, policy: Policy, on: date) -> None:
    """As the daily watch does it, and the inbox is weighed anew."""
    due = working_days_after(on, policy.exception_days)
    async with database.transaction() as connection:
        await sweep_limitation(connection, policy, on, due)
    for _ in range(_MOST_WEIGHINGS):
        async with database.transaction() as connection:
            if await weigh(connection, on):
                return


async def _preflight(database: Database, policy: Policy, on: date) -> None:
    """Every open claim is held against the recovery authority's rules."""
    after: str | None = ""
    while after is not None:
        async with database.transaction() as connection:
            after = await sweep(connection, policy, on, after)


SWEEPS: tuple[Sweep, ...] = (_limitation, _preflight)


async def run(*, is_small: bool) -> dict[str, Any]:
    """The worst night, in which nobody has been asked about anything, and an ordinary one."""
    claims = FEW_CLAIMS if is_small else CLAIMS
    policy = load_policy("skanderborg")
    with ground() as standing:
        database = Database(await prepare(standing), 4)
        values = kinds_of(policy) | {"claims": claims, "day": ON}
        await fill_past_triggers(database, _FILL, values)
        async with memory_of(standing) as peak:
            worst = await _night(database, policy, ON)
            ordinary = await _night(database, policy, ON + timedelta(days=1))
        began = time.monotonic()
        async with database.transaction() as connection:
            await read_radar(connection, policy, ON)
        radar = time.monotonic() - began
        asked = await _count(database)
        await database.close()
    with ground() as standing:
        sent = await transfer_batch(await prepare(standing), is_small=is_small)
    return {
        "claims": claims,
        "tasks_opened": asked,
        "worst_night_s": round(worst, 2),
        "ordinary_night_s": round(ordinary, 2),
        "radar_ms": round(radar * 1000),
        "sweep_claims_per_s": round(claims / worst),
        "peak_mb": round(peak[0]),
        **sent,
    }


async def _night(database: Database, policy: Policy, on: date) -> float:
    began = time.monotonic()
    for look in SWEEPS:
        await look(database, policy, on)
    return time.monotonic() - began


async def _count(database: Database) -> int:
    query = "select count(*) from tasks where kind like 'limitation-%'"
    async with database.transaction() as connection:
        return int((await connection.execute(text(query))).scalar_one())


@asynccontextmanager
async def memory_of(standing: Ground) -> AsyncIterator[list[float]]:
    """The most, in megabytes, that this process and the database's own have used together."""
    peak = [0.0]

    async def look() -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            peak[0] = max(peak[0], own_peak_mb() + await asyncio.to_thread(_of_database, standing))

    looking = asyncio.create_task(look())
    try:
        yield peak
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


def _of_database(standing: Ground) -> float:
    """Without the buffers that its processes share, which are as large as they are told to be."""
    total = 0
    for process in psutil.Process(standing.postgres.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            total += process.memory_full_info().uss
    return total / _MEGABYTE
