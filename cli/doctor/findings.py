"""What was looked at, and how it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Health(StrEnum):
    """Doubtful: it works, but someone should know. Ill: people wait, or soon will."""

    WELL = "well"
    DOUBTFUL = "doubtful"
    ILL = "ill"


@dataclass(frozen=True, slots=True)
class Finding:
    """*code* has two sentences: what was seen, with *values*; and what to do if it is not well."""

    code: str
    health: Health
    values: Mapping[str, object] = field(default_factory=dict)


def ill_unless(code: str, is_well: object, **values: object) -> Finding:
    return Finding(code, Health.WELL if is_well else Health.ILL, values)


def doubtful_unless(code: str, is_well: object, **values: object) -> Finding:
    return Finding(code, Health.WELL if is_well else Health.DOUBTFUL, values)
