"""An answer taken back while there is still time."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.dependencies import TaskWorker, TheHouse
from api.languages import Language
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.tasks import TaskView
from api.views.tasks import view_task
from persistence.tasks.inbox import read_task
from persistence.tasks.taking_back import take_back

router = APIRouter(prefix="/decisions", tags=["tasks"])
DecisionId = Annotated[Number, Path(examples=[17])]


@router.post("/{decision_id}/undo", operation_id="undoDecision", responses=problems(404, 409, 422))
async def undo_decision(
    decision_id: DecisionId, house: TheHouse, actor: TaskWorker, language: Language
) -> TaskView:
    """Take back an answer of yours that was given as undoable, until its time is out.

    The task is open again and yours; all that the answer led to is as it was before.
    """
    async with house.database.transaction() as connection:
        task_id = await take_back(connection, decision_id, actor)
        row = await read_task(connection, task_id, house.today)
    return view_task(row, house.today, language)
