"""The worker that tells the stories."""

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import (
    UnsandboxedWorkflowRunner,
    Worker,
    WorkerDeploymentConfig,
)

from domain.policy import Policy
from persistence.database import Database
from workers.registry import story_activities, story_workflows
from workflows.queues import STORIES

DEPLOYMENT = "rettidig"


def story_worker(
    client: Client, database: Database, policy: Policy, build_id: str | None = None
) -> Worker:
    """With a *build_id* a story stays with the code it started on until it turns a page.

    Without, the newest code takes every story (docs/decisions/0003).
    """
    return Worker(
        client,
        task_queue=STORIES,
        workflows=story_workflows(),
        activities=story_activities(database, policy),
        # The tests tell the same stories in the sandbox (docs/decisions/0004).
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=2000,
        deployment_config=_deployment(build_id),
    )


def _deployment(build_id: str | None) -> WorkerDeploymentConfig | None:
    if build_id is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(DEPLOYMENT, build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )
