"""The folder in which files arrive, and whoever carries them into the house."""

import asyncio
import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client

from cli.files import receive, start_reading
from domain.registration import NewClaim
from persistence.database import Database
from persistence.files import Kind, unfinished_files

_log = structlog.get_logger()
_KINDS: dict[str, Kind] = {".xml": "payments", ".csv": "claims", ".json": "claims"}
_HEADINGS = (
    *("fagsystem", "løbenummer", "kravtype", "cpr_cvr", "navn", "adresse", "medhæfter_cpr_cvr"),
    *("medhæfter_navn", "beløb", "beskrivelse", "periode_fra", "periode_til", "forfaldsdato"),
)


@dataclass
class Inbox:
    """Whatever lies in *folder* is read once and then laid in ``read/``."""

    folder: Path
    database: Database
    client: Client
    today: Callable[[], date]
    taken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._read = self.folder / "read"
        self._read.mkdir(parents=True, exist_ok=True)

    async def watch(self, every_seconds: float) -> None:
        await self._go_on_reading()
        while True:
            for path in sorted(self.folder.iterdir()):
                if kind := _KINDS.get(path.suffix):
                    await self._take(kind, path)
            await asyncio.sleep(every_seconds)

    async def _take(self, kind: Kind, path: Path) -> None:
        try:
            await receive(self.database, self.client, kind, path, self.today())
        except Exception as trouble:  # noqa: BLE001  # one bad file stops no other
            _log.warning("file not received", name=path.name, trouble=repr(trouble))
            return
        self.taken.append(path.name)
        await asyncio.to_thread(path.replace, self._read / path.name)

    async def _go_on_reading(self) -> None:
        """Files that were being read when the demo was stopped, or whose reading never began."""
        async with self.database.transaction() as connection:
            files = await _unfinished(connection)
        for file_id, kind in files:
            await start_reading(self.client, kind, file_id)


async def _unfinished(connection: AsyncConnection) -> list[tuple[int, Kind]]:
    rows = await unfinished_files(connection)
    return [(row[0], "claims" if row[1] == "claims" else "payments") for row in rows]


def write_claims(path: Path, claims: Sequence[NewClaim]) -> None:
    """As a line-of-business system would; there is never half a file in the folder."""
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(_HEADINGS)
        writer.writerows(_row(claim) for claim in claims)
    draft.replace(path)


def _row(claim: NewClaim) -> Sequence[str]:
    first, *others = claim.debtors
    other = others[0] if others else None
    kroner, ore = divmod(claim.principal.ore, 100)
    return (
        *(claim.source, claim.reference, claim.claim_type),
        *(first.national_id.digits, first.name, ", ".join(first.address)),
        *((other.national_id.digits, other.name) if other else ("", "")),
        *(f"{kroner},{ore:02d}", claim.description),
        *(str(claim.period_start), str(claim.period_end), str(claim.due_date)),
    )
