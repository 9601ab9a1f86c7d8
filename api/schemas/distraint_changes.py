"""What moving a hearing or calling it off would do, as clients see it."""

from datetime import date, datetime

from pydantic import Field

from api.schemas.common import View
from domain.letters import Letter


class ChangedLetter(View):
    letter: Letter
    debtor_id: int
    name: str
    planned_on: date


class ForeseenChange(View):
    """What moving a hearing or calling it off would do."""

    written: list[ChangedLetter] = Field(description="Letters that would be laid in the tray.")
    stopped: list[ChangedLetter] = Field(description="Notices that would not leave any more.")
    is_off: bool
    starts_before: datetime
    starts_after: datetime
    expected_ore: int = Field(description="What would be owed on the day.")
    court_fee_ore: int
    balance_before_ore: int
    balance_after_ore: int
    is_lien_lost: bool = Field(description="The priority right would be over before the hearing.")
    is_limited_before: bool = Field(description="The claim would be time-barred before it.")
    lien_until: date
    limitation_date: date
