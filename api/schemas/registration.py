"""How a claim is described to us: what the OpenAPI document shows of it.

The rows themselves are read by `domain.registration.read_claim`, the same as for files, so that
every fault is told at once and in the same words.
"""

from typing import Annotated, Any

from pydantic import BaseModel, Field, WithJsonSchema

CLAIM_MARK = "x-rettidig-new-claim"
_Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]


class NewDebtor(BaseModel):
    """A person or a company that is liable."""

    cpr_cvr: str = Field(description="CPR (10 digits) or CVR (8 digits).", examples=["1503850009"])
    name: str = Field(min_length=1, max_length=200, examples=["Ada Nørregaard"])
    address: list[str] = Field(default=[], max_length=7, examples=[["Åvej 4", "8660 Skanderborg"]])


class NewClaim(BaseModel):
    """A claim to register. The source's own reference makes registering it twice harmless."""

    source: str = Field(min_length=1, max_length=40, examples=["institution"])
    reference: str = Field(min_length=1, max_length=40, examples=["DAG-2026-00017"])
    claim_type: str = Field(description="A type the policy knows.", examples=["day-care"])
    principal_ore: int = Field(gt=0, lt=10_000_000_000, description="Whole øre.", examples=[294500])
    debtors: list[NewDebtor] = Field(min_length=1, description="The primary debtor first.")
    description: str = Field(
        default="", max_length=100, description="Stands in letters to all who are liable."
    )
    period_start: _Day = Field(examples=["2026-03-01"])
    period_end: _Day = Field(examples=["2026-03-31"])
    due_date: _Day = Field(examples=["2026-03-01"])
    origination_date: _Day | None = Field(default=None, description="When the claim arose.")
    last_timely_payment_date: _Day | None = Field(
        default=None, description="The last day of payment in time; follows from the due date."
    )
    demand_sent_on: _Day | None = Field(
        default=None, description="When the source has already sent the demand itself."
    )


_SHOWN = WithJsonSchema({"type": "object", CLAIM_MARK: True})
ClaimFields = Annotated[dict[str, Any], _SHOWN]
ClaimRow = Annotated[Any, _SHOWN]
"""Whatever it is: a row that is no claim is refused alone."""
