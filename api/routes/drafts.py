"""What a caseworker has begun to write about a task and has not sent."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.dependencies import TaskWorker, TheHouse
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.tasks import DraftBody, DraftView
from domain.errors import NotFound
from persistence.tasks.drafts import drop_draft, keep_draft, read_draft

router = APIRouter(prefix="/tasks/{task_id}/draft", tags=["tasks"])
TaskId = Annotated[Number, Path(examples=[17])]


@router.get("", operation_id="readDraft", responses=problems(404, 422))
async def get_draft(task_id: TaskId, house: TheHouse, actor: TaskWorker) -> DraftView:
    """Your own draft of an answer; nobody else's is shown to you."""
    async with house.database.transaction() as connection:
        draft = await read_draft(connection, task_id, actor.id)
    if draft is None:
        raise NotFound("draft", task_id)
    return DraftView(task_id=task_id, fields=draft["fields"], kept_at=draft["updated_at"])


@router.put("", operation_id="keepDraft", responses=problems(404, 422))
async def put_draft(
    task_id: TaskId, body: DraftBody, house: TheHouse, actor: TaskWorker
) -> DraftView:
    """Keep what is written so far in place of what was kept before. A decision discards it."""
    async with house.database.transaction() as connection:
        kept_at = await keep_draft(connection, task_id, body.fields, actor)
    return DraftView(task_id=task_id, fields=body.fields, kept_at=kept_at)


@router.delete("", operation_id="dropDraft", status_code=204, responses=problems(422))
async def delete_draft(task_id: TaskId, house: TheHouse, actor: TaskWorker) -> None:
    """Discard your draft, if there is one."""
    async with house.database.transaction() as connection:
        await drop_draft(connection, task_id, actor.id)
