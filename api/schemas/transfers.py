"""Which claims may go to the recovery authority, and what stands in the way of the others."""

from datetime import date

from pydantic import Field

from api.cursors import Page
from api.schemas.common import Body, Day, Line, Name, Named, View
from domain.claim import Stage
from domain.recovery.dossier import Standing


class StandingSum(View):
    standing: Standing
    claims: int
    balance_ore: int


class TypeStanding(StandingSum):
    claim_type: str


class DepartmentStanding(StandingSum):
    department: str


class ObstacleSum(StandingSum):
    """A claim with several obstacles counts under each."""

    code: str = Field(description="A condition of the transfer, or a rule's own number.")
    sentence: str


class TransferReadiness(View):
    """As the claims were last looked at: each night, and whenever one was mended."""

    standings: list[StandingSum]
    claim_types: list[TypeStanding]
    departments: list[DepartmentStanding]
    obstacles: list[ObstacleSum]


class TransfersQuery(Page):
    standing: Name | None = Field(default=None, examples=["lacking"])
    claim_type: Name | None = None
    department: Name | None = None
    code: Name | None = Field(default=None, examples=["R_7_11"])


class ObstacleView(View):
    """*field*: the one to mend, where a rule of the entry filter is broken."""

    code: str
    sentence: str
    field: str | None
    screen: str = Field(description="The page where it is mended or told of.")


class TransferCandidate(View):
    claim_id: str
    claim_type: str
    department: str
    stage: Stage
    balance_ore: int
    limitation_date: date
    debtor_name: str
    standing: Standing
    since: date
    obstacles: list[ObstacleView]
    task_id: int | None = Field(description="The open task in which a transfer is decided.")


class TransferCandidates(View):
    items: list[TransferCandidate]
    next_cursor: str | None


class ParticularsBody(Body):
    """What is otherwise than it was registered; what is left out stays as it is."""

    description: Line | None = None
    period_start: Day | None = None
    period_end: Day | None = None
    originated_on: Day | None = None
    reasons: Named = Field(description="What the correction rests on.")
