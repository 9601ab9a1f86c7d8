"""Trials of other policies on the past, as clients see them."""

from datetime import date, datetime

from pydantic import Field

from api.schemas.common import Body, Name, View
from domain.letters import Letter
from domain.replaying.trials import People, Side, TrialState

LONGEST_POLICY = 500_000


class NewTrialBody(Body):
    """The other policy is one of these: a *profile* of the house's own, a file's *policy_text*, or
    the one in force with some figures turned.
    """

    months: int = Field(default=24, description="12 to 36 whole months before the current one.")
    people: People = Field(default=People.REACT, description="What moves people.")
    profile: Name | None = Field(default=None, description="The name of an installed policy.")
    policy_text: str | None = Field(default=None, max_length=LONGEST_POLICY, description="TOML.")
    days: int | None = Field(default=None, description="That each reminder gives.")
    without: Letter | None = Field(default=None, description="A letter that is left out.")
    fee_kroner: int | None = Field(default=None, description="Of a reminder.")
    tolerance_kroner: int | None = Field(
        default=None, description="A remainder this small settles a claim."
    )


class TrialFigure(View):
    """Fees in øre; days to payment as the sum over the claims that were paid."""

    side: Side
    claim_type: str
    measure: str
    month: str = Field(description="As 2026-11; empty for what is not told by month.")
    number: int


class TrialSample(View):
    """*lost*: what happened and would not; *new*: what would; each an act or fee and its day."""

    side: Side
    subject: str = Field(description="A claim or an agreement.")
    claim_type: str
    lost: list[tuple[str, date]]
    new: list[tuple[str, date]]


class TrialView(View):
    """*differing*: claims of which the policy in force does not make what happened: none."""

    number: int
    name: str
    state: TrialState
    share_done: float = Field(ge=0, le=1)
    since: date
    until: date
    people: People
    in_force: str = Field(description="The version of the policy in force.")
    asked_by: str
    asked_at: datetime
    claims: int
    differing: int
    changed: int


class TrialDetails(TrialView):
    figures: list[TrialFigure]
    samples: list[TrialSample]


class TrialList(View):
    items: list[TrialView]


class TrialAsked(View):
    number: int
