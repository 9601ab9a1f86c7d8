"""A file that a process touches as long as it can work, for whoever watches over it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from workers.assembly import Office

_log = structlog.get_logger()
_EVERY_SECONDS = 5.0
_PATIENCE_SECONDS = 10.0


@asynccontextmanager
async def beating(office: Office, path: Path | None) -> AsyncIterator[None]:
    """Touched every few seconds while the database and Temporal answer; gone when we are."""
    if path is None:
        yield
        return
    _forget(path)  # what an earlier life of ours has left says nothing of this one
    beat = asyncio.create_task(_beat(office, path.touch))
    try:
        yield
    finally:
        beat.cancel()
        await asyncio.gather(beat, return_exceptions=True)
        _forget(path)


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _beat(office: Office, touch: Callable[[], None]) -> None:
    while True:
        if await _can_work(office):
            touch()
        await asyncio.sleep(_EVERY_SECONDS)


async def _can_work(office: Office) -> bool:
    """Silence means no; it is only told, for both are waited for by whoever needs them."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            async with office.database.transaction() as connection:
                await connection.execute(text("select 1"))
            return bool(await office.client.service_client.check_health())
    except (OSError, SQLAlchemyError, RPCError, RuntimeError) as trouble:
        _log.warning("no heartbeat", trouble=type(trouble).__name__)
        return False
