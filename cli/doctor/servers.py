"""How Temporal is: does it answer, who works there, and do the rounds go."""

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from cli.doctor.findings import Finding, doubtful_unless, ill_unless
from cli.doors import Door
from workers.schedules import ROUNDS_OF_THE_HOUSE, Rounds
from workflows.queues import ROUNDS, STORIES


async def look_at_temporal(door: Door) -> list[Finding]:
    try:
        client = await door.temporal()
    except (RuntimeError, RPCError):
        address = door.settings.temporal_address
        return [ill_unless("temporal", is_well=False, address=address)]
    found = [ill_unless("temporal", is_well=True, address=client.service_client.config.target_host)]
    found += [await _workers(client, queue) for queue in (STORIES, ROUNDS)]
    return found + [await _rounds(client, rounds) for rounds in ROUNDS_OF_THE_HOUSE]


async def _workers(client: Client, queue: str) -> Finding:
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    answer = await client.workflow_service.describe_task_queue(request)
    workers = len({poller.identity for poller in answer.pollers})
    return ill_unless("workers", workers, queue=queue, count=workers)


async def _rounds(client: Client, rounds: Rounds) -> Finding:
    """One that a person has paused is doubtful; one that is missing is made by the next worker."""
    try:
        found = await client.get_schedule_handle(rounds.schedule_id).describe()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return ill_unless("round-missing", is_well=False, round=rounds.workflow)
    recent = found.info.recent_actions
    values = {"round": rounds.workflow, "day": recent[-1].started_at.date() if recent else "-"}
    return doubtful_unless("round", not found.schedule.state.paused, **values)
