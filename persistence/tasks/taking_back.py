"""Half a minute in which an answer can be taken back, as if it had never been given.

While a transaction calls itself undoable, triggers write down each row it changes as it was before
and after, and what it tells the stories waits until the time is out. Nobody acts on such rows
meanwhile: `is_final` says which may be acted on.

That an answer is never both heard and taken back rests on locks, not on clocks: whoever takes it
back locks its messages first and asks the time last, and the relay passes over messages that are
locked. Rounds that lock nothing wait a few seconds more than anyone needs to commit.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Interval, TextClause, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.errors import NotAllowed, NotFound, TooLate
from persistence.models import Claim, Decision, Task, UndoStep
from persistence.trail.audit import note

WINDOW = timedelta(seconds=30)

_BEGIN = text("""
select set_config('rettidig.undoable_task', cast(:task as text), true),
  cast(set_config('rettidig.undoable_until',
    cast(clock_timestamp() + :window as text), true) as timestamptz) as until""").bindparams(
    bindparam("window", type_=Interval)
)

# What of a row an answer changes, and so what must be as it left it. The claim's interest and
# balance are true either way and stay.
_CHANGED = {
    "claims": (
        *("stage", "stage_since", "next_on", "waiting_for", "agreement_id", "is_withdrawn"),
        *("ending", "ended_on", "limitation_date", "timely_until"),
    ),
    "discharges": (
        *("state", "decided_by", "decided_on", "approval", "committee_on", "committee_item"),
        *("committee_attachment_id", "committee_journal"),
    ),
    "holds": ("released_on", "released_by", "filed_on"),
    "letters": (
        *("state", "channel", "planned_on", "deadline", "dispatched_on", "delivered_on"),
        *("template", "title", "body", "sha256", "goes_with"),
    ),
    "liabilities": ("limitation_date", "discharged_on", "discharge"),
    "refunds": ("state", "approved_by", "settled_on"),
    "suspensions": ("file_by", "filed_on", "review_on", "ended_on", "ended_by"),
    "write_off_batches": ("state", "decided_by", "decided_on"),
    "write_offs": (
        *("state", "decided_by", "decided_on", "why_not", "approval", "committee_on"),
        *("committee_item", "committee_attachment_id", "committee_journal"),
    ),
    "tasks": ("state", "facts"),  # it stays with whoever takes the answer back
}
_KEYS = {
    "agreement_claims": ("agreement_id", "claim_id"),
    "instalments": ("agreement_id", "number"),
    "liabilities": ("claim_id", "debtor_id"),
}
_MADE = (
    *("acknowledgements", "agreement_claims", "agreements", "discharges", "holds", "instalments"),
    *("letters", "limitation_events", "outbox", "recovery_actions", "stage_moves", "tasks"),
    *("webhook_deliveries", "write_off_batches", "write_offs"),
)
_LOST = ("drafts",)


_SURELY = "now() - cast('5 seconds' as interval)"

IS_FINAL_ANSWER = f"(d.undoable_until is null or d.undoable_until <= {_SURELY})"
"""In SQL: whether the decision *d* may not be taken back any more."""


def is_final(table: str, key: str) -> str:
    """In SQL: whether no answer that may yet be taken back has made or changed the row."""
    return (
        f"not exists (select from undo_steps u where u.table_name = '{table}' "
        f"and u.row_key = cast({key} as text) and u.until > {_SURELY})"
    )


def _statement(sql: str) -> TextClause:
    rows = [bindparam(name, type_=JSONB) for name in ("before", "after") if f":{name}" in sql]
    return text(sql).bindparams(*rows)


def _row(table: str, which: str) -> str:
    return f"jsonb_populate_record(null::{table}, :{which})"


def _same(table: str, other: str) -> str:
    return " and ".join(f"r.{key} = {other}.{key}" for key in _KEYS.get(table, ("id",)))


def _putting_back(table: str, columns: tuple[str, ...]) -> TextClause:
    """Only what is still as the answer left it."""
    values = ", ".join(f"{one} = b.{one}" for one in columns)
    found, left = (", ".join(f"{row}.{one}" for one in columns) for row in ("r", "a"))
    return _statement(
        f"update {table} r set {values} from {_row(table, 'before')} b, {_row(table, 'after')} a "
        f"where {_same(table, 'b')} and row({found}) is not distinct from row({left})"
    )


def _removing(table: str) -> TextClause:
    return _statement(
        f"delete from {table} r using {_row(table, 'after')} a "
        f"where {_same(table, 'a')} and to_jsonb(r) = to_jsonb(a)"
    )


def _restoring(table: str) -> TextClause:
    """What has been written since is newer, and stays."""
    return _statement(
        f"insert into {table} select * from {_row(table, 'before')} on conflict do nothing"
    )


_PUT_BACK = {table: _putting_back(table, columns) for table, columns in _CHANGED.items()}
_REMOVE = {table: _removing(table) for table in _MADE}
_RESTORE = {table: _restoring(table) for table in _LOST}

# For the rest of the transaction, which does nothing else: what is put back is no move.
_TAKING_BACK = text("select set_config('rettidig.taking_back', 'yes', true)")
_DECISION = select(
    Decision.id, Decision.task_id, Decision.decided_by, Decision.undoable_until
).where(Decision.id == bindparam("decision"))
_LOCK_CLAIM = (
    select(Claim.id)
    .join(Task, Task.claim_id == Claim.id)
    .where(Task.id == bindparam("task"))
    .with_for_update(of=Claim, key_share=True)
)
_LOCK_TASK = select(Task.id, Task.subject).where(Task.id == bindparam("task")).with_for_update()
# Messages first: from then on the relay passes them over.
_STEPS = (
    select(UndoStep.table_name, UndoStep.before, UndoStep.after)
    .where(UndoStep.task_id == bindparam("task"), UndoStep.until == bindparam("until"))
    .order_by(UndoStep.table_name != "outbox", UndoStep.id.desc())
)
_DELETE = text("delete from decisions where id = :decision and undoable_until > clock_timestamp()")
_DROP_STEPS = text("delete from undo_steps where task_id = :task")
_FORGET = text("delete from undo_steps where until < now() - cast('1 hour' as interval)")
_IN_TIME = select(bindparam("until") > func.clock_timestamp())


async def remember_changes(
    connection: AsyncConnection, task_id: int, window: timedelta
) -> datetime:
    """From here on all that the transaction changes can be taken back until the moment returned."""
    begun = await connection.execute(_BEGIN, {"task": str(task_id), "window": window})
    until = begun.one().until
    assert isinstance(until, datetime)
    return until


async def take_back(connection: AsyncConnection, decision_id: int, actor: Actor) -> int:
    """Undo one's own answer and all it led to; returns the task, which is open again and theirs.

    Raises NotFound; NotAllowed for someone else's answer; TooLate, also when others have built on
    it since.
    """
    decision = (await connection.execute(_DECISION, {"decision": decision_id})).first()
    if decision is None:
        raise NotFound("decision", decision_id)
    if decision.decided_by != actor.id:
        raise NotAllowed("only who has answered takes the answer back")
    if decision.undoable_until is None:
        raise TooLate(f"decision {decision_id}")
    task = await _lock(connection, decision.task_id)
    await _take_back(connection, decision)
    await note(connection, task.subject, actor.id, "decision-taken-back", task=task.id)
    return int(task.id)


async def forget_steps(connection: AsyncConnection) -> None:
    """What can no longer be taken back need not be known any more."""
    await connection.execute(_FORGET)


async def _lock(connection: AsyncConnection, task_id: int) -> Any:
    """The claim before its tasks, as everywhere, so that nobody waits in a circle."""
    await connection.execute(_LOCK_CLAIM, {"task": task_id})
    return (await connection.execute(_LOCK_TASK, {"task": task_id})).one()


async def _take_back(connection: AsyncConnection, decision: Any) -> None:
    """The messages, the decision, then the rest with the latest first; the time is asked last."""
    of_task = {"task": decision.task_id}
    until = {"until": decision.undoable_until}
    steps = (await connection.execute(_STEPS, of_task | until)).all()
    messages = [step for step in steps if step.table_name == "outbox"]
    for step in messages:
        await _take_back_step(connection, step)
    deleted = await connection.execute(_DELETE, {"decision": decision.id})
    await connection.execute(_TAKING_BACK)
    for step in steps[len(messages) :]:
        await _take_back_step(connection, step)
    await connection.execute(_DROP_STEPS, of_task)
    if not deleted.rowcount or not (await connection.execute(_IN_TIME, until)).scalar_one():
        raise TooLate(f"decision {decision.id}")


async def _take_back_step(connection: AsyncConnection, step: Any) -> None:
    """Raises TooLate when the row is not as the answer left it."""
    if step.after is None:
        await connection.execute(_RESTORE[step.table_name], {"before": step.before})
        return
    if step.before is None:
        statement, values = _REMOVE[step.table_name], {"after": step.after}
    else:
        statement = _PUT_BACK[step.table_name]
        values = {"before": step.before, "after": step.after}
    if not (await connection.execute(statement, values)).rowcount:
        raise TooLate(f"a row of {step.table_name} has changed since")
