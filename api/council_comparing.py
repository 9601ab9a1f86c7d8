"""A municipality's file of key figures read, and held beside our own."""

from dataclasses import dataclass

from pydantic import ValidationError

from api.schemas.council import KeyFigures
from domain.errors import Fault, Invalid
from domain.notation import shown
from domain.steering.council import AgeBand
from reports.council.document import Cell, Unit
from reports.council.measures import Amounts, age_shares, measures

LARGEST_FILE = 4 * 1024 * 1024
_MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Beside:
    """One measure of both; *code*: what it is called in the catalogue."""

    code: str
    own: Cell
    other: Cell


def read_key_file(content: bytes) -> KeyFigures:
    """Raises Invalid, saying where the file differs from its schema."""
    if len(content) > LARGEST_FILE:
        raise Invalid(Fault("file", "council-key-large"))
    try:
        return KeyFigures.model_validate_json(content)
    except ValidationError as wrong:
        raise Invalid(*(_fault(one) for one in wrong.errors()[:_MOST_TOLD])) from None


def _fault(error: object) -> Fault:
    assert isinstance(error, dict)
    place = ".".join(str(step) for step in error["loc"])
    if not place:
        return Fault("file", "council-key-unreadable")
    return Fault("file", "council-key-wrong", {"place": shown(place)})


def amounts_of(figures: KeyFigures) -> Amounts:
    return {(one.figure, one.by, one.part): (one.amount_ore, one.number) for one in figures.figures}


def compare(own: KeyFigures, other: KeyFigures) -> tuple[list[Beside], list[Beside]]:
    """The measures, and the ages, of both."""
    ours, theirs = amounts_of(own), amounts_of(other)
    measured = [
        Beside(f"council-measure-{one.name}", Cell(one.value, one.unit), Cell(its.value, its.unit))
        for one, its in zip(measures(ours), measures(theirs), strict=True)
    ]
    our_ages, their_ages = age_shares(ours), age_shares(theirs)
    aged = [
        Beside(
            f"council-age-{band}",
            Cell(our_ages[band], Unit.SHARE),
            Cell(their_ages[band], Unit.SHARE),
        )
        for band in (one.value for one in AgeBand)
    ]
    return measured, aged
