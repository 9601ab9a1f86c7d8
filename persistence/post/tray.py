"""The post room's tray: which letters may leave, what they are about, and what has left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.letters import Letter
from persistence.debtors.numbers import with_numbers
from persistence.models import Claim, LetterRow, OutboxRow
from persistence.tasks.taking_back import is_final
from traces.carrying import carrying

# Whole debtors at a time, so that what leaves as one is seen as one.
_DEBTORS = text(f"""
select d.id, d.national_id, d.sealed_number, d.kind from debtors d where d.id in (
  select distinct debtor_id from letters where state = 'requested' and channel = :channel
    and planned_on <= :on and debtor_id > :after and {is_final("letters", "letters.id")}
  order by debtor_id limit :limit)
order by d.id""")

_NEXT = text(f"""
select id, claim_id from letters where state = 'requested' and channel = :channel
  and planned_on <= :on and debtor_id = any(:debtors) and {is_final("letters", "letters.id")}""")

# A claim that came along in an agreement is held; the agreement's own letters about it are not.
# A fee belongs to all copies of its letter, and is earned as soon as one of them has left. The fee
# of a hearing belongs to all its notices, also when it is moved and to owners who owe nothing.
# Where others live is hidden from who does not live there.
_LETTERS = text("""
select l.id, l.subject, l.key, l.claim_id, l.letter, l.days, l.planned_on, l.deadline, l.channel,
  l.template, l.goes_with, l.facts, l.requested_on, c.claim_type, c.balance_ore, c.ending,
  c.is_withdrawn, c.stage, c.last_timely_payment_date, c.transfer_notice_with, d.id as debtor_id,
  d.national_id, d.sealed_number, d.kind, d.name, d.address, d.language, d.is_protected, d.status,
  (select count(*) from tasks t where t.subject = 'letter-' || l.id and t.state = 'decided')
    as resends,
  exists (select from liabilities b where b.claim_id = c.id and b.debtor_id = d.id
    and b.discharged_on is null) as is_liable,
  (select array_agg(o.name) from liabilities b join debtors o on o.id = b.debtor_id
    where b.claim_id = c.id and b.debtor_id <> d.id and b.discharged_on is null) as co_debtors,
  (select array_agg(o.address[1]) from (
      select b.debtor_id from liabilities b where b.claim_id = c.id union
      select w.debtor_id from distraint_owners w join distraints x on x.id = w.distraint_id
      where x.claim_id = c.id) p join debtors o on o.id = p.debtor_id
    where o.is_protected and o.id <> d.id and o.address[1] <> ''
      and o.address[1] <> all(d.address)) as hidden_homes,
  exists (select from holds h where h.claim_id = c.id and h.released_on is null
    and (h.reason <> 'agreement' or l.subject = c.id)
    and (h.until is null or h.until >= :on)) as is_held,
  (select jsonb_build_object('id', e.id, 'ore', e.amount_ore, 'basis', e.legal_basis)
    from ledger_entries e where e.claim_id = c.id and e.kind = 'fee'
      and (e.booked_on = l.requested_on and starts_with(e.rule, l.letter || ' ')
        or e.id = (select d.fee_entry_id from distraints d
          where d.id = cast(l.facts -> 'hearing' ->> 'distraint' as bigint)))
      and not exists (select from ledger_entries k where k.claim_id = c.id
        and k.kind = 'correction' and k.facts ->> 'fee' = e.id::text)
    limit 1) as fee,
  exists (select from letters o where o.subject = l.subject and o.dispatched_on is not null
    and (o.key = l.key or starts_with(o.key,
      'hearing-' || (l.facts -> 'hearing' ->> 'distraint') || '-'))) as is_fee_earned,
  (select d.called_off_on is not null or t.state <> 'open' from distraints d
    join tasks t on t.subject = d.claim_id and t.key = d.task_key
    where d.id = cast(l.facts -> 'hearing' ->> 'distraint' as bigint)) as is_hearing_off
from letters l join claims c on c.id = l.claim_id join debtors d on d.id = l.debtor_id
where l.id = any(:ids) and l.state = 'requested' order by l.id
""").columns(fee=JSONB, facts=JSONB)

_ACCOUNTS = text("""
select c.id, c.claim_type, c.description, c.period_start, c.period_end, c.payment_reference,
  c.balance_ore, c.ending, c.is_withdrawn, c.agreement_id,
  (select coalesce(jsonb_agg(jsonb_build_array(kind, ore, basis) order by place), '[]'::jsonb)
    from (select e.kind, min(e.seq) as place, max(e.legal_basis) as basis,
        sum(e.amount_ore - coalesce((select sum(v.amount_ore) from ledger_coverage v
          where v.debt_entry_id = e.id), 0)) as ore
      from ledger_entries e where e.claim_id = c.id
        and e.kind in ('principal', 'interest', 'fee', 'court-fee') group by e.kind) kinds
    where ore > 0) as open
from claims c where c.id = any(:ids) order by c.id
""").columns(open=JSONB)

_AGREEMENTS = text("""
select g.id, g.state, g.paid_ore,
  (select jsonb_agg(jsonb_build_object('number', i.number, 'due', i.due_on,
      'ore', i.amount_ore, 'total', i.total_ore) order by i.number)
    from instalments i where i.agreement_id = g.id) as instalments,
  (select array_agg(k.claim_id order by k.claim_id) from agreement_claims k
    where k.agreement_id = g.id) as claims
