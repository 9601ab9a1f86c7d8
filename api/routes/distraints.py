"""The town's own distraint hearings: set, moved, held, called off, and what came after."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import Bailiff, TheHouse, Viewer
from api.distraints.bodies import minutes_of, slot_of
from api.distraints.changes import foresee_change, move_or_adjourn
from api.house import House
from api.routes.describing import problems
from api.schemas.common import Day, Number
from api.schemas.distraint_changes import ForeseenChange
from api.schemas.distraints import (
    CallOffBody,
    DistraintView,
    DistraintWeek,
    EventBody,
    HearingBody,
    HearingForeseen,
    MinutesBody,
    MovedBody,
)
from api.views.distraints import view_distraint, view_week
from domain.authority import Actor
from domain.money import NOTHING
from persistence.distraints.minutes import NewEvent, hold_hearing, note_event
from persistence.distraints.reading import read_distraint
from persistence.distraints.setting import call_off, foresee_hearing, set_hearing
from persistence.trail.audit import LOOKED, note

router = APIRouter(prefix="/distraints", tags=["distraints"])
DistraintId = Annotated[Number, Path(examples=[3])]


@router.get("", operation_id="listDistraints", responses=problems(422))
async def get_distraints(
    house: TheHouse, _: Viewer, day: Annotated[Day | None, Query()] = None
) -> DistraintWeek:
    """List the hearings of the week of *day*, what needs a time, and what is soon lost."""
    async with house.database.transaction() as connection:
        return await view_week(connection, house.policy, day or house.today, house.today)


@router.post("/foreseen", operation_id="foreseeDistraint", responses=problems(403, 404, 409, 422))
async def post_foreseen(house: TheHouse, _: Bailiff, body: HearingBody) -> HearingForeseen:
    """Tell what setting a hearing would do, and do nothing."""
    async with house.database.transaction() as connection:
        found = await foresee_hearing(
            connection, house.policy, body.task_id, slot_of(body), house.today
        )
    cost = found.cost
    return HearingForeseen(
        first_day=found.first_day,
        owed_ore=cost.owed.ore,
        fee_ore=(cost.fee.amount if cost.fee else NOTHING).ore,
        court_fee_ore=(cost.court_fee.amount if cost.court_fee else NOTHING).ore,
    )


@router.post(
    "", operation_id="setDistraint", status_code=201, responses=problems(403, 404, 409, 422)
)
async def post_distraint(house: TheHouse, actor: Bailiff, body: HearingBody) -> DistraintView:
    """Set the first hearing of a distraint task: all debtors are told, the notice is charged."""
    slot = slot_of(body)
    async with house.database.transaction() as connection:
        number = await set_hearing(connection, house.policy, body.task_id, slot, actor, house.today)
    return await view_one(house, actor, number)


@router.get("/{distraint_id}", operation_id="readDistraint", responses=problems(404, 422))
async def get_distraint(house: TheHouse, actor: Viewer, distraint_id: DistraintId) -> DistraintView:
    """Read one proceeding: its hearings, its minutes, and the days that count."""
    return await view_one(house, actor, distraint_id)


@router.post(
    "/{distraint_id}/move", operation_id="moveDistraint", responses=problems(403, 404, 409, 422)
)
async def post_move(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, body: MovedBody
) -> DistraintView:
    """Set the hearing at another time; all are told again, and nothing more is charged."""
    async with house.database.transaction() as connection:
        await move_or_adjourn(connection, house, distraint_id, body, actor)
    return await view_one(house, actor, distraint_id)


@router.post(
    "/{distraint_id}/move/foreseen",
    operation_id="foreseeMovedDistraint",
    responses=problems(403, 404, 409, 422),
)
async def post_move_foreseen(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, body: MovedBody
) -> ForeseenChange:
    """Tell what moving the hearing would do: which letters, to whom; and do nothing."""

    async def act(connection: AsyncConnection) -> None:
        await move_or_adjourn(connection, house, distraint_id, body, actor)

    return await foresee_change(house, distraint_id, act)


@router.post(
    "/{distraint_id}/call-off/foreseen",
    operation_id="foreseeDistraintCalledOff",
    responses=problems(403, 404, 409, 422),
)
async def post_call_off_foreseen(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, body: CallOffBody
) -> ForeseenChange:
    """Tell what calling the hearing off would do, and do nothing."""

    async def act(connection: AsyncConnection) -> None:
        await call_off(
            connection, house.policy, distraint_id, body.reason, actor, house.clock(), house.today
        )

    return await foresee_change(house, distraint_id, act)


@router.post(
    "/{distraint_id}/minutes", operation_id="holdDistraint", responses=problems(403, 404, 409, 422)
)
async def post_minutes(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, body: MinutesBody
) -> DistraintView:
    """Write the minutes of the hearing, once; the court fee is charged and the story goes on."""
    async with house.database.transaction() as connection:
        found = await read_distraint(connection, distraint_id)
        minutes = minutes_of(body, found.row["claim_id"])
        await hold_hearing(connection, house.policy, distraint_id, minutes, actor, house.clock())
    return await view_one(house, actor, distraint_id)


@router.post(
    "/{distraint_id}/call-off",
    operation_id="callOffDistraint",
    responses=problems(403, 404, 409, 422),
)
async def post_call_off(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, body: CallOffBody
) -> DistraintView:
    """Give the hearing up before it is held; its notice costs the debtors nothing then."""
    async with house.database.transaction() as connection:
        await call_off(
            connection, house.policy, distraint_id, body.reason, actor, house.clock(), house.today
        )
    return await view_one(house, actor, distraint_id)


@router.post(
    "/{distraint_id}/events",
    operation_id="noteDistraintEvent",
    status_code=201,
    responses=problems(403, 404, 409, 422),
)
async def post_event(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, body: EventBody
) -> DistraintView:
    """Write down an objection, or a step of a forced sale."""
    async with house.database.transaction() as connection:
        event = NewEvent(body.event, body.happened_on, body.text)
        await note_event(connection, distraint_id, event, actor, house.today)
    return await view_one(house, actor, distraint_id)


async def view_one(house: House, actor: Actor, distraint_id: int) -> DistraintView:
    async with house.database.transaction() as connection:
        found = await read_distraint(connection, distraint_id)
        await note(connection, found.row["claim_id"], actor.id, LOOKED, distraint=distraint_id)
    return view_distraint(house.policy, found, house.today)
