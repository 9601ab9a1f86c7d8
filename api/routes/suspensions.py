"""All a debtor owes put to rest, the estate's notice, and the end of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import Holder, IdempotencyKey, TheHouse
from api.once import fingerprint, once
from api.routes.describing import problems
from api.schemas.cases import (
    NoticeBody,
    NoticeTold,
    SuspensionBody,
    SuspensionEnded,
    SuspensionPlaced,
)
from api.schemas.common import Number
from domain.endings.suspension import Need, Told
from domain.errors import Invalid
from persistence.endings.suspending import (
    NewSuspension,
    end_suspension,
    suspend_debtor,
    tell_notice,
)
from persistence.idempotency import StoredAnswer

router = APIRouter(tags=["holds"])
SuspensionId = Annotated[Number, Path(examples=[3])]


def wish_of(body: SuspensionBody) -> NewSuspension:
    """What a body tells, by the needs of its reason."""
    told: dict[Need, date] = {}
    for need in Need:
        day = None if need is Need.CONTACT else getattr(body, _name(need))
        if day is not None:
            told[need] = day
    return NewSuspension(body.reason, Told(told, body.contact), body.note)


@contextmanager
def as_sent() -> Iterator[None]:
    """Faults by the names the body has for its fields."""
    try:
        yield
    except Invalid as wrong:
        named = (replace(fault, field=_name(fault.field)) for fault in wrong.faults)
        raise Invalid(*named) from None


def _name(need: str) -> str:
    return need.replace("-", "_")


@router.post(
    "/debtors/{debtor_id}/suspensions",
    operation_id="suspendDebtor",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_suspension(
    request: Request,
    debtor_id: Annotated[Number, Path(examples=[17])],
    body: SuspensionBody,
    house: TheHouse,
    actor: Holder,
    key: IdempotencyKey = None,
) -> SuspensionPlaced:
    """Stop the clock of all the debtor owes: a death, a bankruptcy, a debt relief.

    What lies at the recovery authority is left to it. People are asked to file the claim in time.
    """

    async def place(connection: AsyncConnection) -> StoredAnswer:
        with as_sent():
            done = await suspend_debtor(
                connection, house.policy, debtor_id, wish_of(body), house.today, actor
            )
        assert done.number is not None, "such a reason has a rule"
        placed = SuspensionPlaced(
            suspension_id=done.number,
            claim_ids=sorted(done.holds),
            file_by=done.course.file_by,
            review_on=done.course.review_on,
        )
        return StoredAnswer(201, placed.model_dump(mode="json"))

    wish = body.model_dump(mode="json")
    answer = await once(house, actor, key, fingerprint(request, wish), place)
    return SuspensionPlaced.model_validate(answer.response)


@router.post(
    "/suspensions/{suspension_id}/notice",
    operation_id="tellEstateNotice",
    responses=problems(404, 409, 422),
)
async def post_notice(
    suspension_id: SuspensionId, body: NoticeBody, house: TheHouse, actor: Holder
) -> NoticeTold:
    """The estate's creditors have been called: the reply says by when the claim must be filed."""
    async with house.database.transaction() as connection:
        with as_sent():
            by = await tell_notice(
                connection, house.policy, suspension_id, body.notice_on, house.today, actor
            )
    return NoticeTold(suspension_id=suspension_id, file_by=by)


@router.post(
    "/suspensions/{suspension_id}/end",
    operation_id="endSuspension",
    responses=problems(404, 409, 422),
)
async def post_end(suspension_id: SuspensionId, house: TheHouse, actor: Holder) -> SuspensionEnded:
    """Let all go on that it stopped, from today."""
    async with house.database.transaction() as connection:
        await end_suspension(connection, house.policy, suspension_id, house.today, actor)
    return SuspensionEnded(suspension_id=suspension_id, ended_on=house.today)
