"""A hearing that has begun is adjourned, and goes on another day as the same act."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.calendar import today
from domain.decisions import Outcome
from domain.distraints.distraint import Slot
from domain.errors import Invalid
from domain.policy import Policy
from persistence.distraints.notices import faults_of_time
from persistence.distraints.owners import faults_of_owners
from persistence.distraints.setting import move_hearing, open_proceeding


async def adjourn_hearing(
    connection: AsyncConnection,
    policy: Policy,
    distraint_id: int,
    slot: Slot,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Go on at another time, of which all are told again.

    Only what could have been held has begun: its hour has come, and all have been told. Raises as
    `move_hearing`.
    """
    require(actor, Right.HOLD_DISTRAINT_HEARINGS)
    on = today(now)
    proceeding, _ = await open_proceeding(connection, distraint_id, actor, on)
    faults = list(await faults_of_time(connection, proceeding, now))
    faults += await faults_of_owners(connection, policy, distraint_id, Outcome.IN_VAIN, on)
    if faults:
        raise Invalid(*faults)
    going_on = replace(slot, is_adjourned=True)
    await move_hearing(connection, policy, distraint_id, going_on, reason, actor, on)
