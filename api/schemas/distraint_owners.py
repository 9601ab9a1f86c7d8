"""The owners of what a distraint hearing is about, as clients see and name them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.common import Body, Day, Line, Named, Prose, View


class PropertyBody(Body):
    """Who owns it is asked in the register of owners."""

    number: Line = Field(description="The property's number (BFE-nummer).", examples=["5381234"])


class OwnerBody(Body):
    """An owner, who need not owe anything."""

    national_id: Line = Field(description="The owner's CPR or CVR number.")
    name: Named
    address: Annotated[list[Line], Field(min_length=1, max_length=6)]
    share: Line = Field(default="", examples=["1/2"])


class StruckBody(Body):
    why: Prose


class ToldBody(Body):
    """An owner was told otherwise than by our letter; the proof stands in *how*."""

    told_on: Day
    how: Prose


class OwnerView(View):
    """*letter_id* is the notice of the hearing as it now stands."""

    debtor_id: int
    name: str
    national_id: str = Field(description="A CPR number lacks its last four digits.")
    share: str
    source: Literal["register", "typed"]
    is_liable: bool = Field(description="Owes the claim too, and is told as a debtor.")
    letter_id: int | None
    letter_state: str | None
    planned_on: date | None
    dispatched_on: date | None
    delivered_on: date | None
    told_on: date | None
    told_how: str | None
    is_told: bool = Field(description="With proof, in time or not.")


class PropertyView(View):
    number: str
    address: str
    asked_on: date
    answered_on: date | None
    is_found: bool | None
