"""How soon people answered, beside how soon they should: tasks by kind, enquiries by channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import TaskKind
from domain.enquiries import EnquiryChannel
from domain.policy import Policy
from domain.steering.task_goals import goal_days
from persistence.enquiries.reading import AnswerTime, read_answer_times
from persistence.steering.response_times import read_task_times
from reports.enquiry_figures import Answering, answering, by_channel


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """*goal_days*: working days; None: each has a day of its own. Kind or channel, one of them."""

    goal_days: int | None
    figures: Answering
    kind: TaskKind | None = None
    channel: EnquiryChannel | None = None


async def response_times(
    connection: AsyncConnection, policy: Policy, first: date, on: date
) -> Sequence[ResponseTime]:
    """Of what came from *first* to *on*, as it stands then; what nobody asked is left out."""
    tasks = await read_task_times(connection, first, on)
    enquiries = await read_answer_times(connection, first, on)
    return [*_of_tasks(policy, tasks, on), *_of_enquiries(policy, enquiries, on)]


def _of_tasks(
    policy: Policy, times: Mapping[TaskKind, Sequence[AnswerTime]], on: date
) -> list[ResponseTime]:
    return [
        ResponseTime(goal_days(policy, kind), answering(of_kind, on), kind=kind)
        for kind, of_kind in times.items()
    ]


def _of_enquiries(policy: Policy, times: Sequence[AnswerTime], on: date) -> list[ResponseTime]:
    goals = {goal.channel: goal.working_days for goal in policy.enquiries.on_or_first(on).goals}
    return [
        ResponseTime(goals[channel], figures, channel=channel)
        for channel, figures in by_channel(times, on).items()
        if figures.received
    ]
