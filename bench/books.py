"""A year's books of a large town, made at once: how long they take to reconcile.

For a scratch database only: rows go past the triggers that keep balances, and come with the
balances those would have kept.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.engine import make_url

from persistence.database import Database
from persistence.migrations import upgrade
from reports.balances import debtor_balance
from reports.reconciling.report import read_one_moment, reconcile
from servers.postgres import PostgresServer

ENTRIES, FEW = 500_000, 20_000
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
_TIMES = 5

# Of claim n: principal 1000, interest 8.12, fee 100; on every second one 500 is paid, and the rest
# on those that end with 4, and a correction takes 10 from the others; 1 of 50 is transferred.
_FILL = """
insert into debtors (national_id, kind, name, address, registered_on)
select to_char(99000000 + n, 'FM00000000'), 'company', 'Prøve ApS', '{Prøvevej 1}', '2026-01-01'
from generate_series(1, greatest(1, :claims / 200)) n;

insert into claims (id, serial, source, reference, claim_type, policy_version, debtor_id,
  department, description, period_start, period_end, origination_date, due_date,
  last_timely_payment_date, limitation_date, principal_ore, balance_ore, ledger_seq,
  payment_reference, letters, stage, stage_since, waiting_for, is_withdrawn,
  registered_on)
select '2026-' || to_char(n, 'FM000000'), n, 'bench', 'B-' || n,
  (array['parking-fee', 'day-care', 'rent', 'music-school', 'property-tax'])[1 + n % 5], 'bench',
  d.first + (n - 1) / 200 % d.many, 'finance', 'Prøve', day, day, day, day, day, day + 1095, 100000,
  0, 0, 'F-' || n, '{}', 'demand', day, '', false, day
from (select min(id) as first, count(*) as many from debtors) d,
  generate_series(1, :claims) n, lateral (select date '2026-01-01' + n % 300 as day) on_day;

insert into liabilities (claim_id, debtor_id, limitation_date, first_limitation_date)
select id, debtor_id, limitation_date, limitation_date from claims;

insert into payments (source_reference, claim_id, amount_ore, unused_ore, paid_on, booked_on,
  payment_references, payer, text, channel)
select 'bench-' || c.serial || '-' || p.number, c.id, p.ore, p.unused, c.registered_on + p.after,
  c.registered_on + p.after, '{}', '', '',
  (array['statement', 'betalingsservice'])[1 + c.serial % 2]
from claims c cross join lateral (values (1, 50000, 0, 20), (2, 60912, 100, 40))
  p (number, ore, unused, after)
where p.number = 1 and c.serial % 2 = 0 or p.number = 2 and c.serial % 10 = 4;

insert into ledger_entries (claim_id, seq, kind, amount_ore, effective_on, booked_on, payment_id,
  actor, rule, legal_basis, facts)
select c.id, e.seq, e.kind, e.ore, c.registered_on + e.after, c.registered_on + e.after, p.id,
  'bench', 'bench', '', '{}'
from claims c cross join lateral (values (1, 'principal', 100000, 0, null),
    (2, 'interest', 812, 10, null), (3, 'fee', 10000, 15, null),
    (4, case when c.serial % 2 = 0 then 'payment' else 'fee' end,
      case when c.serial % 2 = 0 then -50000 else 10000 end, 20, 1),
    (5, case when c.serial % 10 = 4 then 'payment' else 'correction' end,
      case when c.serial % 10 = 4 then -60812 else -1000 end, 40, 2))
  e (seq, kind, ore, after, payment)
left join payments p on p.source_reference = 'bench-' || c.serial || '-' || e.payment
order by c.registered_on + e.after, c.serial, e.seq;

insert into ledger_coverage (payment_entry_id, debt_entry_id, amount_ore)
select e.id, d.id, part.ore
from ledger_entries e join ledger_entries d on d.claim_id = e.claim_id and d.seq <= 3
cross join lateral (select case when e.amount_ore = -60812
    then (array[50000, 812, 10000])[d.seq] when d.seq = 1 then -e.amount_ore end as ore) part
where e.amount_ore < 0 and part.ore is not null;

update claims c set balance_ore = e.ore, ledger_seq = 5
from (select claim_id, sum(amount_ore) as ore from ledger_entries group by claim_id) e
where e.claim_id = c.id;

insert into transfers (claim_id, ledger_seq, amount_ore, is_back, booked_on)
select id, ledger_seq, balance_ore, false, registered_on + 50 from claims where serial % 50 = 1;
"""


async def fill(database: Database, entries: int) -> None:
    """Books of *entries* lines; raises AssertionError when they do not balance."""
    async with database.transaction() as connection:
        await connection.execute(text("set local session_replication_role = 'replica'"))
        for statement in re.split(r";\n", _FILL):
            if statement.strip():
                await connection.execute(text(statement), {"claims": entries // 5})
    async with database.engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await free.execute(text("vacuum analyze"))


async def measure(url: str, entries: int) -> dict[str, Any]:
    """Fill the scratch database at *url* with *entries* lines, and measure."""
    database = Database(url, 2)
    try:
        await fill(database, entries)
        reconciled = [await _seconds_to_reconcile(database) for _ in range(3)]
        balance = await _milliseconds_of_a_balance(database)
    finally:
        await database.close()
    copied = await _seconds_to_copy(url)
    seconds = median(reconciled)
    return {
        "entries": entries,
        "reconcile_s": round(seconds, 2),
        "copy_s": round(copied, 2),
        "reconcile_to_copy": round(seconds / copied, 2),
        "debtor_balance_ms": round(balance, 2),
    }


async def _seconds_to_reconcile(database: Database) -> float:
    async with database.transaction() as connection:
        began = time.perf_counter()
        await read_one_moment(connection)
        found = await reconcile(connection, *YEAR)
        seconds = time.perf_counter() - began
    assert found.balances, found.differences[:3]
    return seconds


async def _milliseconds_of_a_balance(database: Database) -> float:
    """Of a debtor with 200 claims, in the middle of the year; the first look learns the plan."""
    taken = []
    async with database.transaction() as connection:
        debtor = (await connection.execute(text("select min(id) from debtors"))).scalar_one()
        for _ in range(1 + _TIMES):
            began = time.perf_counter()
            assert await debtor_balance(connection, debtor, date(2026, 7, 1))
            taken.append(1000 * (time.perf_counter() - began))
    return median(taken[1:])


async def _seconds_to_copy(url: str) -> float:
    """Of the same lines into a table without index, key or trigger: what a disk makes of it."""
    parts = make_url(url)
    connection = await asyncpg.connect(
        host=str(parts.query["host"]), user=parts.username, database=parts.database
    )
    try:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "entries"
            await connection.copy_from_table("ledger_entries", output=file)
            await connection.execute("create table copied (like ledger_entries)")
            began = time.perf_counter()
            await connection.copy_to_table("copied", source=file)
            return time.perf_counter() - began
    finally:
        await connection.close()


@asynccontextmanager
async def scratch() -> AsyncIterator[str]:
    """A durable PostgreSQL with every table and no rows, gone afterwards; its URL."""
    with TemporaryDirectory(prefix="rettidig-bench-") as folder:
        server = PostgresServer(Path(folder) / "postgres")
        await asyncio.to_thread(server.start)
        try:
            await upgrade(server.url)
            yield server.url
        finally:
            await asyncio.to_thread(server.stop)


async def run(*, is_small: bool) -> dict[str, Any]:
    async with scratch() as url:
        return await measure(url, FEW if is_small else ENTRIES)
