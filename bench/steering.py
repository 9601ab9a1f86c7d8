"""What supervisors ask of a large town: where all claims stand, and which way they went."""

import hashlib
import time
from functools import partial
from typing import Any

from sqlalchemy import insert, text

from bench.ground import ground, prepare
from bench.inbox_looking import p95, times_of, visitor
from bench.inbox_town import ON, token_of
from bench.scratch import fill_past_triggers, kinds_of
from bench.serving import serving
from domain.authority import Role
from persistence.database import Database
from persistence.models import User
from policies.loading import load_policy

CLAIMS, FEW_CLAIMS = 1_000_000, 100_000
_BARE = text("select stage, count(*), sum(balance_ore) from claims where ending is null group by 1")
_TIMES, _FEW_TIMES = 12, 5

# Every second claim has ended; each has moved four times on its way.
_FILL = """
insert into debtors (national_id, national_id_hash, kind, name, address, registered_on)
select to_char(99000000 + n, 'FM00000000'), null, (array['person', 'company'])[1 + n % 2],
  'Prøve ' || n, '{Prøvevej 1}', :day
from generate_series(1, cast(:claims as int) / 3) n;

insert into claims (id, serial, source, reference, claim_type, policy_version, debtor_id,
  department, description, period_start, period_end, origination_date, due_date,
  last_timely_payment_date, limitation_date, principal_ore, balance_ore, ledger_seq,
  payment_reference, letters, stage, stage_since, waiting_for, is_withdrawn, registered_on,
  ending, ended_on)
select '2026-' || to_char(n, 'FM0000000'), n, 'bench', 'B-' || n,
  (cast(:types as text[]))[1 + kind], 'bench', d.first + n % d.many,
  (cast(:departments as text[]))[1 + kind], 'Prøve', day, day, day, day, day, day + 1095, ore,
  case when n % 2 = 0 then ore else 0 end, 0, 'F-' || n, '{}',
  case when n % 2 = 0 then (array['demand', 'reminder', 'reminder', 'dialogue', 'agreement',
    'assessment', 'recovery'])[1 + n % 7] else 'ended' end,
  day + (hashint4(n + 3) & 255), '', false, day,
  case when n % 2 = 1 then 'paid' end, case when n % 2 = 1 then day + 60 end
from (select min(id) as first, count(*) as many from debtors) d,
  generate_series(1, cast(:claims as int)) n,
  lateral (select (hashint4(n) & 1023) % cast(:kinds as int) as kind,
    cast(:day as date) - 300 - (hashint4(n + 7) & 1023) as day,
    10000 + (hashint8(n) & 1048575)::bigint as ore) x;

insert into stage_moves (claim_id, moved_on, stage_from, stage_to)
select c.id, m.on_day, m.origin, m.goal
from claims c cross join lateral (values (c.registered_on, null, 'demand'),
  (c.registered_on + 30, 'demand', 'reminder'), (c.registered_on + 60, 'reminder', 'dialogue'),
  (c.stage_since, 'dialogue', c.stage)) m (on_day, origin, goal);
"""


async def run(*, is_small: bool) -> dict[str, Any]:
    claims = FEW_CLAIMS if is_small else CLAIMS
    with ground() as standing:
        url = await prepare(standing)
        database = Database(url, 2)
        await _fill(database, claims)
        with serving(standing, url) as port:
            figures = await _look(database, port, _FEW_TIMES if is_small else _TIMES)
        await database.close()
    return {"claims": claims} | figures


async def _fill(database: Database, claims: int) -> None:
    digest = hashlib.sha256(token_of(0).encode()).hexdigest()
    supervisor = {"id": "person-0", "name": "Prøve", "role": Role.SUPERVISOR.value}
    async with database.transaction() as connection:
        await connection.execute(insert(User).values(supervisor | {"token_sha256": digest}))
    values = kinds_of(load_policy("skanderborg")) | {"claims": claims, "day": ON}
    await fill_past_triggers(database, _FILL, values)


async def _look(database: Database, port: int, times: int) -> dict[str, Any]:
    """Each way of looking at the flow beside the barest sum of the same claims."""
    asked = {
        "flow_page_ms": "/api/v1/flow",
        "flow_of_a_type_ms": "/api/v1/flow?type=parking-fee",
        "flow_of_companies_ms": "/api/v1/flow?kind=company",
        "flow_claims_ms": "/api/v1/flow/claims?stage=dialogue",
    }
    bare = await _bare(database, times)
    found: dict[str, Any] = {"bare_sum_ms": round(bare)}
    async with visitor(port, 0) as client:
        for name, path in asked.items():
            ask = partial(client.get, path)
            await times_of(ask, 1)  # statements are compiled, and read from the disk
            found[name] = round(p95(await times_of(ask, times)))
    return found | {"flow_to_bare": round(found["flow_page_ms"] / bare, 2)}


async def _bare(database: Database, times: int) -> float:
    """In milliseconds."""
    found = []
    async with database.transaction() as connection:
        for _ in range(times):
            began = time.perf_counter()
            (await connection.execute(_BARE)).all()
            found.append(1000 * (time.perf_counter() - began))
    return p95(found)
