"""A folder in which files arrive: each is taken once, whole, and laid aside."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path

import structlog

from domain.authority import HOUSE
from domain.errors import Conflict, Fault, Invalid
from domain.file_kinds import kind_of
from letters.catalogue import sentence
from persistence.database import Database
from persistence.files.received import LARGEST_FILE, Kind, keep_file

_log = structlog.get_logger()
_HEAD_BYTES = 64
_UNFINISHED = {".part", ".tmp", ".filepart"}
_KINDS: dict[str, Kind] = {
    "claims": "claims",
    "payments": "payments",
    "betalingsservice": "betalingsservice",
}
_LANGUAGE = "da"

Size = tuple[int, int]


class InboxFolder:
    """*today* is asked for the town's day.

    What was taken lies in ``taken/`` afterwards, what is not ours to read in ``refused/``, with the
    reason beside it.
    """

    def __init__(self, folder: Path, database: Database, today: Callable[[], date]) -> None:
        self._folder, self._database, self._today = folder, database, today
        self._seen: dict[str, Size] = {}
        for name in ("taken", "refused"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    async def watch(self, every_seconds: float) -> None:
        """Look again and again, until called off."""
        while True:
            try:
                await self.look()
            except Exception as trouble:  # noqa: BLE001 - the database or the disk may be away
                _log.warning("inbox not read", trouble=repr(trouble))
            await asyncio.sleep(every_seconds)

    async def look(self) -> int:
        """Take every file that has not grown since the last look; how many there were."""
        before, self._seen = self._seen, await asyncio.to_thread(self._sizes)
        ready = [name for name, size in sorted(self._seen.items()) if before.get(name) == size]
        for name in ready:
            await self._take(self._folder / name)
        return len(ready)

    def _sizes(self) -> dict[str, Size]:
        """Of what may be a whole file: no folders, no links, nothing hidden or half written."""
        found: dict[str, Size] = {}
        for path in self._folder.iterdir():
            is_whole = path.suffix not in _UNFINISHED and not path.name.startswith(".")
            if is_whole and path.is_file() and not path.is_symlink():
                about = path.stat()
                found[path.name] = (about.st_size, about.st_mtime_ns)
        return found

    async def _take(self, path: Path) -> None:
        """Kept first, laid aside then: a kill between the two takes the same file again, once."""
        try:
            kind, content = await asyncio.to_thread(_read, path)
            async with self._database.transaction() as connection:
                number, _ = await keep_file(
                    connection, kind, path.name, content, HOUSE.id, self._today()
                )
        except (Invalid, Conflict, OSError) as trouble:
            await asyncio.to_thread(self._refuse, path, trouble)
            return
        await asyncio.to_thread(path.replace, self._folder / "taken" / f"{number}-{path.name}")
        _log.info("file taken", file=number, kind=kind)

    def _refuse(self, path: Path, trouble: Exception) -> None:
        fault = trouble.faults[0] if isinstance(trouble, Invalid) else Fault("", "file-unreadable")
        if isinstance(trouble, Conflict):
            fault = Fault("", "file-taken-otherwise")
        aside = self._folder / "refused" / path.name
        reason = sentence(fault.code, _LANGUAGE, **fault.values)
        aside.with_name(f"{path.name}.txt").write_text(reason + "\n", encoding="utf-8")
        path.replace(aside)
        _log.warning("file refused", name=path.name, code=fault.code)


def _read(path: Path) -> tuple[Kind, bytes]:
    """Raises Invalid for a file that is too large, or of no kind that is read here."""
    if path.stat().st_size > LARGEST_FILE:
        raise Invalid(Fault("", "file-too-large", {"limit": str(LARGEST_FILE // 1024 // 1024)}))
    content = path.read_bytes()
    kind = kind_of(path.name, content[:_HEAD_BYTES])
    if kind is None:
        raise Invalid(Fault("", "file-of-no-kind"))
    return _KINDS[kind], content
