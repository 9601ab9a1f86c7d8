"""Claims as clients see them."""

from datetime import date
from typing import Literal

from pydantic import Field

from api.schemas.common import FaultView, Sentence, View
from domain.claim import Ending, Stage


class ClaimSummary(View):
    """One line of a list of claims. Amounts in whole øre."""

    id: str = Field(examples=["2026-000123"])
    source: str
    reference: str
    claim_type: str
    stage: Stage
    ending: Ending | None
    debtor_id: int
    debtor_name: str
    principal_ore: int
    balance_ore: int
    due_date: date
    limitation_date: date
    waiting_for: str
    next_on: date | None
    registered_on: date


class ClaimList(View):
    items: list[ClaimSummary]
    next_cursor: str | None = Field(description="Where the next page begins; null on the last.")


class Balance(View):
    """What is owed now, split by what it is. Whole øre."""

    principal_ore: int
    interest_ore: int
    fees_ore: int
    other_ore: int
    total_ore: int


class DebtorView(View):
    """Someone liable for the claim. A CPR number is shown without its last four digits."""

    id: int
    kind: Literal["person", "company"]
    national_id: str = Field(examples=["150385-xxxx"])
    name: str
    address: list[str] = Field(
        description="Empty also where it is protected and your role does not need it."
    )
    is_protected: bool
    is_primary: bool
    limitation_date: date


class Standing(View):
    """Where the claim stands, why, what comes next, and when."""

    stage: Stage
    where: Sentence
    why: list[Sentence]
    next: Sentence
    next_on: date | None = Field(
        description="The day on which something happens by itself; null when a person must act."
    )


class TimelineEvent(View):
    """One thing that happened, with its reason and the rule it rests on."""

    on: date
    name: str = Field(examples=["letter-dispatched"])
    sentence: str
    reason: str
    legal_basis: str


class LedgerLine(View):
    """One line of the account. Debt is positive, money paid is negative."""

    seq: int
    kind: str
    amount_ore: int
    balance_ore: int = Field(description="The balance after this line.")
    open_ore: int = Field(description="What is still unpaid of this line.")
    effective_on: date
    booked_on: date
    rule: str
    legal_basis: str
    actor: str
    period_start: date | None = Field(description="What the line is for, where that is a time.")
    period_end: date | None
    base_ore: int | None = Field(description="What interest was reckoned of, and at which rate.")
    rate_percent: str | None
    payment_id: int | None = Field(description="The payment behind the line, if one is.")
    payer: str | None
    channel: str | None = Field(description="How the payment came.")
    file_id: int | None = Field(description="The file it stood in, and in which row.")
    file_row: int | None


class HoldView(View):
    id: int
    reason: str
    note: str
    since: date
    until: date | None
    placed_by: str


class ClaimView(View):
    """A claim with all that belongs to it."""

    id: str
    source: str
    reference: str
    claim_type: str
    claim_type_name: str
    department: str
    description: str
    legal_basis: str
    policy_version: str
    principal_ore: int
    period_start: date
    period_end: date
    origination_date: date
    due_date: date
    last_timely_payment_date: date
    limitation_date: date
    registered_on: date
    payment_reference: str
    agreement_id: str | None
    ending: Ending | None
    ended_on: date | None
    balance: Balance
    debtors: list[DebtorView]
    holds: list[HoldView]
    standing: Standing
    timeline: list[TimelineEvent]
    ledger: list[LedgerLine]


class RegisteredClaim(View):
    """*is_new* is false when the same claim had been registered before; nothing was changed."""

    claim_id: str
    is_new: bool
    warnings: list[FaultView]


class BatchRow(View):
    """The answer to one row, numbered from 1."""

    row: int
    status: Literal["registered", "known", "refused"]
    claim_id: str | None
    faults: list[FaultView]
    warnings: list[FaultView]


class BatchAnswer(View):
    registered: int
    known: int
    refused: int
    rows: list[BatchRow]
