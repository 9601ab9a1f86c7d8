"""Which claims may go to the recovery authority, and what stands in the way of the others."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import RowMapping

from api.cursors import read_cursor, write_cursor
from api.dependencies import TheHouse, Viewer
from api.languages import Language
from api.routes.describing import problems
from api.schemas.transfers import (
    DepartmentStanding,
    ObstacleSum,
    ObstacleView,
    StandingSum,
    TransferCandidate,
    TransferCandidates,
    TransferReadiness,
    TransfersQuery,
    TypeStanding,
)
from api.views.sums import amounts
from api.views.transfers import narrowed_transfers, obstacle_in_words, obstacles_of
from domain.claim import Stage
from domain.recovery.dossier import Standing
from persistence.recovery.transfer_lists import Readiness, list_transfers, read_readiness

router = APIRouter(prefix="/transfers", tags=["claims"])


@router.get("", operation_id="readTransferReadiness", responses=problems(422))
async def get_readiness(house: TheHouse, _: Viewer, language: Language) -> TransferReadiness:
    """Read how many claims may be transferred, and what stands in the way of how many others."""
    async with house.database.transaction() as connection:
        readiness = await read_readiness(connection)
    return TransferReadiness(
        standings=[
            StandingSum(standing=standing, **amounts(total))
            for standing, total in readiness.by_standing().items()
        ],
        claim_types=_each(readiness, "claim_type", TypeStanding),
        departments=_each(readiness, "department", DepartmentStanding),
        obstacles=[
            ObstacleSum(
                standing=standing,
                code=code,
                sentence=obstacle_in_words(code, language),
                **amounts(total),
            )
            for standing in Standing
            for code, total in sorted(readiness.by_code(standing).items())
        ],
    )


@router.get("/claims", operation_id="listTransferCandidates", responses=problems(422))
async def get_candidates(
    house: TheHouse, _: Viewer, language: Language, wish: Annotated[TransfersQuery, Query()]
) -> TransferCandidates:
    """List claims that are still ours with what stands in the way of each, the eldest first."""
    narrow = narrowed_transfers(
        house.policy, wish.standing, wish.claim_type, wish.department, wish.code
    )
    after = None if wish.cursor is None else read_cursor(wish.cursor, 1)[0]
    async with house.database.transaction() as connection:
        rows = await list_transfers(connection, narrow, after, wish.limit + 1)
    page = rows[: wish.limit]
    more = write_cursor(page[-1]["serial"]) if len(rows) > wish.limit else None
    return TransferCandidates(items=[_candidate(row, language) for row in page], next_cursor=more)


def _each(readiness: Readiness, name: str, make: Any) -> list[Any]:
    return [
        make(standing=standing, **{name: key}, **amounts(total))
        for standing in Standing
        for key, total in sorted(readiness.by(name, standing).items())
    ]


def _candidate(row: RowMapping, language: str) -> TransferCandidate:
    return TransferCandidate(
        claim_id=row["id"],
        claim_type=row["claim_type"],
        department=row["department"],
        stage=Stage(row["stage"]),
        balance_ore=row["balance_ore"],
        limitation_date=row["limitation_date"],
        debtor_name=row["debtor_name"],
        standing=Standing(row["standing"]),
        since=row["since"],
        obstacles=[
            ObstacleView(code=one.code, sentence=one.text, field=one.field, screen=one.href)
            for one in obstacles_of(row, language)
        ],
        task_id=row["task_id"],
    )
