"""How an act leaves its marks: the act itself, where the claim now stands, letters and tasks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import cast, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.decisions import TaskKind
from domain.letters import Letter
from persistence.models import (
    Act,
    Claim,
    LetterRow,
    Liability,
    RecoveryAction,
    RecoveryNotice,
    Task,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What an act did and how long it gives. *stage* None leaves the claim where it stands."""

    subject: str
    key: str
    kind: str
    on: date
    deadline: date | None = None
    stage: Stage | None = None
    facts: dict[str, Any] = field(default_factory=dict)


async def mark_act(connection: AsyncConnection, claim_id: str, mark: Mark, **claim: Any) -> None:
    """Write down the act and where the claim stands now, in one statement.

    *claim* are further columns of the claim to set.
    """
    act = insert(Act).values(
        subject=mark.subject,
        key=mark.key,
        kind=mark.kind,
        done_on=mark.on,
        deadline=mark.deadline,
        facts=mark.facts,
    )
    values = {"waiting_for": mark.key, "next_on": mark.deadline} | claim
    if mark.stage:
        values["stage"] = mark.stage.value
    await connection.execute(
        update(Claim).where(Claim.id == claim_id).values(values).add_cte(act.cte("act"))
    )


async def mark_agreement_act(connection: AsyncConnection, mark: Mark) -> None:
    """Write down an act of an agreement's story."""
    await connection.execute(
        insert(Act).values(
            subject=mark.subject,
            key=mark.key,
            kind=mark.kind,
            done_on=mark.on,
            deadline=mark.deadline,
            facts=mark.facts,
        )
    )


@dataclass(frozen=True, slots=True)
class LetterRequest:
    subject: str
    key: str
    letter: Letter
    days: int
    requested_on: date
    planned_on: date
    deadline: date


async def request_letters(
    connection: AsyncConnection, claim_id: str, request: LetterRequest
) -> None:
    """Lay one copy for each liable debtor in the post room's tray."""
    columns = {
        "subject": request.subject,
        "key": request.key,
        "letter": request.letter.value,
        "days": request.days,
        "requested_on": request.requested_on,
        "planned_on": request.planned_on,
        "deadline": request.deadline,
        "state": "requested",
        "channel": "digital-post",
    }
    debtors = select(Liability.claim_id, Liability.debtor_id, *_literals(columns)).where(
        Liability.claim_id == claim_id
    )
    await connection.execute(
        insert(LetterRow).from_select(
            ["claim_id", "debtor_id", *columns], debtors, include_defaults=False
        )
    )


def _literals(columns: Mapping[str, Any]) -> list[Any]:
    table = LetterRow.__table__.c
    return [_literal(value, table[name].type) for name, value in columns.items()]


def _literal(value: Any, type_: Any) -> Any:
    return cast(literal(value, type_), type_)


async def open_task(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(Task).values(**values))


async def request_recovery(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(RecoveryAction).values(**values))


async def news_count(connection: AsyncConnection, claim_id: str) -> int:
    """How much news from the recovery authority the story has been told so far."""
    found = select(func.coalesce(func.max(RecoveryNotice.story_number), 0)).where(
        RecoveryNotice.claim_id == claim_id
    )
    return (await connection.execute(found)).scalar_one() or 0


async def cancel_what_is_open(connection: AsyncConnection, claim_id: str) -> None:
    """Nobody is asked or written to about an ended claim any more."""
    tasks = (
        update(Task)
        .where(Task.claim_id == claim_id, Task.state == "open")
        .where(Task.kind != TaskKind.UNPLACED_PAYMENT.value)
        .values(state="cancelled")
        .cte("tasks")
    )
    await connection.execute(
        update(LetterRow)
        .where(LetterRow.claim_id == claim_id, LetterRow.state == "requested")
        .values(state="cancelled")
        .add_cte(tasks)
    )
