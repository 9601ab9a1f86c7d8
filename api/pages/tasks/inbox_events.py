"""The inbox as it changes, for a page that is open, and who else looks at a task."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.dependencies import TaskVisitor, TheHouse
from api.inbox.news import InboxNews, Reader
from api.pages.rendering import show_part
from api.pages.routing import PageRoute
from domain.authority import Actor, kinds_for
from persistence.tasks.presence import look_at

router = APIRouter(route_class=PageRoute)
_GATHER_SECONDS = 0.5  # what comes close together is told once
_QUIET_SECONDS = 15  # a proxy takes longer silence for death
_LONGEST_SECONDS = 600  # then the browser asks again, and is still signed in or not


@router.get("/inbox/events", response_class=EventSourceResponse)
async def tell_news(request: Request, actor: TaskVisitor) -> AsyncIterator[ServerSentEvent]:
    """Of the tasks that the reader may answer: how many are new, which changed, which are gone."""
    news: InboxNews = request.app.state.news
    until = asyncio.get_running_loop().time() + _LONGEST_SECONDS
    async with news.reading() as reader:
        yield ServerSentEvent(event="ready", data={})
        while not news.is_closed and asyncio.get_running_loop().time() < until:
            await _wait(reader)
            if told := _told(reader, actor):
                yield ServerSentEvent(event="tasks", data=told)
            else:
                yield ServerSentEvent(comment="still here")


@router.post("/tasks/{task_id}/presence")
async def be_present(
    request: Request,
    house: TheHouse,
    actor: TaskVisitor,
    task_id: Annotated[int, Path(ge=1, le=2**63 - 1)],
) -> Response:
    """Sent by a page that shows the task, every twenty seconds; the answer is who else is there."""
    async with house.database.transaction() as connection:
        names = await look_at(connection, task_id, actor.id)
    return show_part(request, "presence", {"names": names})


async def _wait(reader: Reader) -> None:
    try:
        async with asyncio.timeout(_QUIET_SECONDS):
            await reader.news.wait()
        await asyncio.sleep(_GATHER_SECONDS)
    except TimeoutError:
        return


def _told(reader: Reader, actor: Actor) -> dict[str, list[int]]:
    kinds = set(kinds_for(actor))
    told: dict[str, list[int]] = {}
    for one in reader.take():
        is_own_doing = one["what"] == "changed" and one["holder"] == actor.id
        if one["kind"] in kinds and not is_own_doing:
            told.setdefault(one["what"], []).append(one["task"])
    return told
