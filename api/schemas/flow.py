"""Where claims stand and which way they go, as clients see it."""

from datetime import date
from typing import Literal

from pydantic import Field

from api.cursors import Page
from api.schemas.common import Body, Day, Name, View
from domain.claim import Stage


class FlowQuery(Body):
    """What the flow is narrowed to, and the period of its moves: the last 30 days by default."""

    type: Name | None = None
    department: Name | None = None
    kind: Literal["person", "company"] | None = None
    age: int | None = Field(default=None, ge=0, le=3, description="Band of days since due.")
    team: Name | None = Field(default=None, description="With whom the claims are.")


class MovesQuery(FlowQuery):
    since: Day | None = Field(default=None, alias="from")
    until: Day | None = Field(default=None, alias="to")


class StandingQuery(FlowQuery, Page):
    stage: Stage


class StageFlowView(View):
    """*came* and *left* are moves of the period: a claim that comes twice counts twice."""

    stage: Stage
    claims: int
    balance_ore: int
    median_days: int | None = Field(description="How long those that stand there have stood.")
    longest_days: int | None
    came: int
    left: int


class MoveView(View):
    origin: Stage | None = Field(description="None: the claims are new.")
    goal: Stage
    claims: int


class Flow(View):
    since: date
    until: date
    stages: list[StageFlowView]
    moves: list[MoveView]


class StandingClaim(View):
    claim_id: str
    claim_type: str
    department: str
    stage_since: date
    next_on: date | None = Field(description="When something happens by itself; none: a person.")
    balance_ore: int
    debtor_name: str


class StandingClaims(View):
    items: list[StandingClaim]
    next_cursor: str | None
