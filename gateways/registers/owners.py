"""A register of who owns real property, as someone wrote it down: it may be out, or not know."""

import asyncio
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from domain.errors import GatewayUnavailable
from gateways.journal import Journal
from gateways.property_ports import PropertyEntry, PropertyOwner
from gateways.registers.sandbox import RegistersBehaviour

_BEHAVIOUR = "behaviour"


class SandboxOwnerRegister:
    name = "owners"

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / f"{self.name}.sqlite")

    async def look_up(self, number: str, on: date) -> PropertyEntry | None:
        """*on* changes nothing: who was entered last owns it on every day."""
        del on
        return await asyncio.to_thread(self._find, number)

    def _find(self, number: str) -> PropertyEntry | None:
        with self._journal.open() as page:
            if RegistersBehaviour(**(page.noted(_BEHAVIOUR) or {})).is_out:
                raise GatewayUnavailable(self.name)
            known = page.noted(f"property-{number}")
        if known is None:
            return None
        owners = tuple(_owner(one) for one in known["owners"])
        return PropertyEntry(known["number"], known["address"], owners)

    def enter(self, entry: PropertyEntry) -> None:
        with self._journal.open() as page:
            page.note(f"property-{entry.number}", asdict(entry))

    def behave(self, behaviour: RegistersBehaviour) -> None:
        """From now on, in every process."""
        with self._journal.open() as page:
            page.note(_BEHAVIOUR, asdict(behaviour))


def _owner(known: dict[str, Any]) -> PropertyOwner:
    address, share = tuple(known["address"]), tuple(known["share"])
    return PropertyOwner(**{**known, "address": address, "share": share})
