"""Which stories are alive, and what a rehearsal must know of them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import TownClock
from domain.decisions import STORY_TASKS
from persistence.models import Agreement, Claim, Liability, Task
from persistence.outbox import tell, tell_all

NUDGED = "nudged"
_OF_STORIES = sorted(kind.value for kind in STORY_TASKS)

_LIVING = select(
    Claim.id,
    Claim.serial,
    Claim.claim_type,
    Claim.registered_on,
    Claim.last_timely_payment_date,
    Claim.debtor_id,
).where(Claim.ending.is_(None))


async def living_claims(connection: AsyncConnection, *, until: date | None = None) -> Sequence[Any]:
    """Id, type, registration and last timely payment date of every claim that has not ended.

    *until*: but for those of which it is known that nothing happens by itself before that day.
    """
    found = _LIVING.where(_moves_by(until)) if until else _LIVING
    return (await connection.execute(found.order_by(Claim.serial))).all()


async def claims_of_debtors(
    connection: AsyncConnection, until: date, debtor_ids: Collection[int]
) -> Sequence[Any]:
    """As `living_claims`, of those that any of the debtors owes, or is to be freed of."""
    theirs = select(Liability.claim_id).where(_is_any(Liability.debtor_id))
    found = _LIVING.where(_moves_by(until), Claim.id.in_(theirs)).order_by(Claim.serial)
    return (await connection.execute(found, {"debtors": sorted(debtor_ids)})).all()


def _moves_by(until: date) -> ColumnElement[bool]:
    """Whether something may happen by itself by that day, as far as the claim's row can tell."""
    is_asked = exists().where(
        Task.subject == Claim.id, Task.state == "open", Task.kind.in_(_OF_STORIES)
    )
    return or_(Claim.next_on <= until, Claim.next_on.is_(None) & ~is_asked)


_IS_ALIVE = Claim.ending.is_(None) & Claim.is_withdrawn.is_(False)
_AGREEMENTS = (
    select(
        Agreement.id,
        Agreement.debtor_id,
        Agreement.catch_up_days,
        Agreement.ended_by,
        func.array_agg(aggregate_order_by(Claim.id, Claim.id)).label("claims"),
        func.array_agg(aggregate_order_by(Claim.id, Claim.id)).filter(_IS_ALIVE).label("alive"),
    )
    .join(Claim, Claim.agreement_id == Agreement.id)
    .where(Agreement.state == "active")
    .group_by(Agreement.id)
)


async def living_agreements(connection: AsyncConnection) -> Sequence[Any]:
    """Id, party, catch-up days and covered claims of every agreement in force.

    *alive*: those of its claims that are still to be paid.
    """
    return (await connection.execute(_AGREEMENTS.order_by(Agreement.id))).all()


async def agreements_of_debtors(
    connection: AsyncConnection, debtor_ids: Collection[int]
) -> Sequence[Any]:
    """As `living_agreements`, of those that the debtors are party to."""
    found = _AGREEMENTS.where(_is_any(Agreement.debtor_id)).order_by(Agreement.id)
    return (await connection.execute(found, {"debtors": sorted(debtor_ids)})).all()


def _is_any(column: Any) -> ColumnElement[bool]:
    is_any: ColumnElement[bool] = column == any_(bindparam("debtors", type_=ARRAY(BigInteger)))
    return is_any


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


async def nudge(connection: AsyncConnection, stories: Sequence[str]) -> None:
    """Let each look again whether its time is out, and whether to turn the page."""
    await tell_all(connection, stories, NUDGED)


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
