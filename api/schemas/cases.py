"""Payments, holds, withdrawals, debtors and figures as clients see them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, Strict

from api.schemas.claims import ClaimSummary
from api.schemas.common import Body, Day, Line, Named, Number, Ore, Prose, View
from domain.claim import Ending, HoldReason, Stage
from domain.decisions import TaskKind


class PaymentBody(Body):
    """Money received. The same source reference again changes nothing."""

    source_reference: Named = Field(examples=["kasse-2026-0412"])
    amount_ore: Ore
    paid_on: Day = Field(description="The day the debtor paid (value date).")
    payer: Line = ""
    text: Line = ""


class PaymentView(View):
    payment_id: int
    claim_id: str
    is_new: bool
    unused_ore: int = Field(description="What the claim could not take; a person looks at it.")
    balance_ore: int


class SuspensionBody(Body):
    """Why it rests, how long, and what the reason asks for. Without *until*, until it is lifted."""

    reason: HoldReason
    note: Prose = ""
    until: Day | None = None
    review_on: Day | None = Field(default=None, description="When a person looks at it again.")
    died_on: Day | None = None
    notice_on: Day | None = Field(
        default=None, description="When the estate's creditors were called (proklama)."
    )
    opened_on: Day | None = Field(
        default=None, description="When bankruptcy, reconstruction or debt relief was opened."
    )
    complained_on: Day | None = None
    contact: Line = Field(
        default="", description="The trustee, the estate's administrator or the authority."
    )


class HoldBody(SuspensionBody):
    """As a suspension, of one claim's clock."""

    since: Day | None = Field(default=None, description="Today if left out.")
    asked_by: Number | None = Field(
        default=None,
        description="The debtor who asked for respite until a day: their limitation counts from "
        "its last day.",
    )


class HoldPlaced(View):
    hold_id: int
    claim_id: str
    suspension_id: int | None
    file_by: date | None = Field(description="The last day to file the claim, if it is known.")
    review_on: date | None


class SuspensionPlaced(View):
    suspension_id: int
    claim_ids: list[str] = Field(description="Those whose clocks stand still.")
    file_by: date | None
    review_on: date | None


class NoticeBody(Body):
    """The estate's creditors have been called (proklama)."""

    notice_on: Day


class NoticeTold(View):
    suspension_id: int
    file_by: date


class SuspensionEnded(View):
    suspension_id: int
    ended_on: date


class HoldReleased(View):
    hold_id: int
    released_on: date


class WithdrawalBody(Body):
    reasons: Named = Field(examples=["Registered by mistake."])


class Withdrawn(View):
    claim_id: str
    stage: Stage
    is_withdrawn: bool


class SearchBody(Body):
    """A CPR number never stands in a URL, so a person is looked up by a body."""

    national_id: Annotated[str, Strict(), Field(max_length=20, examples=["1503850009"])]


class DebtorFound(View):
    debtor_id: int
    kind: Literal["person", "company"]
    national_id: str
    name: str
    claims: list[ClaimSummary]


class StageCount(View):
    stage: Stage
    claims: int
    balance_ore: int
    principal_ore: int


class EndingCount(View):
    ending: Ending
    claims: int
    principal_ore: int


class TaskCount(View):
    kind: TaskKind
    open: int
    overdue: int


class Counts(View):
    """Where all claims are. Whole øre."""

    on: date
    stages: list[StageCount]
    endings: list[EndingCount]
    tasks: list[TaskCount]


class Health(View):
    is_alive: Literal[True] = True


class Readiness(View):
    """Decisions are accepted while the database answers; they take effect when Temporal does."""

    database: bool
    temporal: bool | None = Field(description="Null when this process does not know.")
