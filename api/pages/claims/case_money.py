"""Booking money that came by hand on a claim, as on a counter: the same receipt counts once."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import CashVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.fields import (
    read_money,
    read_needed_day,
    read_needed_prose,
    read_optional_prose,
)
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.authority import Actor
from domain.errors import Fault, Invalid
from persistence.claims.reading import read_payment, require_claim
from persistence.claims.standings import read_standing
from persistence.money.booking import NewPayment, book_payment

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
_LINE = 200


@dataclass(frozen=True, slots=True)
class PaymentForm:
    reference: str = ""
    amount: str = ""
    paid_on: str = ""
    payer: str = ""
    text: str = ""

    def read(self, house: House, claim_id: str) -> NewPayment:
        """Raises Invalid with all that is wrong."""
        faults: list[Fault] = []
        reference = read_needed_prose("reference", self.reference, _LINE, faults)
        amount = read_money("amount", self.amount, faults)
        paid_on = read_needed_day("paid_on", self.paid_on, faults)
        payer = read_optional_prose("payer", self.payer, _LINE, faults)
        words = read_optional_prose("text", self.text, _LINE, faults)
        if paid_on and paid_on > house.today:
            faults.append(Fault("paid_on", "day-in-the-future"))
        if faults or paid_on is None:
            raise Invalid(*faults)
        return NewPayment(
            reference, amount, paid_on, house.today, payer=payer, text=words, claim_id=claim_id
        )


def _form(
    reference: Annotated[str, Form()] = "",
    amount: Annotated[str, Form()] = "",
    paid_on: Annotated[str, Form()] = "",
    payer: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> PaymentForm:
    return PaymentForm(reference, amount, paid_on, payer, text)


@router.get("/payment")
async def ask_for_payment(
    request: Request, house: TheHouse, _: CashVisitor, claim_id: ClaimId
) -> Response:
    form = PaymentForm(paid_on=house.today.isoformat())
    return await _show(request, house, claim_id, form)


@router.post("/payment")
async def book(
    request: Request,
    house: TheHouse,
    actor: CashVisitor,
    claim_id: ClaimId,
    form: Annotated[PaymentForm, Depends(_form)],
) -> Response:
    """What the claim cannot take becomes a task; the same receipt again changes nothing."""
    try:
        payment = form.read(house, claim_id)
        async with house.database.transaction() as connection:
            is_new = await _book(connection, house, claim_id, payment, actor)
    except Invalid as wrong:
        return await _show(request, house, claim_id, form, wrong.faults)
    said = "paid" if is_new else "paid-known"
    return RedirectResponse(f"/claims/{claim_id}?said={said}#account", 303)


async def _book(
    connection: AsyncConnection, house: House, claim_id: str, payment: NewPayment, actor: Actor
) -> bool:
    """Whether it is new. Raises Invalid for a receipt that was booked with other facts."""
    await require_claim(connection, claim_id)
    booked = await book_payment(connection, house.policy, payment, house.today, actor.id)
    row = await read_payment(connection, booked.payment_id)
    facts = (row["claim_id"], row["amount_ore"], row["paid_on"])
    if facts != (claim_id, payment.amount.ore, payment.paid_on):
        raise Invalid(Fault("reference", "problem-payment-differs"))
    return booked.is_new


async def _show(
    request: Request,
    house: House,
    claim_id: str,
    form: PaymentForm,
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.transaction() as connection:
        claim = await read_standing(connection, claim_id, house.today)
    facts = {
        "claim": claim,
        "form": form,
        "today": house.today.isoformat(),
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "book-payment", facts, 422 if faults else 200)
