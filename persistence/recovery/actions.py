"""What goes to the recovery authority, and what its answers change."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    Insert,
    RowMapping,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.money import Money
from domain.record import News
from persistence.claims.acts import entering
from persistence.debtors.numbers import with_numbers
from persistence.models import (
    Claim,
    RecoveryAction,
    RecoveryClaimRow,
    RecoveryNotice,
    TransferRow,
)
from persistence.outbox import tell
from persistence.tasks.taking_back import IS_FINAL_ANSWER, is_final

# One action is under way at a time for each claim: the authority rejects a second (418). What is in
# hearing may be held to, or taken back. A raise waits until each who owes the claim has been
# reminded and notified of it, and their time is out.
_IS_NOTIFIED = """not exists (select from liabilities b where b.claim_id = a.claim_id
    and b.discharged_on is null and not exists (select from letters l
      where l.claim_id = a.claim_id and l.key = a.facts ->> 'letter' and l.debtor_id = b.debtor_id
        and l.state = 'delivered' and l.delivered_on < :on and l.deadline < :on))"""
_WAITING = text(f"""
with next as (
  select distinct on (a.claim_id) a.id from recovery_actions a
  where a.state = 'requested' and {is_final("recovery_actions", "a.id")}
    and (a.kind <> 'raise' or a.facts ? 'laid' or {_IS_NOTIFIED})
    and not exists (select from recovery_actions b where b.claim_id = a.claim_id
      and (b.state = 'submitted'
        or (b.state = 'in-hearing' and a.kind not in ('approve', 'recall'))))
  order by a.claim_id, a.id limit :limit
)
select a.id, a.claim_id, a.kind, a.key, a.amount_ore, a.facts, p.paid_on, u.id as undone_id,
  u.kind as undone_kind, u.facts ->> 'reason' as undone_reason,
  (select jsonb_agg(to_jsonb(r) order by r.id) from recovery_claims r
    where r.claim_id = a.claim_id and (a.kind <> 'create' or r.action_id = a.id)) as parts,
  (select jsonb_agg(jsonb_build_array(m.reference, m.amount_ore) order by m.id)
    from recovery_moves m where m.action_id = a.id and m.state = 'asked') as moves,
  (select jsonb_agg(jsonb_build_array(m.reference, m.amount_ore) order by m.id)
    from recovery_moves m where m.action_id = u.id and m.state = 'done') as undone,
  (select jsonb_object_agg(k.kind, k.ore) from (
    select d.kind, sum(v.amount_ore)::bigint as ore from ledger_entries e
    join ledger_coverage v on v.payment_entry_id = e.id
    join ledger_entries d on d.id = v.debt_entry_id
    where e.claim_id = a.claim_id and e.payment_id = p.id and e.kind = 'payment'
    group by d.kind) k) as covered,
  (select jsonb_agg(jsonb_build_object('id', d.id, 'national_id', d.national_id,
      'sealed_number', d.sealed_number)) from liabilities b
    join debtors d on d.id = b.debtor_id where b.claim_id = a.claim_id) as debtors
from next n join recovery_actions a on a.id = n.id
left join payments p on p.id = cast(a.facts ->> 'payment' as bigint)
left join recovery_actions u on u.id = cast(a.facts ->> 'undoes' as bigint)
order by a.claim_id""").columns(
    parts=JSONB, moves=JSONB, undone=JSONB, covered=JSONB, debtors=JSONB
)

# What was paid before the authority had the claim, or since it came back, is in the balance that
# goes with the next transfer, also when that has gone by now: reported on its own as well it would
# count twice.
_DROP_THE_POINTLESS = text("""
update recovery_actions a set state = 'dropped' from claims c
where c.id = a.claim_id and a.state = 'requested' and a.submitted_on is null and a.kind <> 'create'
  and (c.stage not in ('transfer', 'recovery') or coalesce((select b.state
    from recovery_actions b where b.claim_id = a.claim_id and b.kind = 'create' and b.id < a.id
    order by b.id desc limit 1), 'rejected') = 'rejected'
    or exists (select from recovery_actions b where b.claim_id = a.claim_id and b.id > a.id
      and b.kind = 'create' and not starts_with(b.key, 'again-')))""")

# What nobody has answered is sent once more as what it is: the authority takes an id once, and
# answers it again. What it has refused is asked anew, of the claims it refused; a related claim
# goes anew by itself only where its main claim was taken, and waits as long as nobody knows.
_SEND_AGAIN = text(f"""
update recovery_actions a set state = 'requested',
  facts = a.facts || jsonb_build_object('asked_by', t.id)
