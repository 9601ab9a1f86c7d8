"""The audit trail for those who control, and what was on the screen when a decision was made."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import RowMapping

from api.cursors import read_cursor, write_cursor
from api.dependencies import Controller, TheHouse, Viewer
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.trail import (
    DecisionScreen,
    ScreenBlock,
    TrailEntry,
    TrailPage,
    TrailQuery,
)
from domain.looking import Purpose
from domain.screens import read_screen
from persistence.tasks.screens import read_decision_screen
from persistence.trail.audit import LOOKED, note
from persistence.trail.reading import TrailFilter, TrailPlace, place_of, read_trail
from persistence.trail.verifying import find_breaks

router = APIRouter(tags=["audit"])


@router.get("/audit", operation_id="listAudit", responses=problems(422))
async def list_audit(
    house: TheHouse, actor: Controller, wish: Annotated[TrailQuery, Query()]
) -> TrailPage:
    """Who looked and who acted, newest first. That you looked is written there, too."""
    narrow = TrailFilter(wish.person, wish.subject, wish.act, wish.since, wish.until)
    before = TrailPlace(*read_cursor(wish.cursor, 2)) if wish.cursor else None
    async with house.database.transaction() as connection:
        rows = await read_trail(connection, narrow, before, wish.limit + 1)
        asked = wish.model_dump(exclude_none=True, exclude={"cursor", "limit"}, mode="json")
        await note(connection, "audit", actor.id, LOOKED, purpose=Purpose.CONTROL, asked=asked)
    page, more = rows[: wish.limit], None
    if len(rows) > wish.limit:
        last = place_of(page[-1])
        more = write_cursor(last.micros, last.number)
    return TrailPage(items=[_entry(row) for row in page], next_cursor=more)


def _entry(row: RowMapping) -> TrailEntry:
    return TrailEntry(
        id=row["id"],
        at=row["at"],
        person=row["actor"],
        act=row["act"],
        subject=row["subject"],
        number=row["seq"],
        purpose=row["facts"].get("purpose"),
        stood_in_for=row["facts"].get("for"),
        facts=row["facts"],
    )


@router.get(
    "/decisions/{decision_id}/screen",
    operation_id="readDecisionScreen",
    responses=problems(404, 422),
)
async def get_screen(
    decision_id: Annotated[Number, Path(examples=[17])], house: TheHouse, actor: Viewer
) -> DecisionScreen:
    """What was on the screen when a decision was made, and whether the trail of it holds.

    That you looked is written in the audit trail.
    """
    async with house.database.transaction() as connection:
        row = await read_decision_screen(connection, decision_id)
        breaks = await find_breaks(connection, row["subject"])
        await note(connection, row["subject"], actor.id, LOOKED, decision=decision_id)
    screen = read_screen(row["content"]) if row["content"] else None
    blocks = screen.blocks if screen else ()
    return DecisionScreen(
        decision_id=decision_id,
        task_id=row["task_id"],
        decided_by=row["decided_by"],
        stood_in_for=row["decided_for"],
        decided_at=row["decided_at"],
        role=row["role"],
        purpose=row["purpose"],
        sha256=row["sha256"],
        policy=screen.policy if screen else None,
        blocks=[ScreenBlock(kind=block.kind, words=list(block.words)) for block in blocks],
        is_unbroken=not breaks,
    )
