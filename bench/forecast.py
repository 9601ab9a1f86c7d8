"""Thirty days foreseen for a large town: each living claim rehearsed, its letters priced."""

import time
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from activities.forecasts import ForecastActivities
from bench.ground import Ground, own_peak_mb
from bench.scratch import fill_past_triggers
from domain.calendar import COPENHAGEN, REAL_TIME
from domain.policy import Policy
from persistence.claims.records import claim_records
from persistence.database import Database
from persistence.migrations import upgrade
from policies.loading import load_policy
from workers.foresight.forecasts import Foresight

CLAIMS, FEW_CLAIMS = 100_000, 3_000
ON = date(2026, 8, 17)
_NOW = datetime(2026, 8, 17, 5, tzinfo=COPENHAGEN)
_BARE_AT_ONCE = 500
_IDS = text("""
select id from claims where ending is null and serial > :after order by serial limit 500""")

# Of ten claims four wait for their first reminder and one for its second; one is talked about, one
# is paid by an agreement of two claims, one lies at the authority, one is held, one has promised.
# Debtors owe three claims each.
_FILL = """
insert into debtors (national_id, national_id_hash, kind, name, address, registered_on)
select to_char(99000000 + n, 'FM00000000'), null, 'company', 'Prøve ' || n, '{Prøvevej 1}', :day
from generate_series(1, cast(:claims as int) / 3) n;

insert into claims (id, serial, source, reference, claim_type, policy_version, debtor_id,
  department, description, period_start, period_end, origination_date, due_date,
  last_timely_payment_date, limitation_date, principal_ore, balance_ore, ledger_seq,
  payment_reference, letters, stage, stage_since, waiting_for, next_on, is_withdrawn,
  registered_on)
select '2026-' || to_char(n, 'FM000000'), n, 'bench', 'B-' || n, 'parking-fee', 'bench',
  d.first + (n - 1) / 3 % d.many, 'Vej og Trafik', 'Prøve', day, day, day, day, day, day + 1095,
  ore, ore, 1, 'F-' || n, cast(:letters as text[]),
  (array['demand', 'demand', 'demand', 'demand', 'reminder', 'dialogue', 'agreement', 'recovery',
    'demand', 'dialogue'])[1 + n % 10], day,
  (array['demand', 'demand', 'demand', 'demand', 'first-reminder', 'dialogue-0', 'dialogue-0',
    'transfer-0-0', 'demand', 'promise-0'])[1 + n % 10],
  case when n % 10 in (0, 1, 2, 3, 4, 8, 9) then cast(:day as date) + n % 28 end, false, day
from (select min(id) as first, count(*) as many from debtors) d,
  generate_series(1, cast(:claims as int)) n,
  lateral (select cast(:day as date) - 60 as day,
    20000 + (hashint8(n) & 1048575)::bigint as ore) x;

insert into liabilities (claim_id, debtor_id, limitation_date, first_limitation_date)
select id, debtor_id, limitation_date, limitation_date from claims;

insert into ledger_entries (claim_id, seq, kind, amount_ore, booked_on, effective_on, actor, rule,
  legal_basis, facts)
select id, 1, 'principal', principal_ore, registered_on, registered_on, 'bench', '', '', '{}'
from claims;

insert into acts (subject, key, kind, done_on, deadline, facts)
select c.id, a.key, a.kind, c.registered_on, a.deadline, '{}'
from claims c cross join lateral (values
  (0, 'demand', 'letter', coalesce(c.next_on, c.registered_on + 14)),
  (4, 'first-reminder', 'letter', coalesce(c.next_on, c.registered_on + 30)),
  (5, 'second-reminder', 'letter', c.registered_on + 45),
  (5, 'dialogue-0', 'task', null),
  (7, 'assessment-0', 'task', null), (7, 'transfer-0-0', 'transfer', null)
) a (place, key, kind, deadline)
where a.place = 0 or c.serial % 10 = 4 and a.place = 4
  or c.serial % 10 in (5, 6, 9) and a.place in (4, 5) or c.serial % 10 = 7;

insert into letters (subject, key, claim_id, debtor_id, letter, days, requested_on, planned_on,
  deadline, state, channel, dispatched_on, delivered_on, facts)
select c.id, a.key, c.id, c.debtor_id, a.key, 14, a.done_on, a.done_on, a.deadline, 'delivered',
  'digital-post', a.done_on, a.done_on, '{}'
from acts a join claims c on c.id = a.subject where a.kind = 'letter';

insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, facts)
select c.id, 'dialogue-0', c.id, 'dialogue', case when c.serial % 10 = 5 then 'open'
  else 'decided' end, c.department, c.registered_on + 50, c.registered_on + 60, '{}'
from claims c where c.serial % 10 in (5, 6, 7, 9);

insert into agreements (id, debtor_id, state, signed_on, grace_days, catch_up_days, owed_ore,
  paid_ore, bears_interest)
select 'A-' || to_char(serial, 'FM000000'), debtor_id, 'active', :day, 5, 10, balance_ore, 0, false
from claims where serial % 10 = 6;

update claims set agreement_id = 'A-' || to_char(serial, 'FM000000') where serial % 10 = 6;

insert into agreement_claims (agreement_id, claim_id, owed_ore)
select agreement_id, id, balance_ore from claims where serial % 10 = 6;

insert into instalments (agreement_id, number, due_on, amount_ore, total_ore)
select c.agreement_id, i, cast(:day as date) + 5 + 30 * (i - 1), c.balance_ore / 2,
  c.balance_ore / 2 * i
from claims c cross join generate_series(1, 2) i where c.serial % 10 = 6;

insert into decisions (task_id, outcome, agreement_id, look_again_on, reasons, decided_by,
  decided_at)
select t.id, case c.serial % 10 when 6 then 'agreement' when 9 then 'promise' else 'go-on' end,
  c.agreement_id, case c.serial % 10 when 9 then c.next_on end, 'Prøve', 'bench', now()
from tasks t join claims c on c.id = t.claim_id where t.state = 'decided';

insert into holds (claim_id, reason, note, since, until, placed_by)
select id, 'investigation', '', registered_on + 10,
  cast(:day as date) + cast(serial % 20 as int), 'bench'
from claims where serial % 10 = 8;
"""