from tasks t join decisions d on d.task_id = t.id
where t.kind = 'exception' and t.state = 'decided' and d.outcome = 'retry' and {IS_FINAL_ANSWER}
  and t.subject = a.claim_id and t.facts ->> 'action' = cast(a.id as text)
  and a.state = 'submitted' and coalesce(cast(a.facts ->> 'asked_by' as bigint), 0) < t.id""")
_ASK_ANEW = text(f"""
with again as (
  select a.*, t.facts ->> 'reference' as of_claim from tasks t join decisions d on d.task_id = t.id
  join recovery_actions a on a.claim_id = t.subject
    and t.facts ->> 'action' = cast(a.id as text)
  where t.kind = 'exception' and t.state = 'decided' and d.outcome = 'retry'
    and {IS_FINAL_ANSWER} and t.id > coalesce(cast(a.facts ->> 'asked_by' as bigint), 0)
    and (exists (select from recovery_claims o join recovery_claims p on p.reference = o.parent
        where o.reference = t.facts ->> 'reference' and p.state in ('received', 'settled'))
      or (a.state = 'rejected' and a.kind <> 'create'))
), asked as (
  insert into recovery_actions (claim_id, key, kind, state, amount_ore, requested_on, facts)
  select claim_id, 'again-' || id || coalesce('-' || of_claim, ''), kind, 'requested',
    amount_ore, :on, facts - 'asked_by' - 'laid' || jsonb_build_object('of', of_claim)
  from again on conflict do nothing returning id, claim_id, facts
)
update recovery_claims r set action_id = n.id, state = 'asked', answered_on = null
from asked n where r.reference = n.facts ->> 'of' and r.claim_id = n.claim_id
  and r.state = 'rejected'""")

_MARK_LAID = text("""
update recovery_actions set facts = facts || '{"laid": true}' where id = any(:ids)""")
_SILENT = text("""
select a.id, a.claim_id, a.facts ->> 'asked_by' as asked_by from recovery_actions a
where a.state = 'submitted' and a.submitted_on < :before and not exists (select from tasks t
  where t.subject = a.claim_id and t.facts ->> 'action' = cast(a.id as text)
    and t.kind = 'exception' and t.id > coalesce(cast(a.facts ->> 'asked_by' as bigint), 0))
order by a.id""")


async def sort_actions(connection: AsyncConnection, on: date) -> None:
    """Drop what would mislead the authority, and ask anew where a person said so."""
    await connection.execute(_DROP_THE_POINTLESS)
    await connection.execute(_SEND_AGAIN)
    await connection.execute(_ASK_ANEW, {"on": on})


async def silent_actions(connection: AsyncConnection, before: date) -> Sequence[RowMapping]:
    """Actions sent before *before*, unanswered, about which nobody has been asked."""
    return (await connection.execute(_SILENT, {"before": before})).mappings().all()


async def waiting_actions(connection: AsyncConnection, limit: int, on: date) -> Sequence[Any]:
    """Each claim's next action, with the master data the authority asks for (stamdata)."""
    rows = (await connection.execute(_WAITING, {"limit": limit, "on": on})).mappings()
    return [dict(row) | {"national_ids": _numbers(connection, row["debtors"])} for row in rows]


def _numbers(connection: AsyncConnection, debtors: Sequence[Any] | None) -> dict[int, str]:
    opened = with_numbers(connection, debtors or (), "recovery")
    return {row["id"]: row["national_id"] for row in opened}


