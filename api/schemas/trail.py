"""The audit trail and substitutions as clients see them."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.cursors import Page
from api.schemas.common import Body, Day, Name, View
from domain.looking import Purpose


class TrailQuery(Page):
    """What is looked for in the audit trail."""

    person: Name | None = None
    subject: Name | None = Field(
        default=None, description="A claim's number, or as `debtor-3`: a debtor with all claims."
    )
    act: Name | None = None
    since: Day | None = None
    until: Day | None = None


class TrailEntry(View):
    id: int
    at: datetime
    person: str
    act: str
    subject: str
    number: int = Field(description="Which of the subject's entries it is.")
    purpose: str | None
    stood_in_for: str | None
    facts: dict[str, Any]


class TrailPage(View):
    items: list[TrailEntry]
    next_cursor: str | None = Field(description="Where the next page begins; null on the last.")


class ScreenBlock(View):
    kind: str
    words: list[str]


class DecisionScreen(View):
    """What was on the screen when a decision was made."""

    decision_id: int
    task_id: int
    decided_by: str
    stood_in_for: str | None
    decided_at: datetime
    role: str
    purpose: Purpose | None
    sha256: str | None = Field(description="Null when it was made without a screen.")
    policy: str | None
    blocks: list[ScreenBlock]
    is_unbroken: bool = Field(description="The trail of the case, and the screen, are as written.")


class SubstitutionBody(Body):
    """Someone stands in for someone absent, both days with them."""

    absent: Name = Field(examples=["anna"])
    substitute: Name = Field(examples=["bent"])
    since: Day
    until: Day


class SubstitutionView(View):
    id: int
    absent: str
    substitute: str
    since: date
    until: date
    made_by: str
    is_running: bool


class SubstitutionList(View):
    items: list[SubstitutionView]
