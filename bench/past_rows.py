"""Writes made-up lives into the tables as if they had been lived, and copies of them."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from bench.past_lives import MadeLife
from bench.scratch import fill_past_triggers
from domain.replaying.pasts import Origin
from persistence.database import Database

_TABLES = {
    "claims": ("id", "n int", "claim_type", "day date", "ore bigint"),
    "acts": ("n int", "claim", "subject", "key", "kind", "day date", "told"),
    "decisions": ("subject", "key", "outcome", "day date", "look_again date", "agreement"),
    "holds": ("claim", "since date", "until date"),
    "news": ("claim", "n int", "day date"),
    "lines": ("claim", "seq int", "kind", "ore bigint", "day date", "rule"),
    "agreements": ("id", "claim", "day date"),
    "instalments": ("agreement", "n int", "due date", "total bigint"),
}
Rows = dict[str, list[tuple[Any, ...]]]

# A copy is another claim of another debtor; every fourth debtor has two.
_COPY = """
insert into debtors (national_id, national_id_hash, kind, name, address, registered_on)
select to_char(99000000 + n, 'FM00000000'), null, 'company', 'Prøve ' || n, '{Prøvevej 1}',
  '2020-01-01' from generate_series(0, cast(:claims as int) - 1) n;

insert into users (id, name, role, token_sha256) values ('bench', 'Prøve', 'supervisor', '-');

insert into claims (id, serial, source, reference, claim_type, policy_version, debtor_id,
  department, description, period_start, period_end, origination_date, due_date,
  last_timely_payment_date, limitation_date, principal_ore, balance_ore, ledger_seq,
  payment_reference, letters, stage, stage_since, waiting_for, is_withdrawn, registered_on)
select c.id || '-' || k, n + k * :many, 'bench', 'B-' || n + k * :many, c.claim_type, 'bench',
  d.first + (n + k * :many) - ((n + k * :many) % 4) / 3, 'Prøve', 'Prøve', day, day, day, day,
  day + 20, day + 1095, ore, 0, 0, 'F-' || n + k * :many, '{}', 'demand', day, '', false, day
from made_claims c, (select min(id) as first from debtors) d,
  generate_series(0, cast(:copies as int) - 1) k where n + k * :many < :claims;

insert into liabilities (claim_id, debtor_id, limitation_date, first_limitation_date)
select id, debtor_id, limitation_date, limitation_date from claims;

insert into acts (subject, key, kind, done_on, facts)
select m.subject || '-' || k, key, kind, day,
  case when told = '' then '{}' else jsonb_build_object('ending', told, 'outcome', told) end
from made_acts m, generate_series(0, cast(:copies as int) - 1) k
where exists (select from claims c where c.id = m.claim || '-' || k) order by m.n, k;

insert into letters (subject, key, claim_id, debtor_id, letter, days, requested_on, planned_on,
  deadline, state, channel, dispatched_on, delivered_on, facts)
select a.subject, a.key, c.id, c.debtor_id, a.key, 14, a.done_on, a.done_on, a.done_on + 14,
  'delivered', 'digital-post', a.done_on, a.done_on, '{}'
from acts a join claims c on c.id = a.subject where a.kind = 'letter';
update acts set deadline = done_on + 14 where kind = 'letter';

insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, facts)
select subject, key, subject, regexp_replace(key, '-[0-9]+$', ''), 'decided', 'Prøve', done_on,
  done_on, '{}' from acts where kind = 'task';

insert into agreements (id, debtor_id, state, signed_on, grace_days, catch_up_days, owed_ore,
  paid_ore)
select m.id || '-' || k, c.debtor_id, 'kept', day, 7, 14, 0, 0
from made_agreements m, generate_series(0, cast(:copies as int) - 1) k, claims c
where c.id = m.claim || '-' || k;

insert into agreement_claims (agreement_id, claim_id, owed_ore, ledger_seq)
select m.id || '-' || k, m.claim || '-' || k, 0, 1
from made_agreements m, generate_series(0, cast(:copies as int) - 1) k
where exists (select from agreements g where g.id = m.id || '-' || k);

insert into instalments (agreement_id, number, due_on, amount_ore, total_ore)
select g.id, m.n, m.due, 0, m.total from made_instalments m,
  generate_series(0, cast(:copies as int) - 1) k, agreements g
where g.id = m.agreement || '-' || k;

insert into decisions (task_id, outcome, look_again_on, agreement_id, reasons, decided_by,
  decided_at)
select t.id, m.outcome, m.look_again, m.agreement || '-' || k, '', 'bench',
  (m.day + time '13:00') at time zone 'Europe/Copenhagen'
