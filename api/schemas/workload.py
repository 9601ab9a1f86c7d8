"""Who has how much to do, what rests, and how soon answers come, as clients see it."""

from datetime import date

from pydantic import Field

from api.cursors import Page
from api.schemas.common import Body, Name, View
from domain.authority import Role
from domain.claim import HoldReason
from domain.decisions import TaskKind
from domain.enquiries import EnquiryChannel


class WorkloadQuery(Body):
    team: Name | None = Field(default=None, description="Only its people and its tasks.")


class PersonLoad(View):
    """*person* none: what nobody has taken. *decided*: lately."""

    person: str | None
    name: str | None
    role: Role | None
    team: str | None
    open: int
    overdue: int
    oldest: date | None
    decided: int
    substitute: str | None = Field(description="Who stands in for them today.")


class KindLoad(View):
    """*needs_second_person*: a proposal that waits for somebody's approval."""

    kind: TaskKind
    open: int
    overdue: int
    oldest: date
    balance_ore: int
    largest_ore: int = Field(description="What is owed on the largest of them.")
    median_days: int = Field(description="How long they have waited.")
    needs_second_person: bool


class WaitingTask(View):
    task_id: int
    kind: TaskKind
    claim_id: str | None
    opened_on: date
    due_on: date
    holder: str | None


class HoldLoad(View):
    """*past*: its last day is over, and nobody has let the claim go on.

    *long*, *longer*: so many have rested for a month, and for three, or more.
    """

    reason: HoldReason
    claims: int
    balance_ore: int
    oldest: date
    median_days: int
    long: int
    longer: int
    past: int


class EnquiryLoad(View):
    open: int
    overdue: int
    oldest: date | None


class ResponseTimeView(View):
    """Working days. *within_goal*: a share of those of which it is known."""

    kind: TaskKind | None
    channel: EnquiryChannel | None
    goal_days: int | None = Field(description="None: each has a day of its own.")
    received: int
    answered: int
    overdue: int
    median_days: int | None
    ninetieth_days: int | None
    within_goal: float | None


class WorkloadView(View):
    on: date
    decided_since: date
    people: list[PersonLoad]
    kinds: list[KindLoad]
    oldest: list[WaitingTask]
    holds: list[HoldLoad]
    enquiries: EnquiryLoad
    response_times: list[ResponseTimeView] = Field(description="Of what came since then.")


class HeldQuery(Page):
    reason: HoldReason


class HeldClaim(View):
    claim_id: str
    claim_type: str
    debtor_name: str
    since: date
    until: date | None
    note: str
    placed_by: str
    balance_ore: int


class HeldClaims(View):
    items: list[HeldClaim]
    next_cursor: str | None


class TeamBody(Body):
    team: Name | None = Field(description="None: no team.")


class PersonTeam(View):
    person: str
    team: str | None
