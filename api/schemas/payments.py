"""Payments, where they lie and where they may belong, as clients see them."""

from datetime import date
from typing import Literal

from pydantic import Field

from api.schemas.common import Body, Named, Number, Ore, Prose, Sentence, View


class Placing(View):
    claim_id: str
    ore: int


class CandidateView(View):
    """A claim the payment may be meant for. *points* out of 100."""

    claim_id: str
    points: int
    reasons: list[Sentence]


class PaymentDetails(View):
    payment_id: int
    amount_ore: int
    unused_ore: int = Field(description="What lies on no claim.")
    paid_on: date
    booked_on: date
    payer: str
    text: str
    channel: str
    placed: list[Placing]
    candidates: list[CandidateView] = Field(description="Best first; only while money is unplaced.")


class PlacingBody(Body):
    """Which claim takes the money, and how much of it; all that is unplaced if left out."""

    claim_id: Named = Field(examples=["2026-000123"])
    amount_ore: Ore | None = None


class UndoingBody(Body):
    claim_id: Named = Field(examples=["2026-000123"])


class RefundBody(Body):
    """Unplaced money to be paid back to whoever owed the claim, or to the debtor named."""

    amount_ore: Ore
    reasons: Prose
    debtor_id: Number | None = None


class RefundView(View):
    refund_id: int
    payment_id: int
    state: Literal["proposed", "approved"] = Field(
        description="Above the policy's limit a second person is asked; else it is paid at once."
    )
