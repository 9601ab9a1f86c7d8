"""Questions to departments: as the asker sees them, and as the department does."""

from datetime import date
from typing import Literal

from pydantic import Field

from api.schemas.common import Body, Day, Named, Number, Prose, View
from api.schemas.writings import AttachedView

STANDING = Literal["open", "answered", "recalled", "moot"]


class QuestionBody(Body):
    """*task_id*: the task that waits for the answer. The claim's own department if left out."""

    question: Prose = Field(min_length=1, examples=["Var barnet meldt ud i april?"])
    due_on: Day
    department: Named | None = None
    task_id: Number | None = None


class DepartmentAnswerBody(Body):
    answer: Prose = Field(min_length=1, examples=["Barnet blev meldt ud den 31. marts."])


class RecallBody(Body):
    reason: Prose = Field(min_length=1, examples=["Skyldner har fundet kvitteringen."])


class DepartmentQuestion(View):
    """All that a department is told. *moot*: the claim has ended; no answer is needed any more."""

    id: int
    debtor_name: str
    claim_type: str
    claim_type_name: str
    period_start: date
    period_end: date
    principal_ore: int
    question: str
    asked_on: date
    due_on: date
    is_overdue: bool
    standing: STANDING
    answer: str | None
    attachments: list[AttachedView]
    closed_on: date | None


class DepartmentQuestions(View):
    items: list[DepartmentQuestion]


class ConsultationView(View):
    """A question as those who work on the claim see it."""

    id: int
    claim_id: str
    task_id: int | None
    department: str
    question: str
    asked_by: str
    asked_on: date
    due_on: date
    is_overdue: bool
    standing: STANDING
    answer: str | None
    attachments: list[AttachedView]
    closed_by_name: str | None
    closed_on: date | None
    recall_reason: str | None


class Consultations(View):
    items: list[ConsultationView]
