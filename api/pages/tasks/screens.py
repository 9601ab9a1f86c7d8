"""A decision's screen as it was, to be read and not to be pressed."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.dependencies import CaseVisitor, TheHouse
from api.pages.moments import moment
from api.pages.rendering import show
from api.pages.routing import PageRoute
from domain.screens import read_screen
from persistence.tasks.screens import read_decision_screen
from persistence.trail.audit import note_look
from persistence.trail.verifying import find_breaks

router = APIRouter(route_class=PageRoute)


@router.get("/decisions/{decision_id}/screen")
async def show_screen(
    request: Request, house: TheHouse, actor: CaseVisitor, decision_id: Annotated[int, Path(ge=1)]
) -> Response:
    async with house.database.transaction() as connection:
        row = await read_decision_screen(connection, decision_id)
        breaks = await find_breaks(connection, row["subject"])
        await note_look(connection, row["subject"], actor.id, decision=decision_id)
    facts = {
        "decision": row,
        "screen": read_screen(row["content"]) if row["content"] else None,
        "breaks": breaks,
        "moment": lambda at: moment(request, at),
    }
    return show(request, "decision-screen", facts)