from made_decisions m, generate_series(0, cast(:copies as int) - 1) k, tasks t
where t.subject = m.subject || '-' || k and t.key = m.key;

insert into holds (claim_id, reason, note, since, until, placed_by)
select c.id, 'objection', '', m.since, m.until, 'bench' from made_holds m,
  generate_series(0, cast(:copies as int) - 1) k, claims c
where c.id = m.claim || '-' || k;

insert into recovery_notices (number, claim_id, story_number, kind, text, amount_ore, noticed_on)
select row_number() over (), c.id, m.n, 'executed', '', 0, m.day from made_news m,
  generate_series(0, cast(:copies as int) - 1) k, claims c
where c.id = m.claim || '-' || k;

insert into ledger_entries (claim_id, seq, kind, amount_ore, booked_on, effective_on, actor, rule,
  legal_basis, facts)
select c.id, m.seq, m.kind, m.ore, m.day, m.day, 'bench', m.rule, '', '{}' from made_lines m,
  generate_series(0, cast(:copies as int) - 1) k, claims c where c.id = m.claim || '-' || k;
"""


async def write_lives(database: Database, lives: Sequence[MadeLife], claims: int) -> None:
    """So many *claims*, of which each life is the pattern of as many as the next."""
    rows: Rows = {name: [] for name in _TABLES}
    for number, life in enumerate(lives):
        _collect(rows, life, number)
    copies = -(-claims // len(lives))
    async with database.transaction() as connection:
        for name, columns in _TABLES.items():
            typed = ", ".join(one if " " in one else f"{one} text" for one in columns)
            await connection.execute(text(f"create unlogged table made_{name} ({typed})"))
            names = [one.partition(" ")[0] for one in columns]
            into = f"insert into made_{name} values ({', '.join(':' + one for one in names)})"
            values = [dict(zip(names, row, strict=True)) for row in rows[name]]
            if values:
                await connection.execute(text(into), values)
    await fill_past_triggers(
        database, _COPY, {"claims": claims, "copies": copies, "many": len(lives)}
    )


def _collect(rows: Rows, life: MadeLife, number: int) -> None:
    claim = life.claim
    rows["claims"].append((claim.id, number, claim.claim_type, claim.begun_on, claim.principal_ore))
    for deed in life.deeds:
        place = len(rows["acts"])
        rows["acts"].append(
            (place, claim.id, deed.subject, deed.key, deed.kind, deed.on, deed.told)
        )
    for subject, one, on in life.came:
        if one.answer:
            shift = on - one.on
            again = one.answer.on and one.answer.on + shift
            outcome = one.answer.outcome.value
            rows["decisions"].append((subject, one.key, outcome, on, again, one.answer.agreement))
        elif one.origin is Origin.HELD:
            rows["holds"].append((claim.id, on, one.until and one.until + (on - one.on)))
        elif one.origin is Origin.NEWS:
            rows["news"].append((claim.id, one.number, on))
    _collect_money(rows, life)


def _collect_money(rows: Rows, life: MadeLife) -> None:
    """Each payment but the last is a third of the principal; the last is all that is owed."""
    claim, owed, paid, totals = life.claim, life.claim.principal_ore, 0, []
    lines = [("principal", owed, claim.begun_on, "registration")]
    for on, letter, ore in sorted(_movements(life)):
        if letter:
            lines.append(("fee", ore, on, f"{letter} fee"))
            owed += ore
        else:
            part = owed if ore else claim.principal_ore // 3
            lines.append(("payment", -part, on, ""))
            owed, paid = owed - part, paid + part
            totals.append(paid)
    rows["lines"] += [(claim.id, seq, *line) for seq, line in enumerate(lines, 1)]
    if life.agreement:
        _collect_agreement(rows, life, totals, paid + owed)


def _movements(life: MadeLife) -> Iterator[tuple[date, str, int]]:
    """Day, letter and øre of each fee; of a payment no letter, and whether it is the last."""
    yield from ((on, letter, ore) for letter, on, ore in life.fees)
    for _, one, on in life.came:
        if one.origin is Origin.MONEY:
            yield on, "", int(one.is_settled)


def _collect_agreement(rows: Rows, life: MadeLife, totals: list[int], whole: int) -> None:
    agreement = life.agreement
    assert agreement
    shift = agreement.begun_on - life.claim.begun_on
    rows["agreements"].append((agreement.id, life.claim.id, agreement.begun_on))
    for number, due in enumerate(agreement.dues, 1):
        third = number * (life.claim.principal_ore // 3)
        total = totals[number - 1] if number <= len(totals) else max(third, whole)
        rows["instalments"].append((agreement.id, number, due + shift, total))
