"""Agreements, what can be proposed, and what is recommended, as clients see them."""

from datetime import date

from pydantic import Field

from api.schemas.common import Body, Day, Line, Number, Ore, Prose, Sentence, View
from domain.agreements.ability import ProposalKind
from domain.agreements.acceptance import AcceptedBy, Acknowledged
from domain.agreements.assessment_rules import Advice, Fact
from domain.decisions import Outcome


class PaidInstalmentView(View):
    number: int
    due_on: date
    amount_ore: int
    missing_ore: int


class ClaimShareView(View):
    claim_id: str
    owed_ore: int | None = Field(description="When the agreement was made, where that is known.")
    balance_ore: int
    is_covered: bool = Field(description="False: it has ended, or gone another way.")


class AcceptanceView(View):
    accepted_by: AcceptedBy
    acknowledged: Acknowledged
    given_on: date
    attachment_id: int | None


class AgreementView(View):
    """The plan sums to what is owed. *next* is the first instalment that is not fully paid."""

    id: str
    debtor_id: int
    state: str
    signed_on: date
    ended_on: date | None
    paid_ore: int
    left_ore: int
    overdue_ore: int
    next: PaidInstalmentView | None
    last_due_on: date | None
    instalments: list[PaidInstalmentView]
    claims: list[ClaimShareView]
    acceptances: list[AcceptanceView]
    follows: str | None = Field(description="The broken agreement it takes up again.")
    followed_by: str | None


class WhatIfView(View):
    """What the plan would be like if so much were paid today. Nothing is written down."""

    left_ore: int
    next: PaidInstalmentView | None
    last_due_on: date | None
    covered: int = Field(description="How many instalments would be fully paid.")


class AcceptanceBody(Body):
    """How the debtor said yes, and how much of the debt they acknowledged.

    Existence and amount are acknowledged in writing only, and give ten years (§ 5).
    """

    accepted_by: AcceptedBy = AcceptedBy.PHONE
    acknowledged: Acknowledged = Acknowledged.DEBT
    accepted_on: Day
    attachment_id: Number | None = None


class EndAgreementBody(Body):
    reasons: Prose


class ReinstateBody(Body):
    """A new plan for what is left: so many months, or so much a month.

    Where the plan is fixed by the income table, the net yearly income decides it alone.
    """

    reasons: Prose
    first_due: Day
    months: int | None = Field(default=None, ge=1, le=600)
    monthly_ore: Ore | None = None
    has_low_income: bool = False
    yearly_income_ore: int | None = Field(default=None, ge=0, lt=10_000_000_000)
    has_children: bool = False
    acceptance: AcceptanceBody | None = None


class Reinstated(View):
    agreement_id: str


class AbilityBody(Body):
    """What a debtor tells of their means. All may be left out."""

    claim_ids: list[Line] = Field(
        default=[], max_length=100, description="Other claims of the debtor that would come along."
    )
    yearly_income_ore: int | None = Field(default=None, ge=0, lt=10_000_000_000)
    has_children: bool = False
    monthly_income_ore: int | None = Field(default=None, ge=0, lt=10_000_000_000)
    rent_ore: int = Field(default=0, ge=0, lt=10_000_000_000)
    other_ore: int = Field(default=0, ge=0, lt=10_000_000_000)


class ProposalView(View):
    """What can be proposed, within the policy and what the debtor can bear, and why."""

    kind: ProposalKind
    monthly_ore: int | None
    months: int | None
    has_low_income: bool
    why: list[Sentence]
    source: str = Field(description="Where the limits come from.")


class PullView(View):
    """One fact, and how hard it pulls which way."""

    fact: Fact
    text: str
    toward: dict[Advice, int]


class RecommendationView(View):
    """What the house would do; a person decides, and the two are counted."""

    advice: Advice
    points: dict[Advice, int]
    pulls: list[PullView]
    next_step_cost_ore: int
    source: str


class AssessmentCount(View):
    recommended: Advice
    decided: dict[Outcome, int]
    total: int
    followed: int


class AssessmentFigures(View):
    first: date
    last: date
    counts: list[AssessmentCount]
    total: int
    followed: int
