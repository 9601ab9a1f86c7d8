"""The town's own distraint hearings: set, moved, held, called off, and what came after."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.dependencies import Bailiff, TheHouse, Viewer
from api.distraint_bodies import minutes_of, owner_of, slot_of
from api.distraint_views import view_distraint, view_week
from api.house import House
from api.routes.describing import problems
from api.schemas.common import Day, Number
from api.schemas.distraints import (
    CallOffBody,
    DistraintView,
    DistraintWeek,
    EventBody,
    HearingBody,
    HearingForeseen,
    MinutesBody,
    MovedBody,
    OwnerBody,
    PropertyBody,
    StruckBody,
    ToldBody,
)
from domain.authority import Actor
from domain.money import NOTHING
from persistence.audit import LOOKED, note
from persistence.distraining import call_off, foresee_hearing, move_hearing, set_hearing
from persistence.distraint_minutes import NewEvent, hold_hearing, note_event
from persistence.owner_questions import ask_for_owners
from persistence.property_owners import (
    name_debtor_as_owner,
    name_owner,
    strike_owner,
    tell_by_hand,
)
from persistence.reading_distraints import read_distraint

router = APIRouter(prefix="/distraints", tags=["distraints"])
DistraintId = Annotated[Number, Path(examples=[3])]
OwnerId = Annotated[Number, Path(description="The owner's number among debtors.", examples=[7])]


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
    return await _view(house, actor, number)


@router.get("/{distraint_id}", operation_id="readDistraint", responses=problems(404, 422))
async def get_distraint(house: TheHouse, actor: Viewer, distraint_id: DistraintId) -> DistraintView:
    """Read one proceeding: its hearings, its minutes, and the days that count."""
    return await _view(house, actor, distraint_id)


@router.post(
    "/{distraint_id}/move", operation_id="moveDistraint", responses=problems(403, 404, 409, 422)
)
async def post_move(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, body: MovedBody
) -> DistraintView:
    """Set the hearing at another time; all debtors are told again, and nothing more is charged."""
    slot = slot_of(body)
    async with house.database.transaction() as connection:
        await move_hearing(
            connection, house.policy, distraint_id, slot, body.reason, actor, house.today
        )
    return await _view(house, actor, distraint_id)


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
    return await _view(house, actor, distraint_id)


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
    return await _view(house, actor, distraint_id)


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
    return await _view(house, actor, distraint_id)


@router.post(
    "/{distraint_id}/property",
    operation_id="askForOwners",
    status_code=201,
    responses=problems(403, 404, 409, 422),
)
async def post_property(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, body: PropertyBody
) -> DistraintView:
    """Let the register be asked who owns a property: each owner gets a notice of the hearing."""
    async with house.database.transaction() as connection:
        await ask_for_owners(connection, distraint_id, body.number, actor, house.today)
    return await _view(house, actor, distraint_id)


@router.post(
    "/{distraint_id}/owners",
    operation_id="nameOwner",
    status_code=201,
    responses=problems(403, 404, 409, 422),
)
async def post_owner(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, body: OwnerBody
) -> DistraintView:
    """Name an owner whom no register told of; who owes nothing gets a notice of the hearing."""
    owner = owner_of(body, house.today)
    async with house.database.transaction() as connection:
        await name_owner(connection, distraint_id, owner, actor, house.today)
    return await _view(house, actor, distraint_id)


@router.post(
    "/{distraint_id}/owners/{debtor_id}",
    operation_id="nameDebtorAsOwner",
    status_code=201,
    responses=problems(403, 404, 409, 422),
)
async def post_debtor_as_owner(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, debtor_id: OwnerId
) -> DistraintView:
    """Write down that one who owes the claim owns the property too."""
    async with house.database.transaction() as connection:
        await name_debtor_as_owner(connection, distraint_id, debtor_id, actor, house.today)
    return await _view(house, actor, distraint_id)


@router.post(
    "/{distraint_id}/owners/{debtor_id}/strike",
    operation_id="strikeOwner",
    responses=problems(403, 404, 409, 422),
)
async def post_strike(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, debtor_id: OwnerId, body: StruckBody
) -> DistraintView:
    """Take away an owner who was named by mistake; a notice that has not left does not leave."""
    async with house.database.transaction() as connection:
        await strike_owner(connection, distraint_id, debtor_id, body.why, actor, house.today)
    return await _view(house, actor, distraint_id)


@router.post(
    "/{distraint_id}/owners/{debtor_id}/told",
    operation_id="tellOwnerByHand",
    responses=problems(403, 404, 409, 422),
)
async def post_told(
    house: TheHouse, actor: Bailiff, distraint_id: DistraintId, debtor_id: OwnerId, body: ToldBody
) -> DistraintView:
    """Write down that an owner has been told otherwise than by letter, and the proof of it."""
    async with house.database.transaction() as connection:
        await tell_by_hand(
            connection, distraint_id, debtor_id, body.told_on, body.how, actor, house.today
        )
    return await _view(house, actor, distraint_id)


async def _view(house: House, actor: Actor, distraint_id: int) -> DistraintView:
    async with house.database.transaction() as connection:
        found = await read_distraint(connection, distraint_id)
        await note(connection, found.row["claim_id"], actor.id, LOOKED, distraint=distraint_id)
    return view_distraint(house.policy, found, house.today)
