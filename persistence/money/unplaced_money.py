"""Money without a place: never lost and never guessed at, a person looks."""

from datetime import date

from sqlalchemy import BigInteger, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import working_days_after
from domain.decisions import TaskKind
from domain.errors import Invalid
from domain.money import Money
from domain.policy import Policy
from persistence.files.received import KeptFile
from persistence.models import Task

_KIND = TaskKind.UNPLACED_PAYMENT.value
_TASK = insert(Task).on_conflict_do_nothing()
_EARLIER = select(Task.id, Task.state).where(
    Task.subject == bindparam("subject"), Task.kind == bindparam("kind")
)
_CLOSE = text("""
update tasks set state = 'cancelled' where subject = 'payment-' || cast(:payment as text)
  and kind = 'unplaced-payment' and state = 'open'
  and (select unused_ore from payments where id = :payment) = 0""").bindparams(
    bindparam("payment", type_=BigInteger)
)
_TELL = update(Task).where(Task.id == bindparam("task")).values(facts=bindparam("told"))


async def ask_about_money(
    connection: AsyncConnection,
    policy: Policy,
    subject: str,
    claim_id: str | None,
    unused: Money,
    on: date,
    **facts: int | str,
) -> None:
    """Ask where *unused* belongs; *facts* say where it comes from.

    There is one open question about a *subject* at a time: another sum changes it, and one that
    was answered is asked anew.
    """
    told = {**facts, "unused_ore": unused.ore}
    earlier = (await connection.execute(_EARLIER, {"subject": subject, "kind": _KIND})).all()
    for task_id in (task.id for task in earlier if task.state == "open"):
        await connection.execute(_TELL, {"task": task_id, "told": told})
        return
    values = {
        "subject": subject,
        "key": f"{_KIND}-{len(earlier) + 1}" if earlier else _KIND,
        "claim_id": claim_id,
        "kind": _KIND,
        "department": "finance",
        "opened_on": on,
        "due_on": working_days_after(on, policy.exception_days),
        "facts": told,
    }
    await connection.execute(_TASK, values)


async def close_question(connection: AsyncConnection, payment_id: int) -> None:
    """Nobody need look for a place any more when nothing of the payment is left."""
    await connection.execute(_CLOSE, {"payment": payment_id})


async def ask_about_file(
    connection: AsyncConnection, policy: Policy, file: KeptFile, invalid: Invalid
) -> None:
    """A bank's file was refused whole: a person gets another one, or finds the difference."""
    [fault, *_] = invalid.faults
    values = {
        "subject": f"file-{file.id}",
        "key": TaskKind.BANK_FILE.value,
        "kind": TaskKind.BANK_FILE.value,
        "department": "finance",
        "opened_on": file.received_on,
        "due_on": working_days_after(file.received_on, policy.exception_days),
        "facts": {"file": file.id, "name": file.name, "code": fault.code, **fault.values},
    }
    await connection.execute(insert(Task).values(values).on_conflict_do_nothing())
