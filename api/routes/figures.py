"""Where all claims are, in counts and kroner."""

from fastapi import APIRouter
from sqlalchemy import RowMapping

from api.dependencies import FigureReader, TheHouse
from api.routes.describing import problems
from api.schemas.cases import Counts, EndingCount, StageCount, TaskCount
from domain.claim import Ending, Stage
from domain.decisions import TaskKind
from persistence.claims.reading import count_claims
from persistence.tasks.inbox import count_tasks

router = APIRouter(tags=["figures"])


@router.get("/counts", operation_id="readCounts", responses=problems())
async def get_counts(house: TheHouse, _: FigureReader) -> Counts:
    """Count claims and kroner per stage and per ending, and open tasks per kind."""
    on = house.today
    async with house.database.transaction() as connection:
        claims = await count_claims(connection)
        tasks = await count_tasks(connection, on)
    return Counts(
        on=on,
        stages=[_stage(row) for row in claims if row["ending"] is None],
        endings=[_ending(row) for row in claims if row["ending"] is not None],
        tasks=[
            TaskCount(kind=TaskKind(row["kind"]), open=row["tasks"], overdue=row["overdue"])
            for row in tasks
        ],
    )


def _stage(row: RowMapping) -> StageCount:
    return StageCount(
        stage=Stage(row["stage"]),
        claims=row["claims"],
        balance_ore=row["balance_ore"],
        principal_ore=row["principal_ore"],
    )


def _ending(row: RowMapping) -> EndingCount:
    return EndingCount(
        ending=Ending(row["ending"]),
        claims=row["claims"],
        principal_ore=row["principal_ore"],
    )
