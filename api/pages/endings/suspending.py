"""All that a debtor owes put to rest in one act: a death, a bankruptcy, a debt relief."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import HoldVisitor, TheHouse
from api.house import House
from api.languages import DANISH, language_of
from api.once import fingerprint, once
from api.pages.endings.suspension_forms import SuspensionForm, reasons_in, suspension_form
from api.pages.fields import read_needed_day
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.sentences import view_faults
from domain.claim import HoldReason
from domain.errors import Conflict, Fault, Invalid
from persistence.endings.reading_suspensions import read_debtor_name, read_suspension
from persistence.endings.suspending import (
    Suspended,
    claims_to_rest,
    end_suspension,
    suspend_debtor,
    tell_notice,
)
from persistence.idempotency import StoredAnswer
from persistence.trail.audit import note_look

router = APIRouter(route_class=PageRoute)
DebtorId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/debtors/{debtor_id}/suspend")
async def ask_to_suspend(
    request: Request, house: TheHouse, actor: HoldVisitor, debtor_id: DebtorId
) -> Response:
    async with house.database.transaction() as connection:
        await note_look(connection, f"debtor-{debtor_id}", actor.id)
    return await _show(request, house, debtor_id, SuspensionForm(key=new_key()))


@router.post("/debtors/{debtor_id}/suspend")
async def suspend(
    request: Request,
    house: TheHouse,
    actor: HoldVisitor,
    debtor_id: DebtorId,
    form: Annotated[SuspensionForm, Depends(suspension_form)],
) -> Response:
    """First which claims would stand still; pressed again, they do."""
    reasons = reasons_in(house.policy.endings, house.today, of_debtor=True)

    async def act(connection: AsyncConnection) -> Suspended:
        wish = form.read(reasons)
        return await suspend_debtor(connection, house.policy, debtor_id, wish, house.today, actor)

    async def place(connection: AsyncConnection) -> StoredAnswer:
        return StoredAnswer(303, {"suspension": (await act(connection)).number})

    try:
        if not form.is_sure:
            async with house.database.trial() as connection:
                foreseen = await act(connection)
            return await _show(request, house, debtor_id, form, foreseen)
        await once(house, actor, form.key, fingerprint(request, form.said), place)
    except Invalid as wrong:
        return await _show(request, house, debtor_id, form, None, wrong.faults)
    except Conflict:
        none = Fault("reason", "suspension-nothing-to-stop")
        return await _show(request, house, debtor_id, form, None, (none,))
    return RedirectResponse(f"/debtors/{debtor_id}?said=suspended", 303)


@router.post("/suspensions/{number}/notice")
async def keep_notice(
    house: TheHouse,
    actor: HoldVisitor,
    number: Number,
    notice_on: Annotated[str, Form(alias="notice-on", max_length=40)] = "",
    back: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """The estate's creditors have been called: the last day to file is known now."""
    faults: list[Fault] = []
    day = read_needed_day("notice-on", notice_on, faults)
    if day is None:
        raise Invalid(*faults)
    async with house.database.transaction() as connection:
        await tell_notice(connection, house.policy, number, day, house.today, actor)
        row = await read_suspension(connection, number)
    is_task = back.removeprefix("/tasks/").isdecimal() and back.startswith("/tasks/")
    return RedirectResponse(back if is_task else _home(row), 303)


@router.post("/suspensions/{number}/end")
async def end(house: TheHouse, actor: HoldVisitor, number: Number) -> Response:
    """All that it stopped goes on."""
    async with house.database.transaction() as connection:
        row = await read_suspension(connection, number)
        await end_suspension(connection, house.policy, number, house.today, actor)
    return RedirectResponse(_home(row), 303)


def _home(row: RowMapping) -> str:
    """Where it is told of: the debtor's page, or the claim's."""
    if row["claim_id"]:
        return f"/claims/{row['claim_id']}?said=released#holds"
    return f"/debtors/{row['debtor_id']}?said=resumed"


async def _show(
    request: Request,
    house: House,
    debtor_id: int,
    form: SuspensionForm,
    foreseen: Suspended | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    on, rules = house.today, house.policy.endings
    reasons = reasons_in(rules, on, of_debtor=True)
    reason = HoldReason(form.reason) if form.reason in set(reasons) else reasons[0]
    async with house.database.transaction() as connection:
        claims = await claims_to_rest(connection, debtor_id, reason, on)
        name = await read_debtor_name(connection, debtor_id)
    language = language_of(request)
    facts: dict[str, Any] = {
        "debtor_id": debtor_id,
        "name": name,
        "form": replace(form, is_sure=""),
        "foreseen": foreseen,
        "claims": claims,
        "reasons": reasons,
        "rules": {rule.reason: rule for rule in rules.suspensions.on_or_first(on)},
        "type_name": lambda code: _type_name(house, code, language),
        "faults": view_faults(faults, language),
    }
    return show(request, "suspend", facts, 422 if faults else 200)


def _type_name(house: House, code: str, language: str) -> str:
    kind = house.policy.claim_type(code)
    return kind.name if language == DANISH else kind.name_en
