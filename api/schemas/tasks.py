"""Tasks and answers as clients see them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, Strict

from api.schemas.agreements import AcceptanceBody
from api.schemas.common import Body, Day, Line, Named, Number, Ore, Prose, Sentence, View
from domain.claim import Stage
from domain.decisions import Outcome, TaskKind
from domain.endings.write_off import WriteOffReason
from domain.recovery.dossier import Standing


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
    delegated_by: str | None = Field(description="To whom it goes back.")
    snoozed_until: date | None
    claim_type: str | None
    stage: Stage | None
    balance_ore: int | None
    limitation_date: date | None
    debtor_name: str | None
    transfer_standing: Standing | None = Field(
        description="Of an assessment or a refused transfer: how near the claim is to it."
    )
    payment_id: int | None = Field(description="The payment the task is about, if it is about one.")
    answers: list[Outcome] = Field(description="The outcomes that may be given.")
    priority: Priority
    screen: str = Field(description="Where a person answers it in a browser.")


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
    has_low_income: bool = Field(
        default=False, description="Where the policy gives a debtor with little more months."
    )
    yearly_income_ore: int | None = Field(
        default=None, ge=0, lt=10_000_000_000,
        description="Net, a year. Where the plan is fixed by the income table it decides.",
    )  # fmt: skip
    has_children: bool = Field(default=False, description="Whom the debtor must support.")
    acceptance: AcceptanceBody | None = Field(
        default=None, description="How the debtor said yes; null: in the talk, today."
    )


class WriteOffBody(Body):
    """Why a claim is given up, and what proves it."""

    reason: WriteOffReason
    proved_on: Day | None = Field(
        default=None, description="The day of the order, of the end of the estate, of the lapse."
    )
    attachment_id: Number | None = Field(default=None, description="In the claim's own files.")
    journal: Line = Field(default="", description="Where the document lies, if not here.")


class CommitteeBody(Body):
    """What the finance committee decided about a large amount, outside this system."""

    decided_on: Day
    item: Named = Field(description="Which item of the agenda.", examples=["Punkt 14"])
    attachment_id: Number | None = None
    journal: Line = ""


class DecisionBody(Body):
    """An answer to a task. Promise, not reached, keep and distraint made name a day."""

    outcome: Outcome
    reasons: Prose
    look_again_on: Day | None = None
    agreement: AgreementBody | None = None
    words: Prose = Field(
        default="", description="What is written to the debtor, where the answer is a letter."
    )
    write_off: WriteOffBody | None = Field(
        default=None, description="Goes with the outcome write-off."
    )
    committee: CommitteeBody | None = Field(
        default=None, description="Goes with agreeing to write off a large amount."
    )
    undoable: bool = Field(
        default=False,
        description="Wait half a minute before it takes effect, so that it can be taken back.",
    )
    screen: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = Field(
        default=None, description="The mark of the screen before which it was made."
    )


class DecisionView(View):
    """The answer is recorded; the claim's story hears of it as soon as it can."""

    decision_id: int
    task_id: int
    undoable_until: datetime | None = Field(description="Real time; null: it has taken effect.")
    next_task: TaskView | None = Field(description="The next task with most effect for you.")


class InstalmentView(View):
    number: int
    due_on: date
    amount_ore: int


class PlanShareView(View):
    claim_id: str
    owed_ore: int


class PlanView(View):
    """What an agreement would be like, by the rules as they are today. Nothing is written down."""

    owed_ore: int = Field(description="With interest up to today.")
    shares: list[PlanShareView] = Field(description="What of it each claim owes.")
    instalments: list[InstalmentView]
    max_months: int
    minimum_instalment_ore: int
    source: str = Field(description="Where the limits come from.")
    moved_from: date | None = Field(
        description="The day asked for, where it is a closing day: the next open one it is."
    )


_FieldName = Annotated[str, Field(pattern=r"^[a-z_-]{1,60}$")]


class DraftBody(Body):
    """Fields of a task's form by their names, as they were typed."""

    fields: dict[_FieldName, Prose | list[Line]] = Field(max_length=60)


class DraftView(View):
    task_id: int
    fields: dict[str, str | list[str]]
    kept_at: datetime = Field(description="Real time.")


class ObjectionBody(Body):
    words: Prose = Field(description="What the debtor says.")
