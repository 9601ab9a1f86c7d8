"""Who always pays, but late, and whether an offer has helped, as clients see it."""

from datetime import date
from typing import Annotated

from pydantic import Field, Strict

from api.schemas.common import Body, Number, View
from persistence.steering.prevention import MOST


class LatePayer(View):
    """*claims*: paid after a reminder. *days*: typically so long after the last timely day."""

    debtor_id: int
    name: str
    claims: int
    days: int
    payday: int = Field(description="The day of the month on which they typically pay.")
    types: list[str]
    offered_on: date | None


class OfferEffect(View):
    """Claims of those who had the offer that fell due before it and after it."""

    offered: int
    joined: int
    before: int
    late_before: int
    after: int
    late_after: int


class Prevention(View):
    months: int = Field(description="How far back is looked.")
    late_claims: int = Field(description="So many at least.")
    effect_months: int
    items: list[LatePayer]
    effect: OfferEffect


class OfferBody(Body):
    debtor_ids: list[Annotated[Number, Strict()]] = Field(min_length=1, max_length=MOST)
    offers_other_day: Annotated[bool, Strict()] = Field(
        default=False, description="Say that bills may fall due on another day too."
    )


class Offered(View):
    letters: int = Field(description="How many were laid in the tray; nobody gets two.")
