"""Money without a place: never lost and never guessed at, a person looks."""

from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import working_days_after
from domain.decisions import TaskKind
from domain.errors import Invalid
from domain.money import Money
from domain.policy import Policy
from persistence.files import KeptFile
from persistence.models import Task


async def ask_about_money(
    connection: AsyncConnection,
    policy: Policy,
    subject: str,
    claim_id: str | None,
    unused: Money,
    on: date,
    **facts: int | str,
) -> None:
    """Ask once, by *subject*, where *unused* belongs. *facts* say where it comes from."""
    values = {
        "subject": subject,
        "key": TaskKind.UNPLACED_PAYMENT.value,
        "claim_id": claim_id,
        "kind": TaskKind.UNPLACED_PAYMENT.value,
        "department": "finance",
        "opened_on": on,
        "due_on": working_days_after(on, policy.exception_days),
        "facts": {**facts, "unused_ore": unused.ore},
    }
    await connection.execute(insert(Task).values(values).on_conflict_do_nothing())


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
