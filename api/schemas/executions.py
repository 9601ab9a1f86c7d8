"""What stands in the way of stories and what is done about it, as clients see it."""

from datetime import date, datetime

from pydantic import Field

from api.cursors import Page
from api.schemas.common import Body, Prose, View
from domain.claim import Stage
from domain.executions.stage_steps import StageStep, StepProposalState
from domain.executions.troubles import BatchState, StepState, StoryAct, Trouble


class TroubledQuery(Page):
    trouble: Trouble | None = None


class TroubledStory(View):
    """*since* is the town's time; *why* is a sentence in the caller's language."""

    story: str = Field(examples=["claim-2026-000123"])
    claim_id: str = Field(description="Of an agreement: the first of its claims.")
    trouble: Trouble
    why: str
    since: datetime
    stage: Stage
    remedies: list[StoryAct] = Field(description="What helps, the gentlest first.")


class TroubledStories(View):
    """*counts*: how many stories have each trouble; one may have two."""

    items: list[TroubledStory]
    counts: dict[Trouble, int]
    next_cursor: str | None


class DifferenceView(View):
    field: str
    told: list[str] = Field(description="What only the execution remembers.")
    known: list[str] = Field(description="What only the tables say.")


class PendingView(View):
    name: str
    attempts: int
    failure: str | None = Field(description="The kind of the last failure.")


class StepView(View):
    id: int
    act: StoryAct
    state: StepState
    reason: str
    asked_by: str
    asked_at: datetime
    trouble: str | None = Field(description="What stood in the way.")


class ExecutionView(View):
    """*seen_at*: when Temporal was last asked; *asked_at*: since when an answer is waited for."""

    story: str
    is_alive: bool
    stage: Stage
    waiting_for: str
    next_on: date | None
    seen_at: datetime | None
    asked_at: datetime | None
    status: str | None
    has_answered: bool = Field(description="Whether a worker told what the story remembers.")
    waits_for: str | None
    history_length: int | None
    build: str | None
    pending: list[PendingView]
    differences: list[DifferenceView]
    troubles: list[Trouble]
    steps: list[StepView]
    moves: list[StageStep] = Field(description="Moves that may be proposed.")


class StepBody(Body):
    """A look needs no reason."""

    act: StoryAct
    reason: Prose = ""


class Accepted(View):
    """It is carried out in a moment; the execution's `steps` say when and how it went."""

    story: str
    act: StoryAct


class BatchBody(Body):
    act: StoryAct
    trouble: Trouble | None = Field(default=None, description="All stories of the list if none.")
    reason: Prose


class BatchMade(View):
    batch: int


class BatchFailure(View):
    story: str
    trouble: str


class BatchView(View):
    batch: int
    act: StoryAct
    trouble: Trouble | None
    reason: str
    state: BatchState
    asked_by: str
    asked_at: datetime
    stories: int
    done: int
    failed: int
    waiting: int
    dropped: int
    failures: list[BatchFailure] = Field(description="The first two hundred.")


class BatchStateBody(Body):
    state: BatchState = Field(description="`running`, `paused` or `stopped`.")


class MoveBody(Body):
    step: StageStep
    reason: Prose


class MoveProposed(View):
    proposal: int


class MoveDecisionBody(Body):
    is_approved: bool


class MoveDecided(View):
    claim_id: str
    state: StepProposalState
