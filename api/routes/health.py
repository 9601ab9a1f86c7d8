"""Whether the process lives, and whether what it needs is there."""

import asyncio
from collections.abc import Awaitable

from fastapi import APIRouter, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from api.dependencies import TheHouse
from api.house import House
from api.schemas.cases import Health, Readiness

router = APIRouter(tags=["operation"])
_PATIENCE_SECONDS = 2.0


@router.get("/health", operation_id="readHealth")
async def get_health() -> Health:
    """Answer as long as the process lives."""
    return Health()


@router.get(
    "/ready",
    operation_id="readReadiness",
    responses={503: {"model": Readiness, "description": "The database does not answer."}},
)
async def get_readiness(house: TheHouse, response: Response) -> Readiness:
    """Say whether the database and Temporal answer; 200 while the database does.

    Without Temporal, decisions are accepted and take effect later.
    """
    temporal = house.temporal
    database = await _answers(_ask_database(house))
    readiness = Readiness(
        database=database, temporal=await _answers(temporal()) if temporal else None
    )
    response.status_code = 200 if database else 503
    return readiness


async def _ask_database(house: House) -> bool:
    async with house.database.transaction() as connection:
        await connection.execute(text("select 1"))
    return True


async def _answers(question: Awaitable[bool]) -> bool:
    """Whatever stands in the way, and also silence, means no."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await question
    except (OSError, SQLAlchemyError, RPCError, RuntimeError):
        return False
