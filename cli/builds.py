"""How stories go from one build of the house to another: who stays where, and moving them on."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

from temporalio.client import Client

from cli.doors import Door
from cli.ending import FAILED
from cli.words import Words
from domain.errors import Conflict
from persistence.claims.sleeping import nudge, wake_all
from workers.builds import (
    Build,
    count_stories,
    known_builds,
    make_current,
    newest_build,
    require_build,
    stories_staying,
)

_LOOK_EVERY_SECONDS = 2.0
_NUDGE_AGAIN = 15.0  # seconds; a story that has heard of it turns its page in a moment
_MOST_SHOWN = 10


async def turn_pages(to: str | None, say: Words) -> int:
    """Let every sleeping story go on with the newest code, or with that of the build *to*."""
    async with Door.open() as door:
        client = await door.temporal()
        build = (await require_build(client, to)).name if to else await newest_build(client)
        if build:
            await make_current(client, build)
        async with door.database.transaction() as connection:
            count = await wake_all(connection)
    print(say("pages-current", build=build) if build else say("pages-unversioned"))
    print(say("pages-woken", count=count))
    return 0


async def show_builds(say: Words) -> int:
    """1 when stories stay with a build that no worker tells: they stand still."""
    async with Door.open() as door:
        found = await known_builds(await door.temporal())
    for build in found:
        print(_told(build, say))
    if not found:
        print(say("pages-unversioned"))
    return FAILED if any(build.is_stuck for build in found) else 0


def _told(build: Build, say: Words) -> str:
    notes = [
        say("build-current") if build.is_current else None,
        None if build.has_workers else say("build-without-workers"),
        say("build-stuck") if build.is_stuck else None,
    ]
    told = say("build-stories", build=build.name, count=build.stories)
    return " ".join(filter(None, (told, *notes)))


async def drain(build: str, patience: timedelta, say: Words) -> int:
    """Wake what stays with *build* until nothing does. 1 when something still does after that."""
    async with Door.open() as door:
        client = await door.temporal()
        if (await require_build(client, build)).is_current:
            raise Conflict(say("drain-current", build=build))
        left = await _move_all(door, client, build, patience)
        if not left:
            print(say("drain-done", build=build))
            return 0
        print(say("drain-left", build=build, count=left))
        for story in await stories_staying(client, build, _MOST_SHOWN):
            print(await _standing(client, story, say))
    return FAILED


async def _move_all(door: Door, client: Client, build: str, patience: timedelta) -> int:
    """How many are left when the patience is over; 0 as soon as two looks have found none."""
    latest = time.monotonic() + patience.total_seconds()
    nudged_at, before = float("-inf"), 1
    while (left := await count_stories(client, build)) or before:
        now = time.monotonic()
        if left and now >= latest:
            return left
        if left and now >= nudged_at + _NUDGE_AGAIN:
            await _wake(door, await stories_staying(client, build))
            nudged_at = now
        before = left
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    return 0


async def _wake(door: Door, stories: Sequence[str]) -> None:
    async with door.database.transaction() as connection:
        await nudge(connection, stories)


async def _standing(client: Client, story: str, say: Words) -> str:
    """What it is in the middle of; it moves when that is done."""
    found = await client.get_workflow_handle(story).describe()
    acts = found.raw_description.pending_activities
    if not acts:
        return say("drain-waits", story=story)
    return say("drain-acts", story=story, act=acts[0].activity_type.name, tries=acts[0].attempt)
