"""A town whose inbox is full: a hundred thousand open tasks and a million answered ones.

For a scratch database only: rows go past the triggers, and come with what those would have kept.
"""

import hashlib
from datetime import date

from sqlalchemy.dialects.postgresql import insert

from bench.scratch import fill_past_triggers, kinds_of
from domain.authority import Role
from persistence.database import Database
from persistence.models import User
from policies.loading import load_policy

OPEN, CLOSED = 100_000, 1_000_000
FEW_OPEN, FEW_CLOSED = 20_000, 200_000
PEOPLE = 50
ON = date(2026, 8, 17)

# Of open tasks 1 in 20 is put off, and 1 in 8 is somebody's. Each is about a claim of its own; of
# the answered ones five are about the same.
_FILL = """
insert into debtors (national_id, national_id_hash, kind, name, address, registered_on)
select to_char(99000000 + n, 'FM00000000'), null, 'company',
  (array['Anna', 'Bent', 'Carla', 'Ditte', 'Erik', 'Freja', 'Gorm', 'Hanne', 'Ivar', 'Jytte'])
    [1 + n % 10] || ' ' ||
  (array['Prøvesen', 'Attrap', 'Mønster', 'Kulisse', 'Skabelon', 'Udkast', 'Statist'])[1 + n % 7]
    || ' ' || n,
  array[(array['Prøvevej', 'Attrapgade', 'Kulissestræde'])[1 + n % 3] || ' ' || n % 200,
    '8660 Skanderborg'], :day
from generate_series(1, cast(:debtors as int)) n;

insert into claims (id, serial, source, reference, claim_type, policy_version, debtor_id,
  department, description, period_start, period_end, origination_date, due_date,
  last_timely_payment_date, limitation_date, principal_ore, balance_ore, ledger_seq,
  payment_reference, letters, stage, stage_since, waiting_for, is_withdrawn,
  registered_on)
select '2026-' || to_char(n, 'FM000000'), n, 'bench', 'B-' || n, (cast(:types as text[]))[1 + kind],
  'bench', d.first + n % d.many, (cast(:departments as text[]))[1 + kind], 'Prøve', day, day,
  day, day, day, day + 1095, ore, ore, 0, 'F-' || n, '{}',
  (array['dialogue', 'dialogue', 'assessment', 'reminder', 'enforcement'])[1 + n % 5], day, '',
  false, day
from (select min(id) as first, count(*) as many from debtors) d,
  generate_series(1, cast(:claims as int)) n,
  lateral (select (hashint4(n) & 1023) % cast(:kinds as int) as kind,
    cast(:day as date) - 30 - (hashint4(n + 7) & 1023) as day,
    10000 + (hashint8(n) & 8388607)::bigint / (1 + n % 9) as ore) x;

insert into liabilities (claim_id, debtor_id, limitation_date, first_limitation_date)
select id, debtor_id, limitation_date, limitation_date from claims;

insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, claimed_by,
  facts)
select c.id, 'done-' || t.number, c.id, 'dialogue', 'decided', c.department, c.registered_on,
  c.registered_on + 14, 'person-' || c.serial % :people, '{}'
from claims c cross join generate_series(1, 5) t (number) where c.serial > :open;

insert into decisions (task_id, outcome, reasons, decided_by, decided_at)
select id, (array['go-on', 'promise', 'not-reached'])[1 + id % 3], 'Prøve', claimed_by,
  opened_on + 10
from tasks;

insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, claimed_by,
  claimed_at, snoozed_until, facts, claim_type, stage, balance_ore, limitation_date, debtor_id,
  debtor_order, kind_points, amount_points, limitation_points, age_points)
select c.id, k.kind || '-0', c.id, k.kind, 'open', c.department, k.opened, k.opened + 14,
  case when c.serial % 8 = 0 then 'person-' || c.serial / 8 % :people end,
  case when c.serial % 8 = 0 then now() end,
  case when c.serial % 20 = 7 then cast(:day as date) + 5 end, '{}', c.claim_type, c.stage,
  c.balance_ore, c.limitation_date, c.debtor_id, in_danish_order(d.name),
  (select points from task_weights where part = 'kind' and name = k.kind),
  coalesce((select points from task_weights where part = 'amount' and step <= c.balance_ore
    order by step desc limit 1), 0),
  coalesce((select points from task_weights where part = 'limitation'
    and step <= cast(:day as date) - c.limitation_date order by step desc limit 1), 0),
  least(20, greatest(0, cast(:day as date) - k.opened - 14))
from claims c join debtors d on d.id = c.debtor_id cross join lateral (
  select (array['dialogue', 'dialogue', 'dialogue', 'assessment', 'distraint',
    'limitation-near', 'exception'])[1 + c.serial % 7] as kind,
    cast(:day as date) - (hashint8(c.serial + 3) & 31)::int as opened) k
where c.serial <= :open order by hashint8(c.serial);

insert into task_weighing (id, weighed_on) values (1, :day);
"""


def token_of(number: int) -> str:
    return f"bench-token-{number}"


async def fill(database: Database, opened: int, closed: int) -> None:
    """So many open and answered tasks, and the people who answer them."""
    values = kinds_of(load_policy("skanderborg")) | {
        "debtors": opened // 3,
        "claims": opened + closed // 5,
        "open": opened,
        "day": ON,
        "people": PEOPLE,
    }
    async with database.transaction() as connection:
        await connection.execute(insert(User), [_person(number) for number in range(PEOPLE)])
    await fill_past_triggers(database, _FILL, values)


def _person(number: int) -> dict[str, str]:
    digest = hashlib.sha256(token_of(number).encode()).hexdigest()
    role = Role.CASEWORKER.value
    return {
        "id": f"person-{number}",
        "name": f"Person {number}",
        "role": role,
        "token_sha256": digest,
    }
