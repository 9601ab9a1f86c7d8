"""The page of a task: shown, shown again with what was wrong, and the way to the next one."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TaskVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.rendering import show
from api.pages.seen import keep_shown
from api.screens.facts import page_facts
from api.screens.typed import Typed, typed_in
from api.screens.view import Shown, look
from api.screens.words import leads_to
from domain.authority import Actor, kinds_for
from domain.decisions import Outcome, TaskKind
from domain.errors import Fault, NotFound
from domain.looking import Purpose
from persistence.tasks.drafts import keep_draft
from persistence.tasks.facts import read_case, read_decision
from persistence.tasks.inbox import next_task

_LARGEST = 2**63 - 1
TaskId = Annotated[int, Path(ge=1, le=_LARGEST)]
DecisionId = Annotated[int, Path(ge=1, le=_LARGEST)]


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone who may answer tasks has sent the form of one."""

    request: Request
    house: TheHouse
    actor: TaskVisitor
    task_id: TaskId
    typed: Annotated[Typed, Depends(typed_in)]

    @property
    def language(self) -> str:
        return language_of(self.request)

    @property
    def is_by_htmx(self) -> bool:
        """Whether a piece of a page is asked for rather than a page."""
        return "hx-request" in self.request.headers

    async def look(self, connection: AsyncConnection) -> Shown:
        return await look(
            connection, self.house, self.task_id, self.actor, self.language, self.typed
        )

    async def keep_draft(self) -> datetime:
        """In a transaction of its own: kept whatever becomes of what is done with it."""
        async with self.house.database.transaction() as connection:
            return await keep_draft(connection, self.task_id, self.typed.to_keep(), self.actor)

    async def show_again(
        self, status: int, *notices: str, faults: tuple[Fault, ...] = ()
    ) -> Response:
        """The page as all is now, with what was typed still in it."""
        async with self.house.database.transaction() as connection:
            shown = replace(await self.look(connection), faults=faults, notices=notices)
            page = task_page(self.request, self.house, shown, self.actor, status)
            return await keep_shown(
                self.request, connection, page, shown.task["subject"], self.actor, Purpose.OWN_TASK
            )

    def back(self, done: str) -> Response:
        return RedirectResponse(f"/tasks/{self.task_id}?done={done}", 303)

    async def go_on(self, connection: AsyncConnection, decision_id: int) -> Response:
        """To the next task, with the answer just given on top of it."""
        kinds = kinds_for(self.actor)
        row = await next_task(connection, self.actor.id, kinds, self.house.today)
        if row is None:
            return RedirectResponse(f"/decisions/{decision_id}", 303)
        return RedirectResponse(f"/tasks/{row['id']}?decided={decision_id}", 303)


TheVisit = Annotated[Visit, Depends()]


def task_page(
    request: Request,
    house: House,
    shown: Shown,
    actor: Actor,
    status: int = 200,
    **more: Any,
) -> HTMLResponse:
    facts = {"answered": None, "done": None} | page_facts(request, house, shown, actor) | more
    return show(request, "task", facts, status)


async def answered(
    connection: AsyncConnection,
    house: House,
    decision_id: int | None,
    actor: Actor,
    language: str,
) -> dict[str, Any] | None:
    """What the reader has just answered, what happens now, and how long it can be taken back."""
    if decision_id is None:
        return None
    try:
        decision = await read_decision(connection, decision_id)
    except NotFound:
        return None
    if decision["decided_by"] != actor.id:
        return None
    claim_id, on = decision["claim_id"], house.today
    case = await read_case(connection, decision["task_id"], claim_id, on) if claim_id else None
    kind, outcome = TaskKind(decision["kind"]), Outcome(decision["outcome"])
    leads = leads_to(kind, outcome, case, house.policy, on, language)
    return {**decision, "leads": leads, "seconds_left": int(decision["seconds_left"] or 0)}
