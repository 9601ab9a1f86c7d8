"""What goes on again and again, and how several things go on at once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog

_log = structlog.get_logger()


async def until(stop: asyncio.Event, living: Awaitable[None]) -> None:
    """Call *living* off when *stop* is set, and let it clear up."""
    life = asyncio.ensure_future(living)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({life, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    life.cancel()
    with suppress(asyncio.CancelledError):
        await life


async def first(*tasks: asyncio.Future[Any]) -> None:
    """Return when one of them is done."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def each(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    """Again and again; what goes wrong once is tried again the next time."""
    while True:
        try:
            await act()
        except Exception as trouble:  # noqa: BLE001  # the town lives on
            _log.warning("stumbled", trouble=repr(trouble))
        await asyncio.sleep(seconds)


async def after(ready: asyncio.Event, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    await ready.wait()
    await each(seconds, act)
