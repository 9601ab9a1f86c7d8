"""What moves limitation dates, and what is time-barred when, as clients see it."""

from datetime import date

from pydantic import Field

from api.cursors import Page
from api.schemas.common import Body, Day, Name, Named, Number, View
from domain.claim import Stage
from domain.limitation.dates import LimitationKind


class LimitationEventView(View):
    """*limitation_date* is what the liability's was with this event the last."""

    number: int
    kind: LimitationKind
    on: date
    source: str = Field(description="What proves it, or why something was corrected.")
    limitation_date: date
    strikes: int | None = Field(description="The event that a correction strikes out.")
    first_limitation_date: date | None = Field(
        description="What a correction says that the first limitation date should have been."
    )
    is_struck_out: bool


class LiabilityLimitation(View):
    debtor_id: int
    first_limitation_date: date
    limitation_date: date
    events: list[LimitationEventView]


class ClaimLimitation(View):
    """The claim's date is that of the first liability to lapse."""

    claim_id: str
    limitation_date: date
    liabilities: list[LiabilityLimitation]


class LimitationEventBody(Body):
    """Something that moves the date, with its proof."""

    kind: LimitationKind
    on: Day
    source: Named = Field(examples=["Forlig underskrevet 3. marts, dokument 17"])
    debtor_ids: list[Number] = Field(min_length=1, max_length=50)


class LimitationCorrectionBody(Body):
    """An error put right: either an event struck out, or the first date said anew."""

    debtor_id: Number
    reason: Named
    strikes: Number | None = None
    first_limitation_date: Day | None = None


class RadarSum(View):
    claims: int
    balance_ore: int


class MonthSum(RadarSum):
    month: date = Field(description="Its first day.")


class BandSum(RadarSum):
    band: int
    days_from: int | None = Field(description="Days left at least; none for what has lapsed.")
    days_to: int | None = Field(description="Days left at most; none for the last band.")


class TypeSum(RadarSum):
    claim_type: str


class DepartmentSum(RadarSum):
    department: str


class LimitationRadar(View):
    """What is lost if nothing is done. The recovery authority watches what it has received."""

    on: date
    ours: RadarSum
    leaving: RadarSum = Field(description="Of ours: on the way to the authority, or in hearing.")
    at_the_authority: RadarSum
    early: RadarSum = Field(
        description="Of ours: interest and fees that are time-barred before their claim, by lines."
    )
    months: list[MonthSum]
    bands: list[BandSum]
    claim_types: list[TypeSum]
    departments: list[DepartmentSum]
    unoffered: RadarSum = Field(
        description="Claims about which nobody was asked in time, not yet taken notice of."
    )


class LapsingQuery(Page):
    month: Day | None = Field(default=None, description="Any day of the month.")
    band: int | None = Field(default=None, ge=0, le=20)
    claim_type: Name | None = None
    department: Name | None = None
    leaving: bool = False


class LapsingClaim(View):
    """*is_whole* false: interest and fees that are time-barred before the claim they belong to."""

    claim_id: str
    claim_type: str
    department: str
    stage: Stage
    limitation_date: date
    balance_ore: int
    is_whole: bool
    debtor_name: str
    task_id: int | None = Field(description="The open task in which a decision is offered.")


class LapsingClaims(View):
    items: list[LapsingClaim]
    next_cursor: str | None
