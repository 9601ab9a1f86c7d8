"""Trials of other policies on the past: what was asked, how far it has come, what came out."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from persistence.models.base import Serial, Table


class PolicyTrial(Table):
    """The policy in force beside another one, over the same past.

    The other is one of the house's own (*profile*), a file (*policy_text*) or the one in force
    with some figures turned (*knobs*). *reached*: the highest debtor that is done, *last*: the
    highest there is; *differing*: claims of which the policy in force does not make what was,
    *changed*: those to which the other does something else.
    """

    __tablename__ = "policy_trials"
    __table_args__ = (
        CheckConstraint("num_nonnulls(profile, policy_text, knobs) = 1", name="one_other"),
        CheckConstraint("since <= until", name="ordered"),
    )

    id: Mapped[Serial]
    name: Mapped[str]
    asked_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    since: Mapped[date]
    until: Mapped[date]
    people: Mapped[str]
    in_force: Mapped[str]  # its version
    profile: Mapped[str | None]
    policy_text: Mapped[str | None]
    knobs: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting, running, done; stopped by a person; failed, where the policy cannot be read."""
    first: Mapped[int] = mapped_column(BigInteger, default=0)
    reached: Mapped[int] = mapped_column(BigInteger, default=0)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    claims: Mapped[int] = mapped_column(default=0)
    differing: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)


class PolicyTrialFigure(Table):
    """One sum of a trial. *side*: history, in-force or other; *month*: as 2026-11, or empty."""

    __tablename__ = "policy_trial_figures"

    trial_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("policy_trials.id"), primary_key=True
    )
    side: Mapped[str] = mapped_column(primary_key=True)
    claim_type: Mapped[str] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class PolicyTrialSample(Table):
    """One of the first claims that differ. *side*: history, from what was; other, by the policy."""

    __tablename__ = "policy_trial_samples"

    id: Mapped[Serial]
    trial_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("policy_trials.id"), index=True)
    side: Mapped[str]
    subject: Mapped[str]
    claim_type: Mapped[str]
    lost: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    new: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
