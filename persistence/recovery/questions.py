"""What a person is asked about the exchange, beside what a claim's story asks."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import TaskKind
from persistence.models import Claim, Task


@dataclass(frozen=True, slots=True)
class ActionQuestion:
    """*reference* is the claim there, where the others of its action were taken.

    *number* tells a second question about the same action from the first.
    """

    claim_id: str
    action_id: int
    reference: str | None = None
    number: str | None = None

    @property
    def key(self) -> str:
        told = (str(self.action_id), self.reference, self.number)
        return "-".join(["exception-action", *filter(None, told)])


async def ask_about_action(
    connection: AsyncConnection, question: ActionQuestion, on: date, due_on: date
) -> None:
    """A refused report or recall is nothing the story waits for: a person looks."""
    told: dict[str, Any] = {"action": question.action_id}
    values = {
        "subject": question.claim_id,
        "key": question.key,
        "claim_id": question.claim_id,
        "kind": TaskKind.EXCEPTION.value,
        "department": _department_of(question.claim_id).scalar_subquery(),
        "opened_on": on,
        "due_on": due_on,
        "facts": told | ({"reference": question.reference} if question.reference else {}),
    }
    await connection.execute(insert(Task).values(values).on_conflict_do_nothing())


async def ask_about_notice(
    connection: AsyncConnection, number: int, claim_id: str | None, on: date, due_on: date
) -> None:
    """Something the authority told that fits nothing of ours: nothing is done, a person looks."""
    department = ""
    if claim_id:
        department = str((await connection.execute(_department_of(claim_id))).scalar_one())
    values = {
        "subject": f"notice-{number}",
        "key": "unclear-notice",
        "claim_id": claim_id,
        "kind": TaskKind.UNCLEAR_NOTICE.value,
        "department": department,
        "opened_on": on,
        "due_on": due_on,
        "facts": {"notice": number},
    }
    await connection.execute(insert(Task).values(values).on_conflict_do_nothing())


def _department_of(claim_id: str) -> Select[str]:
    return select(Claim.department).where(Claim.id == claim_id)
