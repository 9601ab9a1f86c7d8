"""What is foreseen, as clients see it."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.cursors import Page
from api.schemas.common import Body, Day, Name, View
from domain.claim import HoldReason
from domain.foresight.foreseen import ForeseenKind, WhyNot
from persistence.foresight.pausing import MOST


class ForeseenQuery(Page):
    """The next working day unless a day is named; what comes, or what does not."""

    day: Day | None = None
    days: int = Field(default=1, ge=1, le=31)
    comes: bool = True
    kind: ForeseenKind | None = None
    type: Name | None = None
    department: Name | None = None


class ForecastDay(View):
    """*rows* of a kind on a day; *fee_ore* of fees."""

    day: date
    kind: ForeseenKind
    comes: bool
    rows: int
    fee_ore: int


class ForecastView(View):
    """*changed*: claims on which something has happened since it was made."""

    made_at: datetime | None = Field(description="None: nobody has looked ahead yet.")
    first_on: date | None
    last_on: date | None
    lives: int = Field(description="Claims and agreements that were looked at.")
    changed: int
    usual_letters: int = Field(description="Letters a working day in the last 30 days.")
    post_stops: list[Literal["brake", "button"]]
    is_bank_awaited: bool
    days: list[ForecastDay]


class ForeseenView(View):
    """*after*: the act whose time is out then, that gave *until*. *instead_on*: when it comes."""

    day: date
    kind: ForeseenKind
    what: str = Field(examples=["first-reminder"])
    claim_id: str
    debtor_name: str | None
    fee_ore: int
    deadline: date | None
    after: str | None
    until: date | None
    why_not: WhyNot | None
    instead_on: date | None


class ForeseenList(View):
    items: list[ForeseenView]
    next_cursor: str | None


class PauseBody(Body):
    """Claims that are put on hold together, until and with a day."""

    claims: list[Annotated[str, Field(max_length=40)]] = Field(min_length=1, max_length=MOST)
    reason: HoldReason = Field(description="One that asks for no more than how long.")
    until: Day
    note: str = Field(default="", max_length=4000)


class PausedClaim(View):
    claim_id: str
    hold_id: int | None
    refusal: str | None = Field(description="Why it is not on hold.")
    released_on: date | None


class PauseView(View):
    id: int
    reason: HoldReason
    until: date
    undone_on: date | None
    claims: list[PausedClaim]
