"""The worker as a process: the stories, the relay and the rounds, until it is told to stop."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from opentelemetry.sdk.trace import TracerProvider

from domain.calendar import today
from settings import Settings
from traces.instruments import follow_questions
from workers.assembly import House, open_house, working
from workers.inbox import InboxFolder
from workers.schedules import keep_rounds

_log = structlog.get_logger()
_SECONDS_TO_FINISH = 20
_LOOK_EVERY_SECONDS = 2.0


async def work(
    chosen: Settings,
    database_url: str,
    build_id: str | None,
    stop: asyncio.Event,
    provider: TracerProvider | None = None,
) -> None:
    """Until *stop* is set; then what is under way is finished, for so many seconds at most."""
    begun = asyncio.Event()
    working_on = asyncio.create_task(_work(chosen, database_url, build_id, stop, begun, provider))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working_on, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if begun.is_set() and not working_on.done():
        await asyncio.wait({working_on}, timeout=_SECONDS_TO_FINISH)
    stopping.cancel()
    working_on.cancel()
    await asyncio.gather(working_on, stopping, return_exceptions=True)
    if not working_on.cancelled() and (trouble := working_on.exception()):
        raise trouble


async def _work(
    chosen: Settings,
    url: str,
    build_id: str | None,
    stop: asyncio.Event,
    begun: asyncio.Event,
    provider: TracerProvider | None,
) -> None:
    async with open_house(chosen, url) as house, working(house, build_id):
        if provider:
            follow_questions(house.database.engine, provider)
        begun.set()
        await keep_rounds(house.client, house.clock.town)
        _log.info("worker ready", build=build_id, pid=os.getpid())
        async with _inbox_watched(house, chosen):
            await stop.wait()


@asynccontextmanager
async def _inbox_watched(house: House, chosen: Settings) -> AsyncIterator[None]:
    if chosen.inbox is None:
        yield
        return
    inbox = InboxFolder(chosen.inbox, house.database, lambda: today(house.clock.now()))
    watching = asyncio.create_task(inbox.watch(_LOOK_EVERY_SECONDS))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
