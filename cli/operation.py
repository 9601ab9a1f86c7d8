"""What those who run the house ask of it: migrate, turn pages, verify the audit trail."""

from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from cli.doors import Door, database_url
from cli.ending import FAILED
from cli.words import Words
from persistence.claims.sleeping import wake_all
from persistence.database import Database
from persistence.migrations import upgrade
from persistence.trail.anchoring import last_anchor
from persistence.trail.verifying import find_breaks
from settings import settings
from workers.assembly import hash_numbers
from workers.stories import DEPLOYMENT

_MOST_SHOWN = 50


async def migrate(say: Words) -> int:
    chosen = settings()
    await upgrade(database_url(chosen))
    database = Database(database_url(chosen), 1, chosen.lookup_key, chosen.record_ring)
    try:
        await hash_numbers(database)
    finally:
        await database.close()
    print(say("migrated"))
    return 0


async def turn_pages(say: Words) -> int:
    """Let every sleeping story go on with the newest code, so that older workers may go home."""
    async with Door.open() as door:
        client = await door.temporal()
        build = await _make_newest_current(client)
        async with door.database.transaction() as connection:
            count = await wake_all(connection)
    print(say("pages-current", build=build) if build else say("pages-unversioned"))
    print(say("pages-woken", count=count))
    return 0


async def _make_newest_current(client: Client) -> str | None:
    """The build of the worker that came last; None when workers tell no build."""
    ask = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=DEPLOYMENT)
    try:
        answer = await client.workflow_service.describe_worker_deployment(ask)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return None
        raise
    versions = answer.worker_deployment_info.version_summaries
    if not versions:
        return None
    newest = max(versions, key=lambda version: version.create_time.ToNanoseconds())
    build = newest.deployment_version.build_id
    await client.workflow_service.set_worker_deployment_current_version(
        SetWorkerDeploymentCurrentVersionRequest(
            namespace=client.namespace,
            deployment_name=DEPLOYMENT,
            build_id=build,
            identity="rettidig turn-pages",
            ignore_missing_task_queues=True,
        )
    )
    return str(build)


async def verify_audit(say: Words) -> int:
    """1 when a row was changed, taken away or put in between, or a kept screen is not as it was."""
    async with Door.open() as door, door.database.transaction() as connection:
        breaks = await find_breaks(connection)
        anchor = await last_anchor(connection)
    for one in breaks[:_MOST_SHOWN]:
        print(say(f"audit-{one.what}", subject=one.subject, number=one.number))
    print(say("audit-broken-count", count=len(breaks)) if breaks else say("audit-whole"))
    if anchor:
        print(say("audit-anchor", number=anchor[0], hash=anchor[1]))
    return FAILED if breaks else 0
