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


class HoldBody(Body):
    """Why the claim's clock stands still, and how long. Without *until*, until it is lifted."""

    reason: HoldReason
    note: Prose = ""
    since: Day | None = Field(default=None, description="Today if left out.")
    until: Day | None = None
    asked_by: Number | None = Field(
        default=None,
        description="The debtor who asked for respite until a day: their limitation counts from "
        "its last day.",
    )


class HoldPlaced(View):
    hold_id: int
    claim_id: str


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
