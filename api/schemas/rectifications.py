"""What is put right of a person by hand, and protections that are over, as clients see them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.schemas.common import Body, Day, Line, Prose, View
from domain.rectification import RectificationOutcome, RectifiedFact

_MOST_LINES = 20  # How many an address may have is said in words, by its own check.


class RectificationBody(Body):
    """What is left out stays as it is. Of a refusal nothing but the source and reason counts."""

    outcome: RectificationOutcome = RectificationOutcome.CORRECTED
    name: Line | None = Field(default=None, examples=["Karla Prøvesen"])
    address: Annotated[list[Line], Field(max_length=_MOST_LINES)] | None = Field(
        default=None, description="Empty for one who lives nowhere we know of."
    )
    is_protected: bool | None = None
    protected_until: Day | None = Field(default=None, description="The protection's last day.")
    source: Line = Field(description="Who said it, and where it was seen.", examples=["Opkald"])
    reason: Prose = Field(examples=["Navnet var stavet forkert i fagsystemet."])


class FactsView(View):
    """A debtor's own facts."""

    name: str
    address: list[str]
    is_protected: bool
    protected_until: date | None


class SpreadView(View):
    """Who has what was wrong. Letters that have left are never changed."""

    waiting: int = Field(description="Letters that have not left: they take what is right.")
    letters: int = Field(description="Letters that left with what was wrong.")
    posted: int = Field(description="Of them, on paper.")
    claims_there: int = Field(
        description="Claims the recovery authority has had. It is told the CPR or CVR number, "
        "and neither name nor address."
    )
    sources: str | None = Field(description="The systems that claims came from.")


class RectificationForeseen(View):
    """What it would do. Nothing of it is done."""

    before: FactsView
    then: FactsView
    changed: list[RectifiedFact]
    spread: SpreadView


class RectificationDone(View):
    rectification_id: int
    changed: list[RectifiedFact] = Field(description="None for a refusal.")


class RectificationView(View):
    """What did not change is null on both sides."""

    id: int
    outcome: RectificationOutcome
    name_was: str | None
    name_became: str | None
    address_was: list[str] | None
    address_became: list[str] | None
    protected_was: bool | None
    protected_became: bool | None
    until_was: date | None
    until_became: date | None
    source: str
    reason: str
    decided_by: str
    decided_on: date
    decided_at: datetime


class RectificationList(View):
    items: list[RectificationView]


class EndedProtection(View):
    """The address stays hidden until somebody ends or renews the protection."""

    debtor_id: int
    name: str
    protected_until: date


class EndedProtectionList(View):
    items: list[EndedProtection]
