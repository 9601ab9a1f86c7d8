"""Starting again a story whose execution is lost or broken, from what the tables say."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import select
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from cli.doors import Door
from cli.words import Words
from domain.errors import ClaimHasEnded
from persistence.claims.reading import require_claim
from persistence.claims.records import agreement_record, claim_record
from persistence.claims.sleeping import living_stories
from persistence.models import Claim
from workflows.queues import REOPENINGS, STORIES, claim_workflow_id

_AT_ONCE = 20


async def rebuild(claim_id: str, say: Words) -> int:
    """End the claim's execution, if there is one, and let its story begin from its record."""
    async with Door.open() as door:
        await _require_living(door, claim_id)
        client = await door.temporal()
        story = claim_workflow_id(claim_id)
        was_running = await _terminate(client, story)
        acts = await _start(door, client, story)
        print(say("rebuild-terminated" if was_running else "rebuild-was-lost", claim=claim_id))
        print(say("rebuild-started", claim=claim_id))
        print(say("rebuild-done-before", acts=", ".join(acts) or "-"))
    return 0


async def rebuild_all_lost(say: Words) -> int:
    """Every story that should be running and is not; those that run are left alone."""
    async with Door.open() as door:
        client = await door.temporal()
        async with door.database.transaction() as connection:
            stories = await living_stories(connection)
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def mend(story: str) -> str | None:
            async with at_once:
                if await _is_running(client, story):
                    return None
                await _start(door, client, story)
                return story

        mended = [story for story in await asyncio.gather(*map(mend, stories)) if story]
        for story in mended:
            print(say("rebuild-started", claim=story))
        print(say("rebuild-count", lost=len(mended), living=len(stories)))
    return 0


async def _require_living(door: Door, claim_id: str) -> None:
    async with door.database.transaction() as connection:
        await require_claim(connection, claim_id)
        found = select(Claim.ending).where(Claim.id == claim_id)
        if (await connection.execute(found)).scalar():
            raise ClaimHasEnded(f"claim {claim_id}")


async def _is_running(client: Client, story: str) -> bool:
    try:
        description = await client.get_workflow_handle(story).describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return description.status == WorkflowExecutionStatus.RUNNING


async def _terminate(client: Client, story: str) -> bool:
    try:
        await client.get_workflow_handle(story).terminate("rebuilt from its record")
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def _start(door: Door, client: Client, story: str) -> Sequence[str]:
    """Returns the acts that are done already, and that the story will not repeat."""
    kind, _, subject = story.partition("-")
    async with door.database.transaction() as connection:
        record = (
            await claim_record(connection, door.policy, subject, door.clock, door.today)
            if kind == "claim"
            else await agreement_record(connection, subject, door.clock, door.today)
        )
    await client.start_workflow(
        kind,  # the name under which such stories are told
        record,
        id=story,
        task_queue=STORIES,
        memo={REOPENINGS: getattr(record, "reopenings", 0)},
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    return list(record.acts)
