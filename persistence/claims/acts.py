"""How an act leaves its marks: the act itself, where the claim now stands, letters and tasks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    ScalarSelect,
    Update,
    case,
    cast,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.decisions import TaskKind
from domain.letters import Letter
from persistence.models import (
    Act,
    Agreement,
    Claim,
    LetterRow,
    Liability,
    RecoveryAction,
    Task,
)
from traces.carrying import carrying

# Money that has no place, and a citizen who waits for an answer, are there after the claim too.
_OUTLIVING = (TaskKind.UNPLACED_PAYMENT.value, TaskKind.ENQUIRY.value)
_ASKING = sorted(letter.value for letter in Letter if letter.hangs_on_a_debt)


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


async def mark_act(
    connection: AsyncConnection,
    claim_id: str,
    mark: Mark,
    *along: Insert | Update,
    **claim: Any,
) -> None:
    """Write down the act and where the claim stands now, in one statement.

    *along* are what the act itself writes; *claim* further columns of the claim to set.
    """
    values = {"waiting_for": mark.key, "next_on": mark.deadline} | claim
    if mark.stage:
        values |= entering(mark.stage, mark.on)
    statement = update(Claim).where(Claim.id == claim_id).values(values)
    for number, write in enumerate((acted(mark), *along)):
        statement = statement.add_cte(write.cte(f"along_{number}"))
    await connection.execute(statement)


def entering(stage: Stage, on: date, *, only: ColumnElement[bool] | None = None) -> dict[str, Any]:
    """Columns of a claim that comes to *stage*; one that is there already has come before.

    *only*: those of which this is not so stay where they stand.
    """
    is_moved = Claim.stage != stage.value if only is None else (Claim.stage != stage.value) & only
    return {
        "stage": case((is_moved, stage.value), else_=Claim.stage),
        "stage_since": case((is_moved, on), else_=Claim.stage_since),
    }


def acted(mark: Mark) -> Insert:
    return insert(Act).values(
        subject=mark.subject,
        key=mark.key,
        kind=mark.kind,
        done_on=mark.on,
        deadline=mark.deadline,
        facts=carrying(mark.facts),
    )


async def mark_agreement_act(connection: AsyncConnection, mark: Mark) -> None:
    """Write down an act of an agreement's story."""
    await connection.execute(acted(mark))


@dataclass(frozen=True, slots=True)
class LetterRequest:
    """*facts*: what is particular in this letter."""

    subject: str
    key: str
    letter: Letter
    days: int
    requested_on: date
    planned_on: date
    deadline: date
    facts: dict[str, Any] = field(default_factory=dict)


async def request_letters(
    connection: AsyncConnection, claim_id: str, request: LetterRequest
) -> None:
    """Lay one copy for each liable debtor in the post room's tray; of an agreement, for its own."""
    await connection.execute(requested_letters(claim_id, request))


def requested_letters(claim_id: str, request: LetterRequest) -> Insert:
    """The statement behind `request_letters`."""
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
        "facts": request.facts,
    }
    debtors = select(Liability.claim_id, Liability.debtor_id, *_literals(columns)).where(
        Liability.claim_id == claim_id, Liability.discharged_on.is_(None)
    )
    if request.subject != claim_id:
        debtors = debtors.where(Liability.debtor_id == _party(request.subject))
    names = ["claim_id", "debtor_id", *columns]
    return insert(LetterRow).from_select(names, debtors, include_defaults=False)


def _party(agreement_id: str) -> ScalarSelect[int]:
    """Who has agreed: what they owe and pay is no business of those who owe a part of it too."""
    found = select(Agreement.debtor_id).where(Agreement.id == agreement_id)
    return found.scalar_subquery()


def _literals(columns: Mapping[str, Any]) -> list[Any]:
    table = LetterRow.__table__.c
    return [_literal(value, table[name].type) for name, value in columns.items()]


def _literal(value: Any, type_: Any) -> Any:
    return cast(literal(value, type_), type_)


def opened_task(**values: Any) -> Insert:
    return insert(Task).values(**values)


def requested_recovery(**values: Any) -> Insert:
    return insert(RecoveryAction).values(state="requested", **values)


def cancelled(claim_id: str) -> tuple[Update, Update]:
    """Nobody is asked to answer or to pay about an ended claim any more."""
    tasks = (
        update(Task)
        .where(Task.claim_id == claim_id, Task.state == "open")
        .where(Task.kind.not_in(_OUTLIVING))
        .values(state="cancelled")
    )
    letters = (
        update(LetterRow)
        .where(LetterRow.claim_id == claim_id, LetterRow.state == "requested")
        .where(LetterRow.letter.in_(_ASKING))
        .values(state="cancelled")
    )
    return tasks, letters
