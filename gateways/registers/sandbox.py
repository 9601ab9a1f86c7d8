"""Registers of persons and companies, as someone wrote them down."""

import asyncio
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from domain.errors import GatewayUnavailable
from gateways.journal import Journal
from gateways.ports import PersonStatus, RegisterEntry

_BEHAVIOUR = "behaviour"


@dataclass(frozen=True, slots=True)
class RegistersBehaviour:
    is_out: bool = False


class SandboxRegisters:
    name = "registers"

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / f"{self.name}.sqlite")

    async def look_up(self, national_id: str, on: date) -> RegisterEntry | None:
        """*on* changes nothing: what was entered last is true on every day."""
        del on
        return await asyncio.to_thread(self._find, national_id)

    def _find(self, national_id: str) -> RegisterEntry | None:
        with self._journal.open() as page:
            if RegistersBehaviour(**(page.noted(_BEHAVIOUR) or {})).is_out:
                raise GatewayUnavailable(self.name)
            known = page.noted(f"person-{national_id}")
        if known is None:
            return None
        known["address"] = tuple(known["address"])
        until = known.get("protected_until")
        known["protected_until"] = date.fromisoformat(until) if until else None
        return RegisterEntry(**{**known, "status": PersonStatus(known["status"])})

    def enter(self, entry: RegisterEntry) -> None:
        with self._journal.open() as page:
            until = entry.protected_until
            told = asdict(entry) | {"protected_until": until.isoformat() if until else None}
            page.note(f"person-{entry.national_id}", told)

    def behave(self, behaviour: RegistersBehaviour) -> None:
        """From now on, in every process."""
        with self._journal.open() as page:
            page.note(_BEHAVIOUR, asdict(behaviour))
