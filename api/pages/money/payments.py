"""Money without a place as pages: where it may belong, placed by one press, and taken off again."""

from typing import Annotated

from babel.dates import format_date
from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import CashVisitor, TheHouse
from api.languages import DANISH, language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.sentences import amount_in_words, say
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.explanation import Phrase
from domain.money import Money
from persistence.money.candidates import find_candidates, read_money, unplaced_payments
from persistence.money.placing_by_hand import place_by_hand, undo_by_hand
from persistence.money.refunding import NewRefund, propose_refund
from persistence.trail.audit import note_look

router = APIRouter(route_class=PageRoute, prefix="/payments")
PaymentId = Annotated[int, Path(ge=1)]
ClaimId = Annotated[str, Form(max_length=40)]


@router.get("")
async def show_unplaced(request: Request, house: TheHouse, _: CashVisitor) -> Response:
    async with house.database.transaction() as connection:
        found = await unplaced_payments(connection)
    return show(request, "payments", {"payments": found} | _words(request))


@router.get("/{payment_id}")
async def show_payment(
    request: Request, house: TheHouse, actor: CashVisitor, payment_id: PaymentId
) -> Response:
    async with house.database.transaction() as connection:
        payment = await read_money(connection, payment_id)
        found = await find_candidates(connection, payment) if payment["unused_ore"] else ()
        await note_look(connection, f"payment-{payment_id}", actor.id)
    facts = {
        "payment": payment,
        "candidates": found,
        "reason": lambda one: _reason(request, one, payment),
    }
    return show(request, "payment", facts | _words(request))


@router.post("/{payment_id}/place")
async def place(
    house: TheHouse, actor: CashVisitor, payment_id: PaymentId, claim_id: ClaimId
) -> Response:
    async with house.database.transaction() as connection:
        try:
            await place_by_hand(
                connection, house.policy, payment_id, claim_id.strip(), None, actor, house.clock()
            )
        except (Conflict, NotFound) as refusal:
            raise _as_invalid(refusal, "problem-claim-takes-nothing") from None
    return _back(payment_id)


@router.post("/{payment_id}/undo")
async def undo(
    house: TheHouse, actor: CashVisitor, payment_id: PaymentId, claim_id: ClaimId
) -> Response:
    async with house.database.transaction() as connection:
        try:
            await undo_by_hand(connection, house.policy, payment_id, claim_id, actor, house.clock())
        except (Conflict, NotFound) as refusal:
            raise _as_invalid(refusal, "problem-payment-not-there") from None
    return _back(payment_id)


@router.post("/{payment_id}/refund")
async def refund(
    house: TheHouse,
    actor: CashVisitor,
    payment_id: PaymentId,
    reasons: Annotated[str, Form(min_length=1, max_length=2000)],
) -> Response:
    """All that is unplaced, to whoever owed the claim it was paid on."""
    async with house.database.transaction() as connection:
        payment = await read_money(connection, payment_id)
        wish = NewRefund(payment_id, Money(payment["unused_ore"]), reasons)
        await propose_refund(connection, house.policy, wish, actor, house.today)
    return _back(payment_id)


def _as_invalid(refusal: Conflict | NotFound, code: str) -> Invalid:
    return Invalid(Fault("", "problem-not-found" if isinstance(refusal, NotFound) else code))


def _back(payment_id: int) -> Response:
    return RedirectResponse(f"/payments/{payment_id}", 303)


def _reason(request: Request, reason: str, payment: object) -> str:
    assert hasattr(payment, "__getitem__")
    values = {"amount": Money(payment["unused_ore"]), "payer": payment["payer"]}
    return say(Phrase(f"match-{reason}", values), language_of(request)).text


def _words(request: Request) -> dict[str, object]:
    language = language_of(request)
    locale = "da_DK" if language == DANISH else "en_GB"
    return {
        "day": lambda day: format_date(day, "long", locale=locale),
        "money": lambda ore: amount_in_words(Money(ore), language),
    }
