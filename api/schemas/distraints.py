"""The town's own distraint hearings as clients see them."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, Strict

from api.schemas.common import Body, Day, Line, Named, Ore, Prose, View
from api.schemas.distraint_owners import OwnerView, PropertyView
from domain.decisions import Outcome
from domain.distraints.distraint import AssetKind, DistraintEvent

State = Literal["scheduled", "held", "off", "over"]
"""A time is set; minutes were written; nothing came of it; its claim has ended."""


class SlotBody(Body):
    """When and where a hearing is held."""

    day: Day
    at: Line = Field(description="The time of day in the town, as 10.30.", examples=["10.30"])
    place: Line
    is_outside: bool = Field(
        default=True, description="Not at the office, which makes the court fee higher."
    )


class HearingBody(SlotBody):
    """The first hearing of a distraint task."""

    task_id: Annotated[int, Strict(), Field(ge=1)]


class MovedBody(SlotBody):
    """A hearing at another time; all are told again."""

    reason: Prose
    is_adjourned: bool = Field(
        default=False, description="It has begun, and goes on then as the same act."
    )


class AssetBody(Body):
    """What was taken, and what the bailiff thinks it is worth."""

    kind: AssetKind
    description: Named
    value_ore: Ore


class MinutesBody(Body):
    """What came of a hearing that was held. A distraint and a payment name a day to go on."""

    outcome: Outcome
    text: Prose
    present: Prose = ""
    assets: list[AssetBody] = Field(default=[], max_length=20)
    look_again_on: Day | None = None
    months: Annotated[int, Strict(), Field(ge=1, le=600)] | None = Field(
        default=None, description="Of the agreement that was made, if one was."
    )
    first_due: Day | None = None


class CallOffBody(Body):
    reason: Prose


class EventBody(Body):
    """What happened to a distraint that was made."""

    event: DistraintEvent
    happened_on: Day
    text: Prose = ""


class HearingForeseen(View):
    """What setting a hearing would do."""

    first_day: date = Field(description="The first day on which the law allows it.")
    owed_ore: int = Field(description="On the day, with interest, before the fees.")
    fee_ore: int
    court_fee_ore: int = Field(description="Added when it is held.")


class HeldHearing(View):
    number: int
    starts_at: datetime
    place: str
    is_outside: bool
    reason: str
    is_adjourned: bool


class TakenAsset(View):
    kind: AssetKind
    description: str
    value_ore: int


class NotedEvent(View):
    event: DistraintEvent
    happened_on: date
    text: str
    noted_by: str


class DistraintSummary(View):
    id: int
    claim_id: str
    claim_type: str
    state: State
    starts_at: datetime
    place: str
    is_outside: bool
    bailiff: str
    debtors: list[str]
    balance_ore: int
    outcome: Outcome | None


class WaitingClaim(View):
    """A claim for which a hearing is to be set."""

    task_id: int
    claim_id: str
    debtors: list[str]
    balance_ore: int
    lien_until: date
    is_held: bool


class Deadline(View):
    """A right that is lost after *until*, or an objection that may come until then."""

    kind: Literal["lien", "lien-ordered", "lapse", "objection"]
    claim_id: str
    distraint_id: int | None
    debtors: list[str]
    until: date
    is_over: bool


class DistraintWeek(View):
    """The hearings of the week that *day* is in, what needs a time, and what is soon lost."""

    first: date
    hearings: list[DistraintSummary]
    waiting: list[WaitingClaim]
    ahead: list[Deadline]


class DistraintView(DistraintSummary):
    task_id: int
    ordered_on: date
    demanded_on: date
    called_off_on: date | None
    expected_ore: int = Field(description="What the debtors were told they owe on the day.")
    court_fee_ore: int
    lien_until: date
    objection_until: date | None
    lapses_on: date | None
    minutes: str | None
    present: str | None
    held_on: date | None
    assets: list[TakenAsset]
    hearings: list[HeldHearing]
    events: list[NotedEvent]
    owners: list[OwnerView]
    properties: list[PropertyView]


class DistraintStanding(View):
    """One proceeding as the pages of its claim and its debtors show it."""

    id: int
    claim_id: str
    claim_type: str
    state: State
    starts_at: datetime
    place: str
    outcome: Outcome | None
    held_on: date | None
    notices: int = Field(description="Of the hearing as it now stands.")
    notices_sent: int
    is_released: bool
    last_event: DistraintEvent | None
    lien_until: date
    objection_until: date | None
    lapses_on: date | None
