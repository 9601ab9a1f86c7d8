"""What people do with tasks before they answer them: give, ask, put off, take the next one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from api.bulk import act_on_each
from api.dependencies import Assigner, TaskWorker, TheHouse, Viewer
from api.inbox.query import InboxQuery, narrowed
from api.languages import Language
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.inbox import (
    AssignBody,
    BulkBody,
    BulkView,
    CountsView,
    DelegateBody,
    NextView,
    ReturnBody,
    SnoozeBody,
)
from api.schemas.tasks import TaskView
from api.views.tasks import view_task
from domain.authority import kinds_for
from persistence.tasks.inbox import read_task
from persistence.tasks.inbox_counts import count_facets, count_views
from persistence.tasks.next_task import take_next
from persistence.tasks.taking import (
    assign_task,
    delegate_task,
    return_task,
    snooze_task,
    wake_task,
)

router = APIRouter(prefix="/tasks", tags=["tasks"])
TaskId = Annotated[Number, Path(examples=[17])]


@router.post("/next", operation_id="takeNextTask", responses=problems(409, 422))
async def take_the_next(house: TheHouse, actor: TaskWorker, language: Language) -> NextView:
    """Take the task to go on with: your own first, then of a debtor you know, then by effect.

    Of all who ask at the same moment nobody gets the same task.
    """
    async with house.database.transaction() as connection:
        kinds, on = kinds_for(actor), house.today
        task_id = await take_next(connection, actor, kinds, house.clock(), on)
        row = await read_task(connection, task_id, on) if task_id else None
    return NextView(task=view_task(row, on, language) if row else None)


@router.get("/counts", operation_id="countTasks", responses=problems(422))
async def get_counts(
    house: TheHouse, actor: Viewer, wish: Annotated[InboxQuery, Query()]
) -> CountsView:
    """How many tasks each view has, and each value of each facet within what is asked for."""
    on = house.today
    async with house.database.transaction() as connection:
        views = await count_views(connection, actor.id, on, kinds_for(actor))
        facets = await count_facets(connection, narrowed(connection, wish, actor), on)
    found = {str(name): dict(values) for name, values in facets.items()}
    return CountsView(views={str(view): count for view, count in views.items()}, facets=found)


@router.post("/bulk", operation_id="actOnTasks", responses=problems(422))
async def act_on_many(
    request: Request, house: TheHouse, actor: TaskWorker, body: BulkBody
) -> BulkView:
    """The same act on up to two hundred tasks, each on its own, with an answer for each."""
    return await act_on_each(request, house, actor, body)


@router.post("/{task_id}/assign", operation_id="assignTask", responses=problems(404, 409, 422))
async def give_task(
    task_id: TaskId, house: TheHouse, actor: Assigner, language: Language, body: AssignBody
) -> TaskView:
    """Give a task to someone, whoever had it. For supervisors."""
    async with house.database.transaction() as connection:
        await assign_task(connection, task_id, body.to, actor, house.clock())
        row = await read_task(connection, task_id, house.today)
    return view_task(row, house.today, language)


@router.post("/{task_id}/delegate", operation_id="delegateTask", responses=problems(404, 409, 422))
async def ask_colleague(
    task_id: TaskId, house: TheHouse, actor: TaskWorker, language: Language, body: DelegateBody
) -> TaskView:
    """Ask a colleague about a task; it comes back to you with the answer."""
    async with house.database.transaction() as connection:
        await delegate_task(connection, task_id, body.to, body.question, actor, house.clock())
        row = await read_task(connection, task_id, house.today)
    return view_task(row, house.today, language)


@router.post("/{task_id}/return", operation_id="returnTask", responses=problems(404, 409, 422))
async def answer_colleague(
    task_id: TaskId, house: TheHouse, actor: TaskWorker, language: Language, body: ReturnBody
) -> TaskView:
    """Give a task that you were asked about back to who asked, with what you have to say."""
    async with house.database.transaction() as connection:
        await return_task(connection, task_id, body.answer, actor, house.clock())
        row = await read_task(connection, task_id, house.today)
    return view_task(row, house.today, language)


@router.post("/{task_id}/snooze", operation_id="snoozeTask", responses=problems(404, 409, 422))
async def put_off_task(
    task_id: TaskId, house: TheHouse, actor: TaskWorker, language: Language, body: SnoozeBody
) -> TaskView:
    """Put a task out of sight until a day, with a reason; never past the claim's limitation."""
    most, on = house.policy.snooze_days, house.today
    async with house.database.transaction() as connection:
        await snooze_task(connection, task_id, body.until, body.reason, actor, on, most)
        row = await read_task(connection, task_id, on)
    return view_task(row, on, language)


@router.post("/{task_id}/wake", operation_id="wakeTask", responses=problems(404, 409, 422))
async def take_up_task(
    task_id: TaskId, house: TheHouse, actor: TaskWorker, language: Language
) -> TaskView:
    """Bring a task that was put off back into sight."""
    async with house.database.transaction() as connection:
        await wake_task(connection, task_id, actor, house.today)
        row = await read_task(connection, task_id, house.today)
    return view_task(row, house.today, language)
