"""Starting again a story whose execution is lost or broken, from what the tables say."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from domain.calendar import TownClock, today
from domain.policy import Policy
from domain.record import Life
from persistence.claims.records import agreement_record, claim_record
from persistence.database import Database
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow
from workflows.queues import REOPENINGS, STORIES

_TELLINGS: dict[str, Any] = {"claim": ClaimWorkflow.run, "agreement": AgreementWorkflow.run}


class Rebuilding:
    """*real_now* is asked for the real time. No act that is done is done again."""

    def __init__(
        self,
        database: Database,
        client: Client,
        policy: Policy,
        real_now: Callable[[], datetime],
        queue: str = STORIES,
    ) -> None:
        self._database, self._client, self._policy = database, client, policy
        self._real_now, self._queue = real_now, queue

    async def record(self, story: str, clock: TownClock) -> Life:
        """Where the story would begin from now. Raises NotFound."""
        kind, _, subject = story.partition("-")
        on = today(clock.town_time(self._real_now()))
        async with self._database.transaction() as connection:
            if kind == "claim":
                return await claim_record(connection, self._policy, subject, clock, on)
            return await agreement_record(connection, subject, clock, on)

    async def running(self) -> set[str]:
        """The ids of all stories that run, whatever the tables know of them."""
        kinds = "WorkflowType in ('claim', 'agreement') and ExecutionStatus = 'Running'"
        return {found.id async for found in self._client.list_workflows(kinds)}

    async def is_running(self, story: str) -> bool:
        try:
            description = await self._client.get_workflow_handle(story).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return description.status == WorkflowExecutionStatus.RUNNING

    async def terminate(self, story: str) -> bool:
        """Whether there was anything to end."""
        try:
            await self._client.get_workflow_handle(story).terminate("rebuilt from its record")
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def start(self, story: str, clock: TownClock) -> Sequence[str]:
        """Returns the acts that are done already, and that the story will not repeat.

        Raises WorkflowAlreadyStartedError when the story runs.
        """
        record = await self.record(story, clock)
        await self._client.start_workflow(
            _TELLINGS[story.partition("-")[0]],
            record,
            id=story,
            task_queue=self._queue,
            memo={REOPENINGS: getattr(record, "reopenings", 0)},
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        )
        return list(record.acts)
