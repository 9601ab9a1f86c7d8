"""Which stories are alive, and what a rehearsal must know of them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import TownClock
from domain.decisions import STORY_TASKS
from persistence.models import Agreement, Claim, Liability, Task
from persistence.outbox import tell

_OF_STORIES = sorted(kind.value for kind in STORY_TASKS)


async def living_claims(connection: AsyncConnection, *, until: date | None = None) -> Sequence[Any]:
    """Id, type, registration and last timely payment date of every claim that has not ended.

    *until*: but for those of which it is known that nothing happens by itself before that day.
    """
    found = select(
        Claim.id, Claim.claim_type, Claim.registered_on, Claim.last_timely_payment_date
    ).where(Claim.ending.is_(None))
    if until:
        is_asked = exists().where(
            Task.subject == Claim.id, Task.state == "open", Task.kind.in_(_OF_STORIES)
        )
        found = found.where(or_(Claim.next_on <= until, Claim.next_on.is_(None) & ~is_asked))
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


async def debtors_of(
    connection: AsyncConnection, claim_ids: Collection[str]
) -> dict[str, list[int]]:
    """By claim: everyone who owes it."""
    found = (
        select(Liability.claim_id, func.array_agg(Liability.debtor_id))
        .where(Liability.claim_id.in_(sorted(claim_ids)), Liability.discharged_on.is_(None))
        .group_by(Liability.claim_id)
    )
    return {claim: list(debtors) for claim, debtors in await connection.execute(found)}


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
