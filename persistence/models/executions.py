"""What was seen of executions, what supervisors asked to have done, and who did not answer."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class StoryLook(Table):
    """What the newest look at a story's execution found, beside what the tables said then."""

    __tablename__ = "story_looks"
    __table_args__ = (
        CheckConstraint("(trouble is null) = (troubled_since is null)", name="trouble_dated"),
        Index("ix_story_looks_trouble", "trouble", postgresql_where="trouble is not null"),
    )

    story: Mapped[str] = mapped_column(primary_key=True)  # a workflow id
    seen_at: Mapped[datetime]  # the town's time
    status: Mapped[str]
    trouble: Mapped[str | None]
    troubled_since: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]]


class StoryBatch(Table):
    """One act asked for about many stories, with the reason. *state*: BatchState."""

    __tablename__ = "story_batches"

    id: Mapped[Serial]
    act: Mapped[str]
    reason: Mapped[str]
    trouble: Mapped[str | None]  # what the list was narrowed to
    state: Mapped[str] = mapped_column(default="running")
    asked_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StoryStep(Table):
    """An act asked for about one story, and what became of it. *state*: StepState."""

    __tablename__ = "story_steps"
    __table_args__ = (
        Index("ix_story_steps_asked", "id", postgresql_where="state = 'asked'"),
        Index("ix_story_steps_story", "story", "id"),
        Index("ix_story_steps_batch", "batch_id", "state", "id"),
        Index(
            "ix_story_steps_one_look", "story", unique=True,
            postgresql_where="state = 'asked' and act = 'look' and batch_id is null",
        ),
    )  # fmt: skip

    id: Mapped[Serial]
    story: Mapped[str]
    act: Mapped[str]
    reason: Mapped[str]
    batch_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("story_batches.id"))
    state: Mapped[str] = mapped_column(default="asked")
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]  # the town's time
    taken_until: Mapped[datetime | None]  # real time; until then someone is at it
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]  # the town's time
    trouble: Mapped[str | None]  # the kind of what stood in the way


class StageProposal(Table):
    """That a claim be moved by hand, by whom and why, and what a second person said.

    *until_key*, *until_day*: the wait that it ends, and the last day the story is given instead.
    """

    __tablename__ = "stage_proposals"
    __table_args__ = (
        Index("ix_stage_proposals_claim", "claim_id", "id"),
        Index(
            "ix_stage_proposals_standing", "claim_id", unique=True,
            postgresql_where="state = 'proposed'",
        ),
    )  # fmt: skip

    id: Mapped[Serial]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"))
    step: Mapped[str]
    waiting_for: Mapped[str]  # as the claim stood when it was proposed
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="proposed")
    proposed_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    until_key: Mapped[str | None]
    until_day: Mapped[date | None]


class GatewaySilence(Table):
    """A counterpart that does not answer, from the first time to the last, until it does again."""

    __tablename__ = "gateway_silences"
    __table_args__ = (
        Index(
            "ix_gateway_silences_now", "gateway", unique=True, postgresql_where="ended_at is null"
        ),
    )

    id: Mapped[Serial]
    gateway: Mapped[str]
    since: Mapped[datetime]  # the town's time, as below
    latest_at: Mapped[datetime]
    tries: Mapped[int]
    ended_at: Mapped[datetime | None]
