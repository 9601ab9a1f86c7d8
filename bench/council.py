"""The council's report of a large town: every figure of a quarter from five million lines.

`fill` makes the town, for other measurements too: past the triggers, with the balances, coverages,
stages and moves that those would have kept.
"""

import statistics
import time
from datetime import date
from typing import Any

from sqlalchemy import text

from bench.endings import memory_of
from bench.ground import Ground
from bench.scratch import fill_past_triggers, kinds_of
from persistence.database import Database
from persistence.migrations import upgrade
from policies.loading import load_policy
from reports.council.figures import BRIDGE, CouncilFigure
from reports.council.report import council_figures
from reports.reconciling.report import read_one_moment

CLAIMS, FEW_CLAIMS = 1_000_000, 20_000
PER_CLAIM = 5
ON = date(2026, 8, 17)
PERIOD = (date(2026, 4, 1), date(2026, 6, 30))
_TIMES = 3
_BARE = text("select kind, sum(amount_ore), count(*) from ledger_entries group by kind")

# Claims are registered over three years, every second one has ended: paid in full. Of each there is
# principal, a fee and interest; then, up to *entries* lines, payments: all that is owed of those
# that have ended, a little of the others, or as much given up of one in 100. One of 25 lies with
# the recovery authority; each has moved three times. Numbers say what belongs together, so that
# nothing has to be looked up or written twice; lines lie as they were booked, day by day.
_LINE = "(c.serial - 1) * cast(:entries as int)"
_PAID = """case when n = cast(:entries as int) and c.ending = 'paid'
      then c.principal_ore + 26200 - (n - 4) * 1000 else 1000 end"""
_FILL = f"""
insert into debtors (national_id, national_id_hash, kind, name, address, registered_on)
select to_char(99000000 + n, 'FM00000000'), null, (array['person', 'company'])[1 + (n % 8) / 7],
  'Prøve ' || n, '{{Prøvevej 1}}', :day
from generate_series(1, cast(:claims as int) / 3) n;

insert into claims (id, serial, source, reference, claim_type, policy_version, debtor_id,
  department, description, period_start, period_end, origination_date, due_date,
  last_timely_payment_date, limitation_date, principal_ore, balance_ore, ledger_seq,
  payment_reference, letters, stage, stage_since, waiting_for, is_withdrawn, registered_on,
  ending, ended_on)
select '2026-' || to_char(n, 'FM0000000'), n, 'bench', 'B-' || n,
  (cast(:types as text[]))[1 + kind], 'bench', d.first + n % d.many,
  (cast(:departments as text[]))[1 + kind], 'Prøve', day, day, day, day, day, day + 1095, ore,
  case when n % 2 = 0 then ore + 26200 - 1000 * (cast(:entries as int) - 3) else 0 end,
  cast(:entries as int), 'F-' || n, '{{}}',
  case when n % 2 = 1 then 'ended' when n % 25 = 0 then 'recovery' else (array['demand', 'reminder',
    'dialogue', 'agreement', 'assessment', 'enforcement'])[1 + n % 6] end,
  least(day + 150, :day), '', false, day,
  case when n % 2 = 1 then 'paid' end, case when n % 2 = 1 then least(day + 150, :day) end
from (select min(id) as first, count(*) as many from debtors) d,
  generate_series(1, cast(:claims as int)) n,
  lateral (select (hashint4(n) & 1023) % cast(:kinds as int) as kind,
    cast(:day as date) - (hashint4(n + 7) & 1023) as day,
    10000 + (hashint8(n) & 1048575)::bigint as ore) x;

insert into liabilities (claim_id, debtor_id, limitation_date, first_limitation_date)
select id, debtor_id, limitation_date, limitation_date from claims;

insert into stage_moves (claim_id, moved_on, stage_from, stage_to)
select c.id, least(c.registered_on + m.days, :day), m.origin, m.goal
from claims c cross join lateral (values (0, null, 'demand'), (30, 'demand', 'reminder'),
  (60, 'reminder', 'dialogue'), (150, 'dialogue', c.stage)) m (days, origin, goal)
order by 2, c.serial, m.days;

insert into payments (id, source_reference, claim_id, amount_ore, unused_ore, paid_on, booked_on,
  payment_references, payer, text, channel) overriding system value
select {_LINE} + n, 'bench-' || c.serial || '-' || n, c.id, {_PAID}, 0, x.day, x.day, '{{}}', '',
  '', 'statement'
from claims c cross join generate_series(4, cast(:entries as int)) n
cross join lateral (select least(c.registered_on + 40 + n, :day) as day) x
where c.serial % 100 <> 2;

insert into ledger_entries (id, claim_id, seq, kind, amount_ore, effective_on, booked_on,
  payment_id, actor, rule, legal_basis, facts) overriding system value
select {_LINE} + n, c.id, n, case when n = 1 then 'principal' when n = 2 then 'fee'
    when n = 3 then 'interest' when c.serial % 100 = 2 then 'write-off' else 'payment' end,
  case n when 1 then c.principal_ore when 2 then 25000 when 3 then 1200 else -{_PAID} end,
  x.day, x.day, case when n > 3 and c.serial % 100 <> 2 then {_LINE} + n end, 'bench', 'bench',
  '', '{{}}'
from claims c cross join generate_series(1, cast(:entries as int)) n
cross join lateral (select least(c.registered_on + case n when 1 then 0 when 2 then 30
    when 3 then 35 else 40 + n end, :day) as day) x
order by x.day, c.serial, n;

insert into ledger_coverage (payment_entry_id, debt_entry_id, amount_ore)
select {_LINE} + n, {_LINE} + d.seq, d.ore
from claims c cross join generate_series(4, cast(:entries as int)) n
cross join lateral (select {_PAID} as ore) p
cross join lateral (values (1, case when p.ore = 1000 then 1000 else p.ore - 26200 end),
  (2, case when p.ore = 1000 then 0 else 25000 end),
  (3, case when p.ore = 1000 then 0 else 1200 end)) d (seq, ore)
where d.ore <> 0;

select setval(pg_get_serial_sequence('ledger_entries', 'id'), max(id)) from ledger_entries;

select setval(pg_get_serial_sequence('payments', 'id'), max(id)) from payments;

insert into transfers (claim_id, ledger_seq, amount_ore, is_back, booked_on)
select id, ledger_seq, balance_ore, false, stage_since from claims where stage = 'recovery';
"""


