"""How the database is, and what the facts in it say of the house."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.doctor.findings import Finding, doubtful_unless, ill_unless
from cli.doors import Door
from persistence.debtors.sealing_numbers import count_left
from persistence.migrations import configuration
from reports.vital_signs import read_vital_signs
from settings import Settings
from workers.clock import real_now

_CLOCKS = text("select now() as at")
_STEP = text("select version_num from alembic_version")
_ANCHOR = text("select max(made_at) from audit_anchors")
_MOST_APART = timedelta(seconds=2)
_PATIENCE_SECONDS = 600  # within which a message to a story has always arrived
_LEAST_ROOM = 2 * 1024**3
_NIGHTS = timedelta(days=3)


def look_at_settings(chosen: Settings) -> Iterator[Finding]:
    yield doubtful_unless("lookup-key", chosen.lookup_key)
    yield doubtful_unless("payload-keys", chosen.payload_keys)
    yield doubtful_unless("record-keys", chosen.record_keys)
    yield doubtful_unless("sign-in", chosen.oidc_issuer)
    yield doubtful_unless("post-way", chosen.post_platform)
    free = shutil.disk_usage(_nearest(chosen.state_folder.resolve())).free
    yield ill_unless("room", free > _LEAST_ROOM, gigabytes=free // 1024**3)


def _nearest(folder: Path) -> Path:
    """The folder, or what it will lie in when it is made."""
    return next(one for one in (folder, *folder.parents) if one.exists())


async def look_at_database(door: Door) -> list[Finding]:
    """Raises OSError or a driver's error when it does not answer."""
    async with door.database.transaction() as connection:
        found = [await _step(connection), await _clock(connection)]
        if found[0].health == "well":
            found += [await _anchor(connection), *await _signs(connection, door)]
            found += await _numbers(connection, door)
    return found


def newest_step() -> str:
    """The step that this code's tables are at."""
    return str(ScriptDirectory.from_config(configuration()).get_current_head())


async def _step(connection: AsyncConnection) -> Finding:
    newest = newest_step()
    at = (await connection.execute(_STEP)).scalar_one_or_none()
    return ill_unless("tables", at == newest, at=at or "-", newest=newest)


async def _clock(connection: AsyncConnection) -> Finding:
    theirs = (await connection.execute(_CLOCKS)).scalar_one()
    apart = abs(theirs - real_now())
    seconds = round(apart.total_seconds(), 1)
    return doubtful_unless("clocks", apart < _MOST_APART, seconds=seconds)


async def _numbers(connection: AsyncConnection, door: Door) -> Iterator[Finding]:
    """Nothing where there are no keys, which is said elsewhere."""
    left = await count_left(connection)
    is_sealed = left.has_begun and not left.clear
    clear = doubtful_unless("numbers-clear", is_sealed, count=left.clear)
    old = doubtful_unless("numbers-old", not left.old, count=left.old)
    return iter((clear, old) if door.settings.record_keys else ())


async def _anchor(connection: AsyncConnection) -> Finding:
    last = (await connection.execute(_ANCHOR)).scalar_one_or_none()
    is_recent = last and real_now() - last < _NIGHTS
    return doubtful_unless("anchor", is_recent, day=last.date() if last else "-")


async def _signs(connection: AsyncConnection, door: Door) -> Iterator[Finding]:
    signs = {
        sign.name: int(sign.worth)
        for sign in await read_vital_signs(connection, door.policy, door.now)
        if not sign.of
    }
    return _of_signs(signs)


def _of_signs(signs: Mapping[str, int]) -> Iterator[Finding]:
    waited = signs["outbox_oldest_seconds"]
    yield ill_unless(
        "outbox", waited < _PATIENCE_SECONDS, count=signs["outbox_waiting"], seconds=waited
    )
    troubled = signs["outbox_troubled"]
    yield doubtful_unless("outbox-troubled", not troubled, count=troubled)
    yield doubtful_unless("statement", not signs["bank_statement_missing"])
    yield doubtful_unless("post-stopped", not signs["post_stopped"])
    for code in ("letters_late", "letters_unconfirmed", "letters_undelivered"):
        yield doubtful_unless(code.replace("_", "-"), not signs[code], count=signs[code])
    asked = signs["recovery_unsent"] + signs["recovery_unanswered"]
    yield doubtful_unless("recovery", not asked, count=asked)
    unasked = signs["limitation_unasked"]
    yield ill_unless("lapsing", not unasked, count=unasked)
