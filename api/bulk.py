"""One act on many tasks, each on its own, with an answer for each."""

from datetime import date

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.house import House
from api.languages import language_of
from api.problems import code_of, words_of
from api.schemas.inbox import BulkBody, BulkRow, BulkView
from api.sentences import view_faults
from domain.authority import Actor
from domain.errors import Fault, Invalid, Refusal
from persistence.tasks.taking import assign_task, claim_task, release_task, snooze_task, wake_task

_OPERATIONS = {
    "claim": "takeTask",
    "release": "releaseTask",
    "assign": "assignTask",
    "snooze": "snoozeTask",
    "wake": "wakeTask",
}


async def act_on_each(request: Request, house: House, actor: Actor, wish: BulkBody) -> BulkView:
    """What is done stays done, whatever comes of the others. Raises Invalid for half a wish."""
    _require_whole(wish)
    rows = []
    for task_id in dict.fromkeys(wish.tasks):
        try:
            async with house.database.transaction() as connection:
                await _act(connection, house, actor, wish, task_id)
        except Refusal as refusal:
            rows.append(_refused(request, task_id, refusal, _OPERATIONS[wish.act]))
        else:
            rows.append(BulkRow(task_id=task_id, is_done=True, code=None, sentence=None))
    done = sum(row.is_done for row in rows)
    return BulkView(done=done, refused=len(rows) - done, rows=rows)


def _require_whole(wish: BulkBody) -> None:
    needed = {"assign": ("to",), "snooze": ("until", "reason")}.get(wish.act, ())
    if missing := [name for name in needed if not getattr(wish, name)]:
        raise Invalid(*(Fault(name, "field-missing") for name in missing))


async def _act(
    connection: AsyncConnection, house: House, actor: Actor, wish: BulkBody, task_id: int
) -> None:
    now = house.clock()
    match wish.act:
        case "claim":
            await claim_task(connection, task_id, actor, now)
        case "release":
            await release_task(connection, task_id, actor, now)
        case "assign":
            await assign_task(connection, task_id, wish.to or "", actor, now)
        case "snooze":
            until, most = wish.until or date.min, house.policy.snooze_days
            await snooze_task(
                connection, task_id, until, wish.reason or "", actor, house.today, most
            )
        case "wake":
            await wake_task(connection, task_id, actor, house.today)


def _refused(request: Request, task_id: int, refusal: Refusal, operation: str) -> BulkRow:
    if isinstance(refusal, Invalid):
        [fault, *_] = view_faults(refusal.faults, language_of(request))
        return BulkRow(task_id=task_id, is_done=False, code=fault.code, sentence=fault.sentence)
    words = words_of(request, refusal, operation)
    code = code_of(refusal, operation)
    return BulkRow(task_id=task_id, is_done=False, code=code, sentence=words)
