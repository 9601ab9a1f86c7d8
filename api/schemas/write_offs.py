"""Claims that are given up, as clients see them."""

from datetime import date
from typing import Annotated

from pydantic import Field, Strict

from api.cursors import Page
from api.schemas.common import Body, Number, Prose, View
from api.schemas.tasks import WriteOffBody
from domain.endings.write_off import Approval, WriteOffReason


class ReasonView(View):
    """What one reason has cost this year, and the most it should."""

    reason: WriteOffReason | None = Field(description="Null: before reasons were told.")
    claims: int
    amount_ore: int
    goal_claims: int | None
    goal_amount_ore: int | None
    is_over: bool


class WaitingView(View):
    """A proposal that a second person has not answered; claims given up together are one."""

    task_id: int
    claim_id: str | None
    debtor_id: int | None = Field(description="Of one who alone is to be freed of the claim.")
    claims: int
    reason: WriteOffReason
    amount_ore: int
    approval: Approval
    proposed_on: date
    due_on: date


class SmallClaim(View):
    claim_id: str
    claim_type: str
    debtor_id: int
    balance_ore: int
    due_date: date
    limitation_date: date


class WriteOffs(View):
    """The year by reason, what waits, and which small amounts may be given up in one go."""

    year: int
    reasons: list[ReasonView]
    waiting: list[WaitingView]
    small: list[SmallClaim]


class WriteOffLinesQuery(Page):
    year: int | None = Field(default=None, ge=2000, le=2100, description="This year if left out.")
    reason: WriteOffReason | None = Field(
        default=None, description="If left out: given up before reasons were told."
    )


class WriteOffLine(View):
    """An entry of the ledger: given up, or owed again; what they come to is the year's figure."""

    entry_id: int
    booked_on: date
    claim_id: str
    claim_type: str
    debtor_name: str
    is_given_up: bool
    amount_ore: int = Field(description="Negative where it is owed again.")


class WriteOffLines(View):
    items: list[WriteOffLine]
    next_cursor: str | None


class SmallBody(Body):
    """Small amounts to be given up together."""

    claim_ids: list[Annotated[str, Strict(), Field(max_length=40)]] = Field(
        min_length=1, max_length=1000, examples=[["2026-000123"]]
    )
    reasons: Prose


class SmallRow(View):
    claim_id: str
    is_proposed: bool
    amount_ore: int
    code: str | None = Field(description="Why it was left out.")
    sentence: str | None


class SmallProposed(View):
    batch_id: int
    proposed: int
    left_out: int
    rows: list[SmallRow]


class ReversalBody(Body):
    reasons: Prose


class Reversed(View):
    write_off_id: int
    claim_id: str
    reversed_on: date


class DischargeBody(WriteOffBody):
    """One debtor is freed while others go on being liable."""

    debtor_id: Number
    explanation: Prose


class DischargeProposed(View):
    """A second person is asked; *approval* says who must agree to so much."""

    discharge_id: int
    claim_id: str
    debtor_id: int
    approval: Approval
