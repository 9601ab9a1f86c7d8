"""What the tables hold about claims and agreements that hang together, as it was on a day."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Executable, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.tasks.taking_back import IS_FINAL_ANSWER

_CLAIMS = text("""
select c.id as subject, c.claim_type, c.registered_on, c.last_timely_payment_date,
  c.principal_ore, c.policy_version,
  (select array_agg(b.debtor_id order by b.debtor_id) from liabilities b where b.claim_id = c.id)
    as debtors
from claims c where c.id = any(:ids) order by c.id""")
_AGREEMENTS = text("""
select g.id as subject, g.signed_on, g.grace_days, g.catch_up_days, g.ended_by is not null
    as is_ended_by_hand,
  (select jsonb_agg(jsonb_build_array(k.claim_id, k.ledger_seq) order by k.claim_id)
    from agreement_claims k where k.agreement_id = g.id) as claims,
  (select jsonb_agg(jsonb_build_array(i.due_on, i.total_ore) order by i.number)
    from instalments i where i.agreement_id = g.id) as instalments
from agreements g where g.signed_on <= :until and exists (select from agreement_claims k
  where k.agreement_id = g.id and k.claim_id = any(:ids)) order by g.id
""").columns(claims=JSONB, instalments=JSONB)
_ACTS = text("""
select subject, key, kind, done_on, deadline, facts from acts
where subject = any(:ids) and done_on <= :until order by id""").columns(facts=JSONB)
_LETTERS = text("""
select l.subject, l.key, max(l.deadline) as deadline, max(l.dispatched_on) as left_on,
  bool_or(l.state in ('requested', 'undelivered') or l.dispatched_on > :until) as is_waiting,
  bool_or(l.dispatched_on > l.planned_on or l.deadline > a.deadline) as is_late
from letters l join acts a on a.subject = l.subject and a.key = l.key
where l.subject = any(:ids) and l.state <> 'cancelled' and a.done_on <= :until
group by l.subject, l.key
having bool_or(l.state in ('requested', 'undelivered') or l.dispatched_on > :until
  or l.dispatched_on > l.planned_on or l.deadline > a.deadline)""")
_DECISIONS = text(f"""
select t.subject, t.key, d.outcome, d.look_again_on, d.agreement_id,
  (d.decided_at at time zone 'Europe/Copenhagen')::date as decided_on
from tasks t join decisions d on d.task_id = t.id
where t.subject = any(:ids) and {IS_FINAL_ANSWER}
  and (d.decided_at at time zone 'Europe/Copenhagen')::date <= :until order by d.id""")
_HOLDS = text("""
select claim_id as subject, id, since, until, released_on, note, reason from holds
where claim_id = any(:ids) and since <= :until order by id""")
_STOPS = text("""
select claim_id as subject, waiting_for, until_key, until_day,
  (decided_at at time zone 'Europe/Copenhagen')::date as decided_on
from stage_proposals where claim_id = any(:ids) and state = 'approved' and until_key is not null
  and (decided_at at time zone 'Europe/Copenhagen')::date <= :until order by id""")
_NEWS = text("""
select claim_id as subject, story_number, kind, noticed_on from recovery_notices
where claim_id = any(:ids) and story_number is not null and noticed_on <= :until
order by story_number""")
_LINES = text("""
select claim_id as subject, id, seq, kind, amount_ore, effective_on, booked_on, rule,
  (facts ->> 'fee')::bigint as fee, payment_id from ledger_entries
where claim_id = any(:ids) and booked_on <= :until order by claim_id, seq""")

_STATEMENTS = text("""
select s.account as subject, f.received_on, s.last_day from bank_statements s
join files f on f.id = s.file_id
where s.message = 'statement' and f.state = 'done' and f.received_on <= :until order by s.id""")
# In which order the stories were told; messages are kept.
_TOLD = text("""
select regexp_replace(target, '^(claim|agreement)-', '') as subject, id, name, payload from outbox
where target = any(:targets) order by id""").columns(payload=JSONB)

Rows = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class PastRows:
    """Each by the claim or agreement it is about."""

    claims: list[Any]
    agreements: list[Any]
    acts: Rows
    letters: Rows
    decisions: Rows
    holds: Rows
    stops: Rows
    news: Rows
    lines: Rows
    told: Rows
    statements: Rows


async def read_rows(connection: AsyncConnection, claims: Collection[str], until: date) -> PastRows:
    ids, day = {"ids": sorted(claims)}, {"until": until}
    agreements = list((await connection.execute(_AGREEMENTS, ids | day)).all())
    all_ids = {"ids": sorted([*claims, *(row.subject for row in agreements)])}
    targets = [f"claim-{one}" for one in claims]
    targets += [f"agreement-{row.subject}" for row in agreements]
    return PastRows(
        claims=list((await connection.execute(_CLAIMS, ids)).all()),
        agreements=agreements,
        acts=await _by_subject(connection, _ACTS, all_ids | day),
        letters=await _by_subject(connection, _LETTERS, all_ids | day),
        decisions=await _by_subject(connection, _DECISIONS, ids | day),
        holds=await _by_subject(connection, _HOLDS, ids | day),
        stops=await _by_subject(connection, _STOPS, ids | day),
        news=await _by_subject(connection, _NEWS, ids | day),
        lines=await _by_subject(connection, _LINES, ids | day),
        told=await _by_subject(connection, _TOLD, {"targets": targets}),
        statements=await _by_subject(connection, _STATEMENTS, day) if agreements else {},
    )


async def _by_subject(
    connection: AsyncConnection, query: Executable, values: dict[str, Any]
) -> Rows:
    found: Rows = defaultdict(list)
    for row in await connection.execute(query, values):
        found[row.subject].append(row)
    return found
