"""Takes a broken agreement up again: a new plan for what is left, reckoned before it is made."""

from dataclasses import replace
from datetime import date

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, WriteVisitor
from api.house import House
from api.pages.agreements.forms import TheForm, back, form_page, run_once
from api.pages.agreements.plan import facts_of
from api.pages.routing import PageRoute
from api.routes.describing import AgreementId
from api.screens.plans import first_due, plain_kroner, read_acceptance, read_income, read_months
from api.screens.typed import Reading, Typed, read_coming_day
from domain.authority import Actor
from domain.dated import Entry
from domain.errors import Conflict, Fault, Invalid
from domain.money import Money
from domain.notation import read_amount
from domain.policy import AgreementRule
from persistence.agreements.agreeing import what_if
from persistence.agreements.keeping import (
    Reinstatement,
    claims_to_take_up,
    reinstate,
    same_instalments,
)
from persistence.agreements.reading import AgreementFile, read_agreement
from persistence.agreements.terms import Terms, strictest_rule
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/agreements/{agreement_id}")
_FIELDS = {
    "yearly_income": "yearly-income",
    "first_due": "first-due",
    "claim_ids": "claims",
    "owed": "claims",
}


@router.get("/reinstate")
async def ask_for_reinstatement(
    request: Request, house: TheHouse, actor: WriteVisitor, agreement_id: AgreementId
) -> Response:
    """With the old instalments, beginning anew, filled in; by the table the income decides."""
    file = await _to_take_up(house, agreement_id)
    begun = {"first-due": (first_due(house.today).isoformat(),)}
    if not _is_fixed(_rule(house, file)):
        owed = sum((claim["balance_ore"] for claim in claims_to_take_up(file)), 0)
        begun["monthly"] = (plain_kroner(min(same_instalments(file), Money(owed))),)
    return _show(request, house, actor, file, Typed(begun))


@router.post("/reinstate")
async def take_up_again(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    agreement_id: AgreementId,
    typed: TheForm,
) -> Response:
    """*look*: only the plan, as it would be."""

    async def act(connection: AsyncConnection) -> StoredAnswer:
        decided = await reinstate(
            connection, house.policy, agreement_id, _read(typed, house.today, is_made=True), actor,
            house.clock(), house.today,
        )  # fmt: skip
        return StoredAnswer(303, {"agreement": decided.agreement_id})

    try:
        if typed.one("look"):
            file = await _to_take_up(house, agreement_id)
            return _show(request, house, actor, file, typed, await _plan(house, file, typed))
        answer = await run_once(request, house, actor, typed, act)
    except Invalid as wrong:
        file, faults = await _to_take_up(house, agreement_id), tuple(map(_as_in_form, wrong.faults))
        return _show(request, house, actor, file, typed, None, faults)
    return back(str(answer.response["agreement"]), "reinstated")


def _as_in_form(fault: Fault) -> Fault:
    """The field by the name it has in the form."""
    return replace(fault, field=_FIELDS.get(fault.field, fault.field))


def _read(typed: Typed, on: date, *, is_made: bool) -> Reinstatement:
    """Raises Invalid with all that is wrong. *is_made*: it needs its reasons too."""
    reading = Reading(typed)
    due = reading.read("first-due", read_coming_day)
    if due is None and not typed.one("first-due"):
        reading.fail("first-due", "first-due-missing")
    elif due and due < on:
        reading.fail("first-due", "day-is-past")
    reasons = reading.prose("reasons")
    if is_made and not reasons:
        reading.fail("reasons", "reasons-missing")
    months, monthly = reading.read("months", read_months), reading.read("monthly", read_amount)
    yes, income = read_acceptance(reading, on), read_income(reading)
    reading.require_sound()
    is_low = bool(typed.one("low-income"))
    return Reinstatement(due or on, reasons, months, monthly, is_low, yes, income)


async def _plan(house: House, file: AgreementFile, typed: Typed) -> Terms:
    """What it would come to; nothing is written down."""
    wish = _read(typed, house.today, is_made=False).over(claims_to_take_up(file))
    async with house.database.transaction() as connection:
        return await what_if(connection, house.policy, wish, house.today)


async def _to_take_up(house: House, agreement_id: str) -> AgreementFile:
    """Raises Conflict for one that nobody waits to talk about."""
    async with house.database.transaction() as connection:
        file = await read_agreement(connection, agreement_id)
    if not any(claim["dialogue"] for claim in claims_to_take_up(file)):
        raise Conflict(f"agreement {agreement_id} is not waiting to be taken up")
    return file


def _rule(house: House, file: AgreementFile) -> Entry[AgreementRule] | None:
    """None where the council offers none for these any more."""
    types = [claim["claim_type"] for claim in claims_to_take_up(file)]
    try:
        return strictest_rule(house.policy, types, house.today)
    except Invalid:
        return None


def _is_fixed(rule: Entry[AgreementRule] | None) -> bool:
    return rule is not None and rule.value.by_income_table


def _show(
    request: Request,
    house: House,
    actor: Actor,
    file: AgreementFile,
    typed: Typed,
    terms: Terms | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    rule = _rule(house, file)
    told = {
        "free": claims_to_take_up(file),
        "terms": terms,
        "rule": rule,
        "is_fixed": _is_fixed(rule),
    }
    return form_page(
        request, "agreement-reinstate", facts_of(request, house, actor, file) | told, typed, faults
    )
