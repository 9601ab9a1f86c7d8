"""How stories go from one build of the house to another: who stays where, and moving them on."""

import asyncio
import time
from collections.abc import Collection, Sequence
from datetime import timedelta

from temporalio.client import Client

from cli.doors import Door
from cli.ending import FAILED
from cli.words import Words
from domain.errors import Conflict
from persistence.claims.sleeping import NUDGED, living_stories, nudge
from persistence.outbox import is_waiting
from workers.builds import (
    Build,
    known_builds,
    make_current,
    newest_build,
    require_build,
    stories_staying,
)

_LOOK_EVERY_SECONDS = 2.0
# A nudge costs a machine as much as a step of a story: so few are woken at once, and the next when
# those have moved. Who heard of the new build a moment too early is woken again.
_AT_ONCE = 200
_WAKE_AGAIN = 15.0  # seconds
_CARRIED_WITHIN = 10.0  # seconds; without a relay they are left in the outbox, and nobody waits
_LOOK_AT_OUTBOX = 0.2
_MOST_SHOWN = 10


async def turn_pages(to: str | None, say: Words) -> int:
    """Let every sleeping story go on with the newest code, or with that of the build *to*."""
    async with Door.open() as door:
        client = await door.temporal()
        build = (await require_build(client, to)).name if to else await newest_build(client)
        if build:
            await make_current(client, build)
        count = await _wake_others(door, await stories_staying(client, build) if build else ())
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
    woken: dict[str, float] = {}
    was_empty = False
    while (left := await stories_staying(client, build)) or not was_empty:
        now = time.monotonic()
        if left and now >= latest:
            return len(left)
        if chosen := _to_wake(left, woken, now):
            await _wake(door, chosen)
            woken.update(dict.fromkeys(chosen, now))
        was_empty = not left
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    return 0


def _to_wake(left: Sequence[str], woken: dict[str, float], now: float) -> list[str]:
    """As many as there is room for beside those just woken; first who was woken longest ago."""
    rested = [one for one in left if now >= woken.get(one, float("-inf")) + _WAKE_AGAIN]
    room = max(0, _AT_ONCE - (len(left) - len(rested)))
    return sorted(rested, key=lambda one: woken.get(one, float("-inf")))[:room]


async def _wake_others(door: Door, there: Collection[str]) -> int:
    """Every sleeping story that is not *there* already.

    What people say meanwhile is not kept waiting behind all of them.
    """
    async with door.database.transaction() as connection:
        living = await living_stories(connection)
    stories = sorted(set(living) - set(there))
    has_relay = True
    for first in range(0, len(stories), _AT_ONCE):
        await _wake(door, stories[first : first + _AT_ONCE])
        has_relay = has_relay and await _are_carried(door)
    return len(stories)


async def _are_carried(door: Door) -> bool:
    latest = time.monotonic() + _CARRIED_WITHIN
    while time.monotonic() < latest:
        async with door.database.transaction() as connection:
            if not await is_waiting(connection, NUDGED):
                return True
        await asyncio.sleep(_LOOK_AT_OUTBOX)
    return False


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
