"""Which stories are alive, and what a rehearsal must know of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import TownClock
from persistence.models import Agreement, Claim
from persistence.outbox import tell


async def living_claims(connection: AsyncConnection) -> Sequence[Any]:
    """Id, type, registration and last timely payment date of every claim that has not ended."""
    found = select(
        Claim.id, Claim.claim_type, Claim.registered_on, Claim.last_timely_payment_date
    ).where(Claim.ending.is_(None))
    return (await connection.execute(found.order_by(Claim.serial))).all()


async def living_agreements(connection: AsyncConnection) -> Sequence[Any]:
    """Id, catch-up days and covered claims of every agreement in force."""
    found = (
        select(Agreement.id, Agreement.catch_up_days, func.array_agg(Claim.id).label("claims"))
        .join(Claim, Claim.agreement_id == Agreement.id)
        .where(Agreement.state == "active")
        .group_by(Agreement.id)
        .order_by(Agreement.id)
    )
    return (await connection.execute(found)).all()


async def living_stories(connection: AsyncConnection) -> list[str]:
    """The workflow ids of all stories that should be running."""
    claims = [f"claim-{row.id}" for row in await living_claims(connection)]
    return claims + [f"agreement-{row.id}" for row in await living_agreements(connection)]


async def wake_all(connection: AsyncConnection) -> int:
    """Nudge every sleeping story, so that each goes on with the newest code; returns how many."""
    stories = await living_stories(connection)
    for story in stories:
        await tell(connection, story, "nudged")
    return len(stories)


async def tell_the_time(connection: AsyncConnection, clock: TownClock) -> int:
    """Tell every sleeping story how the town's time runs from now on; returns how many."""
    stories = await living_stories(connection)
    payload = {
        "real_start": clock.real_start.isoformat(),
        "town_start": clock.town_start.isoformat(),
        "speed": clock.speed,
    }
    for story in stories:
        await tell(connection, story, "clock_set", payload)
    return len(stories)