async def mark_laid(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """It is laid down what they send, and checked: from now on they are sent as they are."""
    if ids:
        await connection.execute(_MARK_LAID, {"ids": ids})


async def mark_submitted(connection: AsyncConnection, ids: Sequence[int], on: date) -> None:
    if ids:
        statement = update(RecoveryAction).where(RecoveryAction.id.in_(ids))
        sent = statement.where(RecoveryAction.state == "requested")
        await connection.execute(sent.values(state="submitted", submitted_on=on))


async def mark_refused(connection: AsyncConnection, action_id: int) -> None:
    """An action that was refused on the spot is not tried again, whatever else is known of it."""
    statement = update(RecoveryAction).where(RecoveryAction.id == action_id)
    waiting = statement.where(RecoveryAction.state == "requested")
    await connection.execute(waiting.values(state="rejected"))


async def claim_there(connection: AsyncConnection, reference: str) -> RowMapping | None:
    """Which of our claims the authority means: each has its own reference there."""
    found = select(RecoveryClaimRow).where(RecoveryClaimRow.reference == reference)
    return (await connection.execute(found)).mappings().first()


async def lock_claim(connection: AsyncConnection, claim_id: str) -> Stage | None:
    """Where the claim stands; None when there is no such claim."""
    found = select(Claim.stage).where(Claim.id == claim_id).with_for_update(key_share=True)
    stage = (await connection.execute(found)).scalar()
    return Stage(stage) if stage else None


async def keep_notice(connection: AsyncConnection, **notice: Any) -> bool:
    """Whether the notice is new."""
    statement = insert(RecoveryNotice).values(notice).on_conflict_do_nothing()
    kept = await connection.execute(statement.returning(RecoveryNotice.number))
    return kept.first() is not None


async def lessen_what_is_left(connection: AsyncConnection, reference: str, amount: Money) -> None:
    statement = update(RecoveryClaimRow).where(RecoveryClaimRow.reference == reference)
    left = RecoveryClaimRow.left_ore - amount.ore
    await connection.execute(statement.values(left_ore=left))


async def tell_news(connection: AsyncConnection, claim_id: str, number: int, news: News) -> None:
    """Let the claim's story hear *news*, which came with the authority's notice *number*.

    The claim must be locked, so that its news is counted without a gap.
    """
    latest = select(func.coalesce(func.max(RecoveryNotice.story_number), 0)).where(
        RecoveryNotice.claim_id == claim_id
    )
    story_number = ((await connection.execute(latest)).scalar_one() or 0) + 1
    await connection.execute(
        update(RecoveryNotice)
        .where(RecoveryNotice.number == number)
        .values(story_number=story_number, kind=news.value)
    )
    payload = {"number": story_number, "kind": news.value}
    await tell(connection, f"claim-{claim_id}", "news_arrived", payload)


_IN_CUSTODY = [stage.value for stage in Stage if stage.is_with_the_collector]


def moved_to_authority(claim_id: str, on: date, *, is_back: bool = False) -> Insert:
    """A statement that writes down a claim's way there (or back), with what is owed now."""
    row = select(
        Claim.id, Claim.ledger_seq, Claim.balance_ore, literal(is_back), literal(on, Date)
    ).where(Claim.id == claim_id)
    if is_back:
        row = row.where(Claim.ending.is_(None), Claim.stage.in_(_IN_CUSTODY))
    columns = ["claim_id", "ledger_seq", "amount_ore", "is_back", "booked_on"]
    return insert(TransferRow).from_select(columns, row)


async def move_to_stage(connection: AsyncConnection, claim_id: str, stage: Stage, on: date) -> None:
    """The authority's word has moved the claim; one that is ours again is written down as such."""
    if not stage.is_with_the_collector:
        await connection.execute(moved_to_authority(claim_id, on, is_back=True))
    statement = update(Claim).where(Claim.id == claim_id, Claim.ending.is_(None))
    await connection.execute(statement.values(**entering(stage, on), next_on=None))