async def measure(standing: Ground, *, is_small: bool) -> dict[str, Any]:
    """As the round does it, beside the barest reading of the same claims' records."""
    claims, policy = FEW_CLAIMS if is_small else CLAIMS, load_policy("skanderborg")
    database = Database(await _empty(standing), 2)
    await fill_past_triggers(database, _FILL, _values(policy, claims))
    bare = await _bare(database, policy)
    seconds = await _foresee(database, policy)
    rows = await _count(database)
    await database.close()
    return {
        "forecast_claims": claims,
        "forecast_rows": rows,
        "forecast_s": round(seconds, 2),
        "forecast_claims_per_s": round(claims / seconds),
        "forecast_peak_mb": round(own_peak_mb()),
        "forecast_to_bare": round(seconds / bare, 2),
    }


async def _empty(standing: Ground) -> str:
    """The URL of a database of its own on the ground given, with every table and no rows."""
    administrator = Database(standing.postgres.url, 1)
    async with administrator.engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await free.execute(text("create database forecast"))
    await administrator.close()
    url = standing.postgres.url_of("forecast")
    await upgrade(url)
    return url


def _values(policy: Policy, claims: int) -> dict[str, Any]:
    steps = policy.claim_type("parking-fee").steps.on(ON) or ()
    return {"claims": claims, "day": ON, "letters": [step.letter.value for step in steps]}


async def _foresee(database: Database, policy: Policy) -> float:
    acts = ForecastActivities(database, policy, Foresight(policy, REAL_TIME))
    began = time.perf_counter()
    await acts.begin(_NOW)
    while await acts.rehearse(_NOW):
        pass
    while await acts.price(_NOW):
        pass
    assert await acts.put_in_force(_NOW), "it was whole"
    return time.perf_counter() - began


async def _bare(database: Database, policy: Policy) -> float:
    """The records of all living claims, read and thrown away; in seconds."""
    began, serial = time.perf_counter(), 0
    async with database.transaction() as connection:
        while ids := list((await connection.execute(_IDS, {"after": serial})).scalars()):
            await claim_records(connection, policy, ids, REAL_TIME, ON)
            serial += _BARE_AT_ONCE
    return time.perf_counter() - began


async def _count(database: Database) -> int:
    async with database.transaction() as connection:
        found = await connection.execute(text("select count(*) from foreseen"))
        return int(found.scalar_one())
