"""A hearing is moved or called off on its page: what it would do is shown, then it is done."""

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from api.distraints.changes import foresee_change, move_or_adjourn
from api.once import Act
from api.pages.distraints.acts import SLOT, Sent, TheSent, as_slot, finish, renamed
from api.pages.distraints.calendar import show_one
from api.pages.forms import Typed, read_body, texts
from api.pages.routing import PageRoute
from api.schemas.distraints import CallOffBody, MovedBody
from domain.errors import Invalid
from persistence.distraints.setting import call_off
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/distraints")


@router.post("/{distraint_id}/move")  # noqa: FAST003 - what was sent takes it
async def move(sent: TheSent) -> Response:
    typed = texts(sent.form, "reason", "is_adjourned", "act", "key", *SLOT)
    values: dict[str, Any] = as_slot(typed) | {"reason": typed["reason"] or " "}
    values["is_adjourned"] = bool(typed["is_adjourned"])

    async def act(connection: AsyncConnection) -> StoredAnswer:
        body = read_body(MovedBody, values)
        await move_or_adjourn(connection, sent.house, sent.distraint_id, body, sent.actor)
        return StoredAnswer(303, {})

    return await _look_or_do(sent, typed, act, "moved")


@router.post("/{distraint_id}/call-off")  # noqa: FAST003 - what was sent takes it
async def give_up(sent: TheSent) -> Response:
    typed = texts(sent.form, "call_off_reason", "act", "key")

    async def act(connection: AsyncConnection) -> StoredAnswer:
        house = sent.house
        try:
            body = read_body(CallOffBody, {"reason": typed["call_off_reason"] or " "})
            await call_off(
                connection, house.policy, sent.distraint_id, body.reason, sent.actor,
                house.clock(), house.today,
            )  # fmt: skip
        except Invalid as wrong:
            raise renamed(wrong, {"reason": "call_off_reason"}) from None
        return StoredAnswer(303, {})

    return await _look_or_do(sent, typed, act, "off")


async def _look_or_do(sent: Sent, typed: Typed, act: Act, said: str) -> Response:
    if typed["act"] != "preview":
        return await finish(sent, typed, act, said)
    request, house, number = sent.request, sent.house, sent.distraint_id
    try:
        change = await foresee_change(house, number, act)
    except Invalid as wrong:
        return await show_one(request, house, sent.actor, number, typed, wrong.faults)
    return await show_one(request, house, sent.actor, number, typed, change=change)
