"""The worker and the relay as processes, until they are told to stop."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog
from opentelemetry.sdk.trace import TracerProvider

from domain.calendar import today
from settings import Settings
from traces.instruments import follow_questions
from workers.assembly import (
    House,
    Office,
    carrying,
    open_house,
    open_office,
    telling,
    working,
)
from workers.heartbeat import beating
from workers.inbox import InboxFolder
from workers.schedules import keep_rounds

_log = structlog.get_logger()
_SECONDS_TO_FINISH = 20
_LOOK_EVERY_SECONDS = 2.0
Job = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


async def work(
    chosen: Settings,
    database_url: str,
    build_id: str | None,
    stop: asyncio.Event,
    provider: TracerProvider | None = None,
    *,
    carries: bool = True,
) -> None:
    """The stories and the rounds; the messages too, unless a relay of its own *carries* them."""

    async def job(begun: asyncio.Event) -> None:
        parts = working if carries else telling
        async with open_house(chosen, database_url) as house, parts(house, build_id):
            _follow(house, provider)
            begun.set()
            await keep_rounds(house.client, house.clock.town)
            _log.info("worker ready", build=build_id, pid=os.getpid())
            async with _inbox_watched(house, chosen), beating(house, chosen.heartbeat):
                await stop.wait()

    await _until(stop, job)


async def carry(
    chosen: Settings,
    database_url: str,
    stop: asyncio.Event,
    provider: TracerProvider | None = None,
) -> None:
    """The relay and the caretaker, of which one of each is enough for any number of workers."""

    async def job(begun: asyncio.Event) -> None:
        async with open_office(chosen, database_url) as office, carrying(office):
            _follow(office, provider)
            begun.set()
            _log.info("relay ready", pid=os.getpid())
            async with beating(office, chosen.heartbeat):
                await stop.wait()

    await _until(stop, job)


def _follow(office: Office, provider: TracerProvider | None) -> None:
    if provider:
        follow_questions(office.database.engine, provider)


async def _until(stop: asyncio.Event, job: Job) -> None:
    """Until *stop* is set; then what is under way is finished, for so many seconds at most."""
    begun = asyncio.Event()
    working_on = asyncio.create_task(job(begun))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working_on, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if begun.is_set() and not working_on.done():
        await asyncio.wait({working_on}, timeout=_SECONDS_TO_FINISH)
    stopping.cancel()
    working_on.cancel()
    await asyncio.gather(working_on, stopping, return_exceptions=True)
    if not working_on.cancelled() and (trouble := working_on.exception()):
        raise trouble


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
