"""Which builds tell the stories, which of them is current, and which stories stay with each.

A story stays with the build it began on until it turns a page (docs/decisions/0003).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import NotFound
from workers.clock import real_now
from workers.stories import DEPLOYMENT
from workflows.queues import STORIES

_ASKED_LATELY = timedelta(minutes=2)  # a worker asks for work at least once a minute


@dataclass(frozen=True, slots=True)
class Build:
    """*stories*: how many that have not ended stay with it."""

    name: str
    is_current: bool
    has_workers: bool
    stories: int

    @property
    def is_stuck(self) -> bool:
        """Its stories wait for code that nobody runs."""
        return self.stories > 0 and not self.has_workers


async def known_builds(client: Client) -> list[Build]:
    """The newest first; none when workers tell no build."""
    info = await _deployment(client)
    if info is None:
        return []
    current = info.routing_config.current_deployment_version.build_id
    at_work = await _builds_at_work(client)
    return [
        Build(name, name == current, name in at_work, await count_stories(client, name))
        for name in _newest_first(info)
    ]


async def newest_build(client: Client) -> str | None:
    """That of the workers that came last; None when workers tell no build."""
    info = await _deployment(client)
    return next(iter(_newest_first(info)), None) if info else None


async def require_build(client: Client, name: str) -> Build:
    """Raises NotFound when no worker ever said that it is of this build."""
    found = [build for build in await known_builds(client) if build.name == name]
    if not found:
        raise NotFound("build", name)
    return found[0]


async def make_current(client: Client, name: str) -> None:
    """New pages are written by it, as soon as Temporal's queues have heard of it.

    That is not waited for: the server was seen to say for minutes that it is under way.
    """
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=DEPLOYMENT,
        build_id=name,
        identity="rettidig turn-pages",
        ignore_missing_task_queues=True,
    )
    await client.workflow_service.set_worker_deployment_current_version(request)


async def count_stories(client: Client, build: str) -> int:
    """How many that have not ended stay with it. Temporal's list of them is a moment behind."""
    return (await client.count_workflows(_staying_with(build))).count


async def stories_staying(client: Client, build: str, most: int | None = None) -> list[str]:
    """The ids of the executions that `count_stories` counts."""
    return [one.id async for one in client.list_workflows(_staying_with(build), limit=most)]


def _staying_with(build: str) -> str:
    version = f"{DEPLOYMENT}:{build}".replace("'", "''")
    return f"ExecutionStatus = 'Running' and TemporalWorkerDeploymentVersion = '{version}'"


async def _deployment(client: Client) -> WorkerDeploymentInfo | None:
    ask = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=DEPLOYMENT)
    try:
        answer = await client.workflow_service.describe_worker_deployment(ask)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return None
        raise
    return answer.worker_deployment_info


def _newest_first(info: WorkerDeploymentInfo) -> list[str]:
    versions = sorted(info.version_summaries, key=lambda one: one.create_time.ToNanoseconds())
    return [one.deployment_version.build_id for one in reversed(versions)]


async def _builds_at_work(client: Client) -> set[str]:
    """Those whose workers have asked for stories lately."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=STORIES),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    answer = await client.workflow_service.describe_task_queue(request)
    since = real_now() - _ASKED_LATELY
    return {
        poller.deployment_options.build_id for poller in answer.pollers if _asked_at(poller) > since
    }


def _asked_at(poller: PollerInfo) -> datetime:
    return poller.last_access_time.ToDatetime(UTC)
