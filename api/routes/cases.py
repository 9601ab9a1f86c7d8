"""What is done about a claim besides tasks: payments told by hand, holds."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import Cashier, Holder, IdempotencyKey, TheHouse
from api.house import House
from api.once import fingerprint, once
from api.routes.describing import ClaimId, problems
from api.routes.suspensions import as_sent, wish_of
from api.schemas.cases import HoldBody, HoldPlaced, HoldReleased, PaymentBody, PaymentView
from api.schemas.common import Number
from domain.errors import Conflict, Fault, Invalid
from domain.money import Money
from persistence.claims.deferring import note_deferral
from persistence.claims.reading import read_balance, read_payment, require_claim, require_hold
from persistence.endings.suspending import end_hold, suspend_claim
from persistence.idempotency import StoredAnswer
from persistence.money.booking import Booked, NewPayment, book_payment

router = APIRouter()


@router.post(
    "/claims/{claim_id}/payments",
    operation_id="bookPayment",
    tags=["payments"],
    responses=problems(404, 409, 422),
)
async def post_payment(
    claim_id: ClaimId, body: PaymentBody, house: TheHouse, actor: Cashier
) -> PaymentView:
    """Book money received on a claim. What the claim cannot take becomes a task for a person.

    The same source reference with the same facts again changes nothing.
    """
    if body.paid_on > house.today:
        raise Invalid(Fault("paid_on", "day-in-the-future"))
    async with house.database.transaction() as connection:
        await require_claim(connection, claim_id)
        booked = await book_payment(
            connection, house.policy, _payment(claim_id, body, house), house.today, actor.id
        )
        return await _view(connection, claim_id, body, booked)


def _payment(claim_id: str, body: PaymentBody, house: House) -> NewPayment:
    return NewPayment(
        source_reference=body.source_reference,
        amount=Money(body.amount_ore),
        paid_on=body.paid_on,
        booked_on=house.today,
        payer=body.payer,
        text=body.text,
        claim_id=claim_id,
    )


async def _view(
    connection: AsyncConnection, claim_id: str, body: PaymentBody, booked: Booked
) -> PaymentView:
    row = await read_payment(connection, booked.payment_id)
    facts = (row["claim_id"], row["amount_ore"], row["paid_on"])
    if facts != (claim_id, body.amount_ore, body.paid_on):
        raise Conflict(f"payment {booked.payment_id} has other facts")
    return PaymentView(
        payment_id=booked.payment_id,
        claim_id=claim_id,
        is_new=booked.is_new,
        unused_ore=row["unused_ore"],
        balance_ore=await read_balance(connection, claim_id),
    )


@router.post(
    "/claims/{claim_id}/holds",
    operation_id="placeHold",
    tags=["holds"],
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_hold(
    request: Request,
    claim_id: ClaimId,
    body: HoldBody,
    house: TheHouse,
    actor: Holder,
    key: IdempotencyKey = None,
) -> HoldPlaced:
    """Let the claim's clock stand still: the debtor keeps the days the hold takes."""

    async def place(connection: AsyncConnection) -> StoredAnswer:
        with as_sent():
            done = await suspend_claim(
                connection, house.policy, claim_id, wish_of(body), house.today, actor, body.since
            )
        placed = HoldPlaced(
            hold_id=done.holds[claim_id],
            claim_id=claim_id,
            suspension_id=done.number,
            file_by=done.course.file_by,
            review_on=done.course.review_on,
        )
        if body.asked_by is not None:
            await note_deferral(connection, house.policy, placed.hold_id, body.asked_by)
        return StoredAnswer(201, placed.model_dump(mode="json"))

    wish: dict[str, Any] = body.model_dump(mode="json")
    answer = await once(house, actor, key, fingerprint(request, wish), place)
    return HoldPlaced.model_validate(answer.response)


@router.post(
    "/holds/{hold_id}/release",
    operation_id="releaseHold",
    tags=["holds"],
    responses=problems(404, 409, 422),
)
async def post_release(
    hold_id: Annotated[Number, Path(examples=[3])], house: TheHouse, actor: Holder
) -> HoldReleased:
    """Let the clock run again from today."""
    async with house.database.transaction() as connection:
        await require_hold(connection, hold_id)
        await end_hold(connection, house.policy, hold_id, house.today, actor)
    return HoldReleased(hold_id=hold_id, released_on=house.today)
