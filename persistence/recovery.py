"""What goes to the recovery authority, and what its answers change."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    Insert,
    RowMapping,
    and_,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.decisions import TaskKind
from domain.record import News
from persistence.models import Claim, RecoveryAction, RecoveryNotice, Task, TransferRow
from persistence.outbox import tell
from persistence.taking_back import IS_FINAL_ANSWER, is_final

# One action is under way at a time for each claim: the authority rejects a second (418).
_WAITING = text(f"""
select distinct on (a.claim_id) a.id, a.claim_id, a.kind, a.amount_ore, a.facts, p.paid_on,
  c.claim_type, c.principal_ore, c.description, c.period_start, c.period_end,
  c.origination_date, c.due_date, c.limitation_date,
  coalesce(c.timely_until, c.last_timely_payment_date) as last_timely_payment_date,
  (select jsonb_agg(jsonb_build_array(d.national_id, b.limitation_date)
      order by d.id <> c.debtor_id, d.id)
    from liabilities b join debtors d on d.id = b.debtor_id where b.claim_id = c.id) as debtors
from recovery_actions a join claims c on c.id = a.claim_id
left join payments p on p.id = cast(a.facts ->> 'payment' as bigint)
where a.state = 'requested' and {is_final("recovery_actions", "a.id")}
  and not exists (select from recovery_actions b
  where b.claim_id = a.claim_id and b.state in ('submitted', 'in-hearing'))
order by a.claim_id, a.id limit :limit""").columns(debtors=JSONB)

# What was paid before the authority had the claim, or since it came back, is in the balance that
# goes with the next transfer: reported on its own as well it would count twice.
_DROP_THE_POINTLESS = text("""
update recovery_actions a set state = 'dropped' from claims c
where c.id = a.claim_id and a.state = 'requested' and a.kind <> 'create'
  and (c.stage not in ('transfer', 'recovery') or coalesce((select b.state
    from recovery_actions b where b.claim_id = a.claim_id and b.kind = 'create' and b.id < a.id
    order by b.id desc limit 1), 'rejected') = 'rejected')""")

_ASK_ANEW = text(f"""
with again as (
  select a.* from tasks t join decisions d on d.task_id = t.id
  join recovery_actions a on a.claim_id = t.subject and t.key = 'exception-action-' || a.id
  where t.kind = 'exception' and t.state = 'decided' and d.outcome = 'retry'
    and {IS_FINAL_ANSWER}
), dropped as (
  update recovery_actions set state = 'dropped'
  where id in (select id from again) and state = 'submitted'
)
insert into recovery_actions (claim_id, key, kind, state, amount_ore, requested_on, facts)
select claim_id, 'again-' || id, kind, 'requested', amount_ore, :on, facts from again
on conflict do nothing""")

_SILENT = text("""
select a.id, a.claim_id from recovery_actions a
where a.state = 'submitted' and a.submitted_on < :before and not exists (select from tasks t
  where t.subject = a.claim_id and t.key = 'exception-action-' || a.id) order by a.id""")


async def sort_actions(connection: AsyncConnection, on: date) -> None:
    """Drop what would mislead the authority, and ask anew where a person said so."""
    await connection.execute(_DROP_THE_POINTLESS)
    await connection.execute(_ASK_ANEW, {"on": on})


async def silent_actions(connection: AsyncConnection, before: date) -> Sequence[RowMapping]:
    """Actions sent before *before*, unanswered, about which nobody has been asked."""
    return (await connection.execute(_SILENT, {"before": before})).mappings().all()


async def waiting_actions(connection: AsyncConnection, limit: int) -> Sequence[RowMapping]:
    """Each claim's next action, with the master data the authority asks for (stamdata)."""
    return (await connection.execute(_WAITING, {"limit": limit})).mappings().all()


async def mark_submitted(connection: AsyncConnection, ids: Sequence[int], on: date) -> None:
    if ids:
        statement = update(RecoveryAction).where(RecoveryAction.id.in_(ids))
        sent = statement.where(RecoveryAction.state == "requested")
        await connection.execute(sent.values(state="submitted", submitted_on=on))


async def answer_action(connection: AsyncConnection, action_id: int, state: str) -> str | None:
    """The authority has answered the action; its kind, None when no answer was open.

    Where a kill kept us from writing down that it was sent, it may have been dropped since.
    """
    is_open = RecoveryAction.state.in_(("requested", "submitted", "in-hearing"))
    is_dropped = and_(RecoveryAction.state == "dropped", RecoveryAction.submitted_on.is_(None))
    statement = (
        update(RecoveryAction)
        .where(RecoveryAction.id == action_id)
        .where(or_(is_open, is_dropped))
        .values(state=state)
        .returning(RecoveryAction.kind)
    )
    return (await connection.execute(statement)).scalar()


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
    await connection.execute(statement.values(stage=stage.value, next_on=None))


async def ask_about_action(
    connection: AsyncConnection, claim_id: str, action_id: int, on: date, due_on: date
) -> None:
    """A rejected report or recall is nothing the story waits for: a person looks."""
    department = select(Claim.department).where(Claim.id == claim_id).scalar_subquery()
    values = {
        "subject": claim_id,
        "key": f"exception-action-{action_id}",
        "claim_id": claim_id,
        "kind": TaskKind.EXCEPTION.value,
        "department": department,
        "opened_on": on,
        "due_on": due_on,
        "facts": {"action": action_id},
    }
    await connection.execute(insert(Task).values(values).on_conflict_do_nothing())
