"""What somebody has looked at and written down, with the day and the reason."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    since: date
    reason: Annotated[str, Field(min_length=1)]


class Entries(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Raises ValueError (pydantic's, or TOML's) with what is wrong in it."""
        return cls.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
