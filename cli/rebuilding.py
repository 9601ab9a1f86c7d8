"""Starting again, by command, a story whose execution is lost or broken."""

import asyncio
from contextlib import suppress

from sqlalchemy import select
from temporalio.exceptions import WorkflowAlreadyStartedError

from cli.doors import Door
from cli.words import Words
from domain.errors import ClaimHasEnded
from persistence.claims.reading import require_claim
from persistence.claims.sleeping import living_stories
from persistence.files.received import tell_again
from persistence.models import Claim
from persistence.numbers import skip_numbers
from persistence.replaying.trials import try_again
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


async def rebuild_all(skipped: int, say: Words) -> int:
    """Every story begins again from its record; one that nothing is known of here is ended.

    For when one database is older than the other. Files and trials under way are taken up again.
    *skipped*: so many numbers of each kind are never given, for the world may know them as others.
    """
    async with Door.open() as door:
        if skipped:
            async with door.database.transaction() as connection:
                sequences = await skip_numbers(connection, skipped)
            print(say("numbers-skipped", count=skipped, sequences=sequences))
        rebuilding = await _rebuilding(door)
        running = await rebuilding.running()  # first: whatever begins meanwhile is left alone
        async with door.database.transaction() as connection:
            living = set(await living_stories(connection))
            readings = await tell_again(connection) + await try_again(connection)
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def renew(story: str) -> None:
            async with at_once:
                if story in running:
                    await rebuilding.terminate(story)
                if story in living:
                    with suppress(WorkflowAlreadyStartedError):  # the relay was first
                        await rebuilding.start(story, door.clock)

        await asyncio.gather(*map(renew, sorted(living | running)))
    print(say("rebuild-all", living=len(living), unknown=len(running - living)))
    print(say("rebuild-readings", count=readings))
    return 0


async def _rebuilding(door: Door) -> Rebuilding:
    return Rebuilding(door.database, await door.temporal(), door.policy, real_now)


async def _require_living(door: Door, claim_id: str) -> None:
    async with door.database.transaction() as connection:
        await require_claim(connection, claim_id)
        found = select(Claim.ending).where(Claim.id == claim_id)
        if (await connection.execute(found)).scalar():
            raise ClaimHasEnded(f"claim {claim_id}")