async def fill(database: Database, claims: int, entries_per_claim: int = PER_CLAIM) -> None:
    """A scratch *database* becomes a town; *entries_per_claim* is at least 4."""
    values = kinds_of(load_policy("skanderborg"))
    values |= {"claims": claims, "entries": entries_per_claim, "day": ON}
    await fill_past_triggers(database, _FILL, values)


async def measure(standing: Ground, *, is_small: bool) -> dict[str, Any]:
    """In a database of its own on the ground given."""
    database = Database(await _empty(standing), 2)
    claims = FEW_CLAIMS if is_small else CLAIMS
    try:
        await fill(database, claims)
        return await report_of(standing, database)
    finally:
        await database.close()


async def report_of(standing: Ground, database: Database) -> dict[str, Any]:
    """The report of a town that is filled, beside a bare sum of the same lines."""
    async with memory_of(standing) as peak:
        taken = [await _seconds_to_report(database) for _ in range(_TIMES)]
    bare = statistics.median([await _seconds_to_sum(database) for _ in range(_TIMES)])
    seconds = statistics.median(taken)
    async with database.transaction() as connection:
        counts = text("select (select count(*) from claims), (select count(*) from ledger_entries)")
        claims, entries = (await connection.execute(counts)).one()
    return {
        "report_claims": claims,
        "report_entries": entries,
        "report_s": round(seconds, 2),
        "report_to_bare": round(seconds / bare, 2),
        "report_peak_mb": round(peak[0]),
    }


async def _empty(standing: Ground) -> str:
    url = standing.postgres.url_of("council")
    async with Database(standing.postgres.url, 1).engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await free.execute(text("create database council"))
    await upgrade(url)
    return url


async def _seconds_to_report(database: Database) -> float:
    began = time.perf_counter()
    async with database.transaction() as connection:
        await read_one_moment(connection)
        found = await council_figures(connection, *PERIOD)
    seconds = time.perf_counter() - began
    ore = [found.of(figure).ore for figure in BRIDGE]
    assert sum(ore[:-1]) == ore[-1] > 0, ore
    assert found.of(CouncilFigure.CLOSING).lines > 0
    return seconds


async def _seconds_to_sum(database: Database) -> float:
    began = time.perf_counter()
    async with database.transaction() as connection:
        (await connection.execute(_BARE)).all()
    return time.perf_counter() - began
