"""What the bailiff does on the pages of a distraint: sets, moves, holds, calls off, notes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData

from api.dependencies import BailiffVisitor, TheHouse
from api.distraints.bodies import minutes_of, slot_of
from api.house import House
from api.once import Act
from api.pages.distraints.calendar import show_new, show_one
from api.pages.fields import read_money
from api.pages.forms import Form, Typed, done_once, read_body, texts
from api.pages.routing import PageRoute
from api.schemas.common import Number
from api.schemas.distraints import EventBody, HearingBody, MinutesBody
from domain.authority import Actor
from domain.errors import Fault, Invalid, NotFound
from persistence.distraints.minutes import NewEvent, hold_hearing, note_event
from persistence.distraints.reading import read_distraint
from persistence.distraints.setting import foresee_hearing, set_hearing
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/distraints")
DistraintId = Annotated[Number, Path()]
SLOT = ("day", "at", "place", "is_outside")
_MINUTES = ("outcome", "text", "present", "look_again_on", "months", "first_due")
_MOST_DIGITS = 18
ASSETS = range(1, 5)
_ASSET_FIELDS = tuple(f"asset-{n}-{part}" for n in ASSETS for part in ("kind", "words", "value"))


@dataclass(frozen=True, slots=True)
class Sent:
    """A form about one proceeding, and who sent it."""

    request: Request
    house: House
    actor: Actor
    form: FormData
    distraint_id: int


def _sent(
    request: Request, house: TheHouse, actor: BailiffVisitor, form: Form, distraint_id: DistraintId
) -> Sent:
    return Sent(request, house, actor, form, distraint_id)


TheSent = Annotated[Sent, Depends(_sent)]


@router.post("")
async def set_or_foresee(
    request: Request, house: TheHouse, actor: BailiffVisitor, form: Form
) -> Response:
    """First shown what it would do; then done."""
    typed = texts(form, "task_id", "act", "key", *SLOT)
    task_id = _number(typed["task_id"])
    try:
        slot = slot_of(read_body(HearingBody, as_slot(typed) | {"task_id": task_id}))
        if typed["act"] != "set":
            async with house.database.transaction() as connection:
                foreseen = await foresee_hearing(
                    connection, house.policy, task_id, slot, house.today
                )
            return await show_new(request, house, actor, task_id, typed, foreseen=foreseen)

        async def act(connection: AsyncConnection) -> StoredAnswer:
            number = await set_hearing(connection, house.policy, task_id, slot, actor, house.today)
            return StoredAnswer(303, {"distraint": number})

        answer = await done_once(request, house, actor, form, act)
    except Invalid as wrong:
        return await show_new(request, house, actor, task_id, typed, wrong.faults)
    return _back(answer.response["distraint"], "set")


@router.post("/{distraint_id}/minutes")  # noqa: FAST003 - what was sent takes it
async def hold(sent: TheSent) -> Response:
    typed = texts(sent.form, "key", *_MINUTES, *_ASSET_FIELDS)

    async def act(connection: AsyncConnection) -> StoredAnswer:
        found = await read_distraint(connection, sent.distraint_id)
        body = read_body(MinutesBody, _as_minutes(typed))
        minutes = minutes_of(body, found.row["claim_id"])
        await hold_hearing(
            connection,
            sent.house.policy,
            sent.distraint_id,
            minutes,
            sent.actor,
            sent.house.clock(),
        )
        return StoredAnswer(303, {})

    return await finish(sent, typed, act, "held")


@router.post("/{distraint_id}/events")  # noqa: FAST003 - what was sent takes it
async def write_event(sent: TheSent) -> Response:
    typed = texts(sent.form, "event", "happened_on", "event_text", "key")
    values = {
        "event": typed["event"],
        "happened_on": typed["happened_on"],
        "text": typed["event_text"],
    }

    async def act(connection: AsyncConnection) -> StoredAnswer:
        try:
            body = read_body(EventBody, values)
        except Invalid as wrong:
            raise renamed(wrong, {"text": "event_text"}) from None
        event = NewEvent(body.event, body.happened_on, body.text)
        await note_event(connection, sent.distraint_id, event, sent.actor, sent.house.today)
        return StoredAnswer(303, {})

    return await finish(sent, typed, act, "noted")


async def finish(sent: Sent, typed: Typed, act: Act, said: str) -> Response:
    """What is wrong is told beside what was typed; what came too late, by the refusal's page."""
    try:
        await done_once(sent.request, sent.house, sent.actor, sent.form, act)
    except Invalid as wrong:
        return await show_one(
            sent.request, sent.house, sent.actor, sent.distraint_id, typed, wrong.faults
        )
    return _back(sent.distraint_id, said)


def _back(distraint_id: int, said: str) -> Response:
    return RedirectResponse(f"/distraints/{distraint_id}?said={said}", 303)


def _number(text: str | None) -> int:
    if not text or not (text.isascii() and text.isdecimal()) or len(text) > _MOST_DIGITS:
        raise NotFound("task", "")
    return int(text)


def as_slot(typed: Typed) -> dict[str, Any]:
    """An empty place is told of by the house, beside what else is wrong."""
    values = {name: typed[name] for name in ("day", "at")}
    return values | {"place": typed["place"] or " ", "is_outside": bool(typed["is_outside"])}


def _as_minutes(typed: Typed) -> dict[str, Any]:
    """Raises Invalid for amounts and months that cannot be read."""
    faults: list[Fault] = []
    values: dict[str, Any] = {name: typed[name] for name in _MINUTES}
    values["text"] = typed["text"] or " "
    if typed["months"]:
        if typed["months"].isdecimal():
            values["months"] = int(typed["months"])
        else:
            faults.append(Fault("months", "number-unreadable", {"value": typed["months"][:20]}))
    values["assets"] = [
        {
            "kind": typed[f"asset-{n}-kind"],
            "description": typed[f"asset-{n}-words"],
            "value_ore": read_money(f"asset-{n}-value", typed[f"asset-{n}-value"], faults).ore,
        }
        for n in ASSETS
        if typed[f"asset-{n}-words"] or typed[f"asset-{n}-value"]
    ]
    if faults:
        raise Invalid(*faults)
    return values


def renamed(wrong: Invalid, names: Mapping[str, str]) -> Invalid:
    """By the names the form has: two forms of the page have a reason."""
    return Invalid(*(replace(f, field=names.get(f.field, f.field)) for f in wrong.faults))
