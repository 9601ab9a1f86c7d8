"""What happens in the inbox while people look at it: one listener a process tells them all."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import structlog

from persistence.database import Database

_log = structlog.get_logger()
_CHANNEL = "inbox"
_PAUSE_SECONDS = 1.0
_ASK_EVERY_SECONDS = 15.0
_MOST_WAITING = 10_000  # of one reader who has stopped reading; they load the page anew


@dataclass(eq=False, slots=True)
class Reader:
    """Somebody with the page open, and what they have not heard yet."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, told: dict[str, Any]) -> None:
        if len(self.heard) < _MOST_WAITING:
            self.heard.append(told)
        self.news.set()

    def take(self) -> list[dict[str, Any]]:
        self.news.clear()
        taken, self.heard = self.heard, []
        return taken


async def _watch(driver: Any, gone: asyncio.Event) -> None:
    """Until the connection is *gone*; one that fell silent is found by asking now and then.

    Raises TimeoutError when it has.
    """
    while not gone.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ASK_EVERY_SECONDS):
                await gone.wait()
        if not gone.is_set():
            await driver.execute("select 1")


class InboxNews:
    """Listens only while somebody reads; that it missed nothing is not promised."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._readers: set[Reader] = set()
        self._listening: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self.is_closed = False

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        """What is told from now on; waits until the database is heard."""
        reader = Reader()
        self._readers.add(reader)
        if self._listening is None:
            self._ready.clear()
            self._listening = asyncio.create_task(self._listen())
        try:
            await self._ready.wait()
            yield reader
        finally:
            self._readers.discard(reader)
            if not self._readers:
                await self._stop()

    async def close(self) -> None:
        """The house closes: nobody is kept waiting for news."""
        self.is_closed = True
        self._ready.set()
        for reader in self._readers:
            reader.news.set()

    async def _stop(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._database.listening(_CHANNEL, self._heard) as driver:
                    gone = asyncio.Event()
                    driver.add_termination_listener(lambda _: gone.set())  # noqa: B023  # its own
                    self._ready.set()
                    await _watch(driver, gone)
            except Exception as trouble:  # noqa: BLE001  # the pages work without news
                _log.debug("inbox cannot listen", trouble=repr(trouble))
                await asyncio.sleep(_PAUSE_SECONDS)

    def _heard(self, payload: str) -> None:
        told = json.loads(payload)
        for reader in self._readers:
            reader.tell(told)
