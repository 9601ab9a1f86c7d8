"""Starting again, by command, a story whose execution is lost or broken."""

import asyncio

from sqlalchemy import select

from cli.doors import Door
from cli.words import Words
from domain.errors import ClaimHasEnded
from persistence.claims.reading import require_claim
from persistence.claims.sleeping import living_stories
from persistence.models import Claim
from workers.clock import real_now
from workers.executions.rebuilding import Rebuilding
from workflows.queues import claim_workflow_id

_AT_ONCE = 20


async def rebuild(claim_id: str, say: Words) -> int:
    """End the claim's execution, if there is one, and let its story begin from its record."""
    async with Door.open() as door:
        await _require_living(door, claim_id)
        rebuilding = await _rebuilding(door)
        story = claim_workflow_id(claim_id)
        was_running = await rebuilding.terminate(story)
        acts = await rebuilding.start(story, door.clock)
        print(say("rebuild-terminated" if was_running else "rebuild-was-lost", claim=claim_id))
        print(say("rebuild-started", claim=claim_id))
        print(say("rebuild-done-before", acts=", ".join(acts) or "-"))
    return 0


async def rebuild_all_lost(say: Words) -> int:
    """Every story that should be running and is not; those that run are left alone."""
    async with Door.open() as door:
        rebuilding = await _rebuilding(door)
        async with door.database.transaction() as connection:
            stories = await living_stories(connection)
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def mend(story: str) -> str | None:
            async with at_once:
                if await rebuilding.is_running(story):
                    return None
                await rebuilding.start(story, door.clock)
                return story

        mended = [story for story in await asyncio.gather(*map(mend, stories)) if story]
        for story in mended:
            print(say("rebuild-started", claim=story))
        print(say("rebuild-count", lost=len(mended), living=len(stories)))
    return 0


async def _rebuilding(door: Door) -> Rebuilding:
    return Rebuilding(door.database, await door.temporal(), door.policy, real_now)


async def _require_living(door: Door, claim_id: str) -> None:
    async with door.database.transaction() as connection:
        await require_claim(connection, claim_id)
        found = select(Claim.ending).where(Claim.id == claim_id)
        if (await connection.execute(found)).scalar():
            raise ClaimHasEnded(f"claim {claim_id}")
