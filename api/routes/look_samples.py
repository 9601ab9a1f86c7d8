"""The looks of each month that were drawn for control, and what is said of each."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.dependencies import Controller, TheHouse
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.keeping import LookJudgement, LookSampleList, LookSampleView
from api.views.keeping import drawn_look, sample_line
from persistence.trail.samples import judge_look, list_samples, read_sample

router = APIRouter(prefix="/look-samples", tags=["personal data"])
SampleId = Annotated[Number, Path(examples=[3])]
_MOST = 120


@router.get("", operation_id="listLookSamples", responses=problems())
async def get_samples(house: TheHouse, _: Controller) -> LookSampleList:
    """List the samples of ten years, the newest first, with what was said of their looks."""
    async with house.database.transaction() as connection:
        rows = await list_samples(connection, _MOST)
    return LookSampleList(items=[sample_line(row) for row in rows])


@router.get("/{sample_id}", operation_id="readLookSample", responses=problems(404, 422))
async def get_sample(sample_id: SampleId, house: TheHouse, _: Controller) -> LookSampleView:
    """Read which looks were drawn."""
    async with house.database.transaction() as connection:
        sample, looks = await read_sample(connection, sample_id)
    told = sample_line(sample).model_dump()
    return LookSampleView(**told, drawn_looks=[drawn_look(row) for row in looks])


@router.post(
    "/{sample_id}/looks/{look}",
    operation_id="judgeLook",
    status_code=204,
    responses=problems(404, 409, 422),
)
async def post_judgement(
    sample_id: SampleId,
    look: Annotated[Number, Path(examples=[1234])],
    body: LookJudgement,
    house: TheHouse,
    actor: Controller,
) -> None:
    """Say whether the look was right. Nobody says it of their own."""
    async with house.database.transaction() as connection:
        await judge_look(connection, sample_id, look, body.verdict, body.note, actor)
