"""A debtor's objection, told by whoever heard it."""

from fastapi import APIRouter

from api.dependencies import LetterWriter, TheHouse
from api.languages import Language
from api.routes.describing import ClaimId, problems
from api.schemas.tasks import ObjectionBody, TaskView
from api.views.tasks import view_task
from persistence.claims.objecting import register_objection
from persistence.tasks.inbox import read_task

router = APIRouter(prefix="/claims/{claim_id}/objections", tags=["holds"])


@router.post(
    "", operation_id="registerObjection", status_code=201, responses=problems(404, 409, 422)
)
async def post_objection(
    claim_id: ClaimId,
    body: ObjectionBody,
    house: TheHouse,
    actor: LetterWriter,
    language: Language,
) -> TaskView:
    """Stop the claim's clock, tell the debtors that it is looked at, and ask a person to answer.

    Returns the task.
    """
    async with house.database.transaction() as connection:
        task = await register_objection(
            connection, house.policy, claim_id, body.words, house.today, actor
        )
        row = await read_task(connection, task, house.today)
    return view_task(row, house.today, language)
