"""Tasks and answers as clients see them."""

from datetime import date
from typing import Annotated

from pydantic import Field, Strict

from api.schemas.common import Body, Day, Ore, Prose, Sentence, View
from domain.claim import Stage
from domain.decisions import Outcome, TaskKind


class Priority(View):
    """How much effect work on the task has, as points, and where they come from."""

    points: int
    reasons: list[Sentence]


class TaskView(View):
    id: int
    claim_id: str | None
    kind: TaskKind
    state: str
    department: str
    opened_on: date
    due_on: date
    is_overdue: bool
    claimed_by: str | None
    claim_type: str | None
    stage: Stage | None
    balance_ore: int | None
    limitation_date: date | None
    debtor_name: str | None
    payment_id: int | None = Field(description="The payment the task is about, if it is about one.")
    answers: list[Outcome] = Field(description="The outcomes that may be given.")
    priority: Priority


class TaskList(View):
    items: list[TaskView]
    next_cursor: str | None = Field(description="Where the next page begins; null on the last.")


class AgreementBody(Body):
    """A payment plan: either so many months, or so much a month."""

    claim_ids: list[Annotated[str, Strict(), Field(max_length=40)]] = Field(
        min_length=1, max_length=100, examples=[["2026-000123"]]
    )
    months: Annotated[int, Strict(), Field(ge=1, le=600)] | None = None
    monthly_ore: Ore | None = None
    first_due: Day


class DecisionBody(Body):
    """An answer to a task. Promise, not reached, keep and distraint made name a day."""

    outcome: Outcome
    reasons: Prose
    look_again_on: Day | None = None
    agreement: AgreementBody | None = None
    screen: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = Field(
        default=None, description="The mark of the screen before which it was made."
    )


class DecisionView(View):
    """The answer is recorded; the claim's story hears of it as soon as it can."""

    task_id: int
    next_task: TaskView | None = Field(description="The next task with most effect for you.")