from agreements g where g.id = any(:ids)
""").columns(instalments=JSONB)


_SHARED_FEE = text("""
select exists (select from letters l join liabilities b on b.debtor_id = l.debtor_id
  join ledger_entries e on e.claim_id = l.claim_id and e.kind = 'fee'
    and e.booked_on = l.requested_on and starts_with(e.rule, l.letter || ' ')
  where b.claim_id = :claim and l.claim_id <> :claim and l.subject = l.claim_id
    and l.state = 'requested' and l.planned_on = :on and l.letter = any(:merges))""")


@dataclass(frozen=True, slots=True)
class Tray:
    """A handful of letters, with the accounts and agreements they are about, by id."""

    letters: Sequence[RowMapping]
    accounts: dict[str, RowMapping]
    agreements: dict[str, RowMapping]


async def next_debtors(
    connection: AsyncConnection, channel: str, on: date, after: int, limit: int
) -> Sequence[Any]:
    """Id, CPR or CVR number and kind of those with letters that were to leave by *on*."""
    values = {"channel": channel, "on": on, "after": after, "limit": limit}
    rows = (await connection.execute(_DEBTORS, values)).mappings()
    return with_numbers(connection, rows, "registers")


async def take_tray(
    connection: AsyncConnection, channel: str, on: date, debtors: Sequence[int]
) -> Tray:
    """The letters to *debtors* that were to leave by *on*, with their claims locked."""
    values = {"channel": channel, "on": on, "debtors": list(debtors)}
    rows = (await connection.execute(_NEXT, values)).all()
    await _lock({row.claim_id for row in rows}, connection)
    return await read_tray(connection, [row.id for row in rows], on)


async def read_tray(connection: AsyncConnection, ids: Sequence[int], on: date) -> Tray:
    """Those of the letters *ids* that have not left, as all is at this moment.

    Numbers are as they are kept: `persistence.debtors.numbers.open_number` opens them.
    """
    found = await connection.execute(_LETTERS, {"ids": list(ids), "on": on})
    letters = found.mappings().all()
    claims = {row["claim_id"] for row in letters}
    agreements = await _agreements_of(connection, letters)
    claims |= {claim for agreement in agreements.values() for claim in agreement["claims"] or ()}
    accounts = (await connection.execute(_ACCOUNTS, {"ids": sorted(claims)})).mappings()
    return Tray(letters, {row["id"]: row for row in accounts}, agreements)


async def _lock(claims: Iterable[str], connection: AsyncConnection) -> None:
    """Claims are locked first and in the order of their ids, so that nobody waits in a circle."""
    lock = select(Claim.id).where(Claim.id.in_(sorted(claims))).order_by(Claim.id)
    await connection.execute(lock.with_for_update(key_share=True))


async def _agreements_of(
    connection: AsyncConnection, letters: Iterable[RowMapping]
) -> dict[str, RowMapping]:
    ids = sorted({row["subject"] for row in letters if row["subject"] != row["claim_id"]})
    if not ids:
        return {}
    rows = (await connection.execute(_AGREEMENTS, {"ids": ids})).mappings()
    return {row["id"]: row for row in rows}


async def is_fee_shared(
    connection: AsyncConnection, claim_id: str, planned_on: date, merges: Iterable[Letter]
) -> bool:
    """Whether a letter that the next one about the claim will leave with has a fee already."""
    values = {"claim": claim_id, "on": planned_on, "merges": sorted(merges)}
    return bool((await connection.execute(_SHARED_FEE, values)).scalar())


async def cancel_letters(connection: AsyncConnection, ids: Sequence[int]) -> None:
    if ids:
        statement = update(LetterRow).where(LetterRow.id.in_(ids), LetterRow.state == "requested")
        await connection.execute(statement.values(state="cancelled"))


async def mark_sent(connection: AsyncConnection, ids: Sequence[int], on: date) -> None:
    """They have left, even those that someone cancelled in the same moment."""
    if ids:
        statement = update(LetterRow).where(LetterRow.id.in_(ids))
        gone = LetterRow.state.in_(("requested", "cancelled"))
        await connection.execute(statement.where(gone).values(state="dispatched", dispatched_on=on))


_NEW_TIME = text("""
with moved as (
  select l.subject, l.key, max(l.deadline) as deadline from letters l
  join letters s on s.subject = l.subject and s.key = l.key
  join acts a on a.subject = l.subject and a.key = l.key
  where s.id = any(:ids) and l.state <> 'cancelled' group by l.subject, l.key
), shown as (
  update claims c set next_on = m.deadline from moved m
  where c.id = m.subject and c.waiting_for = m.key and c.ending is null
)
select subject, key, deadline from moved order by subject, key""")


async def tell_new_time(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Tell the stories of these letters until when the debtor has time now.

    With several debtors the last one's time counts. A letter no story asked for moves none.
    """
    if not ids:
        return
    moved = (await connection.execute(_NEW_TIME, {"ids": list(ids)})).all()
    if not moved:
        return
    rows: list[dict[str, Any]] = [
        {
            "target": story_of(row.subject),
            "name": "letter_sent",
            "payload": carrying({"key": row.key, "deadline": row.deadline.isoformat()}),
        }
        for row in moved
    ]
    await connection.execute(insert(OutboxRow), rows)


def story_of(subject: str) -> str:
    """The workflow id of the story that asked for the letter."""
    kind = "agreement" if subject.startswith("A-") else "claim"
    return f"{kind}-{subject}"
