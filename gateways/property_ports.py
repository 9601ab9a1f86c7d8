"""What we ask of the register of who owns real property, whoever answers."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PropertyOwner:
    """*share*: numerator and denominator (ejerandel)."""

    national_id: str = field(repr=False)
    name: str = ""
    address: tuple[str, ...] = ()
    share: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class PropertyEntry:
    """A property by its number (BFE-nummer), where it lies, and who owns it now."""

    number: str
    address: str
    owners: tuple[PropertyOwner, ...]


class OwnerRegister(Protocol):
    """The register of who owns real property (Ejerfortegnelsen)."""

    async def look_up(self, number: str, on: date) -> PropertyEntry | None: ...
