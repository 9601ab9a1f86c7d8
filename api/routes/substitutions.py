"""Who stands in for whom: listed, made and ended."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.dependencies import TaskWorker, TheHouse, Viewer
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.trail import SubstitutionBody, SubstitutionList, SubstitutionView
from persistence.people.substituting import (
    NewSubstitution,
    end_substitution,
    make_substitution,
    substitutions,
)

router = APIRouter(prefix="/substitutions", tags=["substitutions"])


@router.get("", operation_id="listSubstitutions", responses=problems())
async def list_substitutions(house: TheHouse, _: Viewer) -> SubstitutionList:
    """Those that run today or will, the next first."""
    async with house.database.transaction() as connection:
        found = await substitutions(connection, house.today)
    fields = SubstitutionView.model_fields
    items = [SubstitutionView(**{name: row[name] for name in fields}) for row in found]
    return SubstitutionList(items=items)


@router.post("", operation_id="makeSubstitution", status_code=201, responses=problems(409, 422))
async def post_substitution(
    body: SubstitutionBody, house: TheHouse, actor: TaskWorker
) -> SubstitutionView:
    """Let someone stand in: for yourself, or, as a supervisor, for another. It ends by itself."""
    wish = NewSubstitution(body.absent, body.substitute, body.since, body.until)
    async with house.database.transaction() as connection:
        number = await make_substitution(connection, wish, actor, house.today)
    is_running = body.since <= house.today
    return SubstitutionView(id=number, made_by=actor.id, is_running=is_running, **body.model_dump())


@router.post(
    "/{substitution_id}/end", operation_id="endSubstitution", responses=problems(404, 409, 422)
)
async def stop_substitution(
    substitution_id: Annotated[Number, Path(examples=[3])], house: TheHouse, actor: TaskWorker
) -> SubstitutionList:
    """End it at once: by either of the two, or a supervisor. What still runs is answered."""
    async with house.database.transaction() as connection:
        await end_substitution(connection, substitution_id, actor)
    return await list_substitutions(house, actor)
