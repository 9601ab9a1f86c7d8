"""How messages in the outbox reach their stories: at least once, and in order for each story."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import asyncpg
import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy.exc import DBAPIError
from temporalio.client import Client

from domain.calendar import REAL_TIME
from domain.policy import Policy
from domain.record import ClaimRecord
from persistence.clock import read_clock
from persistence.database import Database
from persistence.outbox import (
    mark_delivered,
    mark_troubled,
    waiting_messages,
)
from traces.carrying import TRACE, resumed
from traces.spans import span
from workers.addressing import Addressing, Pace
from workers.clock import real_now
from workflows.queues import ROUNDS, STORIES

_log = structlog.get_logger()
_BATCH = 400
_AT_ONCE = 50
_REST_SECONDS = 1.0
_USUAL_PACE = Pace()


class Relay:
    """Carries the outbox to Temporal. *real_now* is asked for the real time."""

    def __init__(
        self,
        database: Database,
        client: Client,
        policy: Policy,
        queue: str = STORIES,
        rounds: str = ROUNDS,
        real_now: Callable[[], datetime] = real_now,
        pace: Pace = _USUAL_PACE,
    ) -> None:
        self._database = database
        self._addressing = Addressing(database, client, policy, queue, rounds, real_now, pace)
        self._clock = REAL_TIME
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._news = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop; sleeps until the database announces news."""
        listener = asyncio.create_task(self._listen(stop))
        try:
            while not stop.is_set():
                self._news.clear()
                if not await self._deliver_patiently():
                    await _first(self._news.wait(), stop.wait(), asyncio.sleep(_REST_SECONDS))
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def deliver_waiting(self) -> int:
        """Deliver what waits now; returns how many messages arrived."""
        async with self._database.transaction() as connection:
            rows = await waiting_messages(connection, _BATCH)
            self._clock = await read_clock(connection) if rows else self._clock
        if not rows:
            return 0
        records = await self._addressing.records(rows, self._clock)
        by_target: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            by_target[row.target].append(row)
        arrived = await asyncio.gather(
            *(self._deliver_in_order(m, records) for m in by_target.values())
        )
        delivered = [row_id for ids in arrived for row_id in ids]
        if delivered:
            async with self._database.transaction() as connection:
                await mark_delivered(connection, delivered)
        return len(delivered)

    async def _deliver_patiently(self) -> int:
        try:
            return await self.deliver_waiting()
        except (OSError, asyncpg.PostgresError, DBAPIError) as trouble:  # the database is away
            _log.warning("relay waits for the database", trouble=type(trouble).__name__)
        except Exception as trouble:  # noqa: BLE001  # the relay outlives whatever happens
            _log.error("relay stumbled", trouble=repr(trouble))
        await asyncio.sleep(_REST_SECONDS)
        return 0

    async def _deliver_in_order(
        self, messages: list[Any], records: Mapping[str, ClaimRecord]
    ) -> list[int]:
        """One story's messages, oldest first; stops at the first that does not arrive."""
        arrived: list[int] = []
        async with self._at_once:
            for message in messages:
                try:
                    await self._deliver(message, records)
                except Exception as trouble:  # noqa: BLE001  # one message must not stop the others
                    await self._remember(message, trouble)
                    break
                arrived.append(message.id)
        return arrived

    async def _deliver(self, message: Any, records: Mapping[str, ClaimRecord]) -> None:
        origin = message.payload.get(TRACE)
        with resumed(origin), span(f"relay {message.name}", SpanKind.PRODUCER):
            await self._addressing.deliver(message, self._clock, records)
            if origin:
                _log.info("message delivered", id=message.id, name=message.name)

    async def _remember(self, message: Any, trouble: Exception) -> None:
        _log.warning("message not delivered", id=message.id, trouble=type(trouble).__name__)
        async with self._database.transaction() as connection:
            await mark_troubled(connection, message.id, type(trouble).__name__)

    async def _listen(self, stop: asyncio.Event) -> None:
        """Wake the relay when someone writes to the outbox."""
        while not stop.is_set():
            try:
                async with self._database.engine.connect() as connection:
                    raw = (await connection.get_raw_connection()).driver_connection
                    assert raw is not None
                    await raw.add_listener("outbox", lambda *_: self._news.set())
                    while not stop.is_set() and not raw.is_closed():
                        await _first(stop.wait(), asyncio.sleep(_REST_SECONDS))
            except Exception as trouble:  # noqa: BLE001  # without news it polls
                _log.debug("relay cannot listen", trouble=repr(trouble))
                await asyncio.sleep(_REST_SECONDS)


async def _first(*waits: Awaitable[Any]) -> None:
    """Return when the first of *waits* is done; drop the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
