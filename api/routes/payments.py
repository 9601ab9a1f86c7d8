"""Money that came: where it lies, where it may belong, and a person's word on that."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import Cashier, IdempotencyKey, TheHouse
from api.languages import Language
from api.once import fingerprint, once
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.payments import (
    CandidateView,
    PaymentDetails,
    Placing,
    PlacingBody,
    RefundBody,
    RefundView,
    UndoingBody,
)
from api.sentences import say
from domain.explanation import Phrase
from domain.matching import Candidate
from domain.money import Money
from persistence.idempotency import StoredAnswer
from persistence.money.candidates import find_candidates, read_money
from persistence.money.placing_by_hand import place_by_hand, undo_by_hand
from persistence.money.refunding import NewRefund, propose_refund

router = APIRouter(prefix="/payments", tags=["payments"])
PaymentId = Annotated[Number, Path(examples=[17])]
_COPIED = ("amount_ore", "unused_ore", "paid_on", "booked_on", "payer", "text", "channel")


@router.get("/{payment_id}", operation_id="getPayment", responses=problems(404, 422))
async def get_payment(
    payment_id: PaymentId, house: TheHouse, _: Cashier, language: Language
) -> PaymentDetails:
    """Where the payment lies and, while some of it is unplaced, where it may belong."""
    async with house.database.transaction() as connection:
        return await _details(connection, payment_id, language)


@router.post("/{payment_id}/place", operation_id="placePayment", responses=problems(404, 409, 422))
async def post_place(
    request: Request,
    payment_id: PaymentId,
    body: PlacingBody,
    house: TheHouse,
    actor: Cashier,
    language: Language,
    key: IdempotencyKey = None,
) -> PaymentDetails:
    """Place unplaced money on a claim; what the claim cannot take stays unplaced."""
    wish = Money(body.amount_ore) if body.amount_ore else None

    async def act(connection: AsyncConnection) -> StoredAnswer:
        await place_by_hand(
            connection, house.policy, payment_id, body.claim_id, wish, actor, house.clock()
        )
        details = await _details(connection, payment_id, language)
        return StoredAnswer(200, details.model_dump(mode="json"))

    said = fingerprint(request, body.model_dump(mode="json"))
    return PaymentDetails.model_validate((await once(house, actor, key, said, act)).response)


@router.post("/{payment_id}/undo", operation_id="undoPlacing", responses=problems(404, 409, 422))
async def post_undo(
    payment_id: PaymentId, body: UndoingBody, house: TheHouse, actor: Cashier, language: Language
) -> PaymentDetails:
    """Take the payment off a claim again; a claim that had ended by it lives on."""
    async with house.database.transaction() as connection:
        await undo_by_hand(
            connection, house.policy, payment_id, body.claim_id, actor, house.clock()
        )
        return await _details(connection, payment_id, language)


@router.post(
    "/{payment_id}/refunds",
    operation_id="proposeRefund",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_refund(
    request: Request,
    payment_id: PaymentId,
    body: RefundBody,
    house: TheHouse,
    actor: Cashier,
    key: IdempotencyKey = None,
) -> RefundView:
    """Propose to pay unplaced money back, to the receiver's NemKonto."""
    wish = NewRefund(payment_id, Money(body.amount_ore), body.reasons, body.debtor_id)

    async def propose(connection: AsyncConnection) -> StoredAnswer:
        number, state = await propose_refund(connection, house.policy, wish, actor, house.today)
        return StoredAnswer(201, {"refund_id": number, "payment_id": payment_id, "state": state})

    said = fingerprint(request, body.model_dump(mode="json"))
    answer = await once(house, actor, key, said, propose)
    return RefundView.model_validate(answer.response)


async def _details(connection: AsyncConnection, payment_id: int, language: str) -> PaymentDetails:
    row = await read_money(connection, payment_id)
    found = await find_candidates(connection, row) if row["unused_ore"] else ()
    return PaymentDetails(
        payment_id=payment_id,
        **{name: row[name] for name in _COPIED},
        placed=[Placing(**one) for one in row["placed"] or ()],
        candidates=[_candidate(one, row, language) for one in found],
    )


def _candidate(one: Candidate, row: RowMapping, language: str) -> CandidateView:
    values = {"amount": Money(row["unused_ore"]), "payer": row["payer"]}
    reasons = [say(Phrase(f"match-{reason}", values), language) for reason in one.reasons]
    return CandidateView(claim_id=one.claim_id, points=one.points, reasons=reasons)
