"""What need not be kept any longer: found, listed for the archive, approved, erased, proved."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import StreamingResponse

from api.archive_files import archive_lines
from api.csv_lines import csv_headers
from api.dependencies import Controller, Steerer, TheHouse
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.keeping import ErasureList, ErasureView
from api.views.keeping import erasure_line, erasure_view
from persistence.keeping.erasures import (
    approve_erasure,
    list_erasures,
    propose_erasure,
    read_erasure,
    withdraw_erasure,
)

router = APIRouter(prefix="/erasures", tags=["personal data"])
ErasureId = Annotated[Number, Path(examples=[3])]
_MOST = 200


@router.get("", operation_id="listErasures", responses=problems())
async def get_erasures(house: TheHouse, _: Controller) -> ErasureList:
    """List the latest 200, the newest first."""
    async with house.database.transaction() as connection:
        rows = await list_erasures(connection, _MOST)
    return ErasureList(items=[erasure_line(row) for row in rows])


@router.post("", operation_id="proposeErasure", status_code=201, responses=problems(409, 422))
async def post_erasure(house: TheHouse, actor: Steerer) -> ErasureView:
    """Find all that is due by the policy's rules. Nothing is erased before it is approved."""
    rules = house.policy.keeping
    async with house.database.transaction() as connection:
        number = await propose_erasure(connection, rules, house.clock(), actor)
        return erasure_view(await read_erasure(connection, number))


@router.get("/{erasure_id}", operation_id="readErasure", responses=problems(404, 422))
async def get_erasure(erasure_id: ErasureId, house: TheHouse, _: Controller) -> ErasureView:
    """Read what is due by which rule, what is kept back and why, how far it is, and the proof."""
    async with house.database.transaction() as connection:
        return erasure_view(await read_erasure(connection, erasure_id))


@router.get(
    "/{erasure_id}/archive.csv",
    operation_id="readErasureArchive",
    responses=problems(404, 422)
    | {200: {"content": {"text/csv": {}}, "description": "One line a record."}},
    response_class=StreamingResponse,
)
async def get_archive(erasure_id: ErasureId, house: TheHouse, actor: Steerer) -> StreamingResponse:
    """Take out the list of all that will be erased, to be handed over to be preserved."""
    lines = await archive_lines(house, erasure_id, actor)
    headers = csv_headers(f"sletning-{erasure_id}.csv")
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.post(
    "/{erasure_id}/approve", operation_id="approveErasure", responses=problems(404, 409, 422)
)
async def post_approval(erasure_id: ErasureId, house: TheHouse, actor: Steerer) -> ErasureView:
    """Agree, as someone else than who proposed it. It is erased in the rounds that follow."""
    rules = house.policy.keeping
    async with house.database.transaction() as connection:
        await approve_erasure(connection, erasure_id, rules, house.today, actor)
        return erasure_view(await read_erasure(connection, erasure_id))


@router.post(
    "/{erasure_id}/withdraw", operation_id="withdrawErasure", responses=problems(404, 409, 422)
)
async def post_withdrawal(erasure_id: ErasureId, house: TheHouse, actor: Steerer) -> ErasureView:
    """Let it be, while nobody has approved it."""
    async with house.database.transaction() as connection:
        await withdraw_erasure(connection, erasure_id, actor)
        return erasure_view(await read_erasure(connection, erasure_id))
