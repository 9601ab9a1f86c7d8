"""The shapes that all answers share, and the kinds of values that bodies hold."""

import re
from datetime import date
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

from domain.claim_fields import read_text
from domain.errors import Invalid

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LARGEST_ID = 2**63 - 1
_BELOW_ORE = 10_000_000_000  # as the recovery authority's amounts: 8 digits before the øre
# Bounds of the plausible, to catch slips of the hand; neither is a rule of law.
_FIRST_DAY, _LAST_DAY = date(1980, 1, 1), date(2100, 1, 1)


class View(BaseModel):
    """An answer holds what its schema says and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Body(BaseModel):
    """A request that says something we do not know has not been understood."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sentence(View):
    """A code for programs with its sentence for people."""

    code: str
    text: str


class FaultView(View):
    """What is wrong with one field."""

    field: str
    code: str
    sentence: str


def _iso(value: Any) -> Any:
    if isinstance(value, str) and not _ISO_DAY.fullmatch(value):
        raise PydanticCustomError("day-unreadable", "not a day", {"value": value[:60]})
    if not isinstance(value, (str, date)):
        raise PydanticCustomError("day-unreadable", "not a day", {"value": str(value)[:60]})
    return value


def _printable(value: str, longest: int) -> str:
    try:
        return read_text(value, longest)
    except Invalid as invalid:
        fault = invalid.faults[0]
        raise PydanticCustomError("text", "not printable", {"fault": fault.code}) from None


Day = Annotated[date, BeforeValidator(_iso), Field(ge=_FIRST_DAY, le=_LAST_DAY)]
Ore = Annotated[int, Strict(), Field(gt=0, lt=_BELOW_ORE, description="An amount in whole øre.")]
_LINE, _PROSE = 200, 4000
Line = Annotated[
    str, Strict(), Field(max_length=_LINE), AfterValidator(partial(_printable, longest=_LINE))
]
Named = Annotated[
    str,
    Strict(),
    Field(min_length=1, max_length=_LINE),
    AfterValidator(partial(_printable, longest=_LINE)),
]
Prose = Annotated[
    str, Strict(), Field(max_length=_PROSE), AfterValidator(partial(_printable, longest=_PROSE))
]
Number = Annotated[int, Field(ge=1, le=_LARGEST_ID)]
PRINTABLE = r"^[^\x00-\x1f]*$"
Name = Annotated[str, Field(max_length=100, pattern=PRINTABLE)]
