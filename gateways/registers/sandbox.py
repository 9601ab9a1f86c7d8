"""Registers of persons and companies, as someone wrote them down."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

from domain.errors import GatewayUnavailable
from gateways.journal import Journal
from gateways.ports import PersonStatus, RegisterEntry


class SandboxRegisters:
    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / "registers.sqlite")

    async def look_up(self, national_id: str, on: date) -> RegisterEntry | None:
        del on  # this register does not change with the days
        if (self._journal.noted("behaviour") or {}).get("is_out"):
            raise GatewayUnavailable("registers")
        known = self._journal.noted(f"person-{national_id}")
        if known is None:
            return None
        known["address"] = tuple(known["address"])
        return RegisterEntry(**{**known, "status": PersonStatus(known["status"])})

    def enter(self, entry: RegisterEntry) -> None:
        self._journal.note(f"person-{entry.national_id}", asdict(entry))

    def set_outage(self, *, is_out: bool) -> None:
        self._journal.note("behaviour", {"is_out": is_out})
