"""The owners of what a distraint hearing is about: asked for, named, told, struck."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.dependencies import Bailiff, TheHouse
from api.distraints.bodies import owner_of
from api.routes.describing import problems
from api.routes.distraints import DistraintId, view_one
from api.schemas.common import Number
from api.schemas.distraint_owners import OwnerBody, PropertyBody, StruckBody, ToldBody
from api.schemas.distraints import DistraintView
from persistence.distraints.owner_questions import ask_for_owners
from persistence.distraints.owners import (
    name_debtor_as_owner,
    name_owner,
    strike_owner,
    tell_by_hand,
)

router = APIRouter(prefix="/distraints", tags=["distraints"])
OwnerId = Annotated[Number, Path(description="The owner's number among debtors.", examples=[7])]


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
    return await view_one(house, actor, distraint_id)


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
    return await view_one(house, actor, distraint_id)


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
    return await view_one(house, actor, distraint_id)


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
    return await view_one(house, actor, distraint_id)


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
    return await view_one(house, actor, distraint_id)
