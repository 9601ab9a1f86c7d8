"""What has moved a claim's limitation: read, added to with a proof, and put right where it errs."""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import CaseVisitor, SteerVisitor, TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.fields import read_optional_day
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from api.views.limitation import liability_rows
from domain.authority import Actor, Right, may
from domain.errors import Fault, Invalid
from domain.limitation.dates import LimitationKind
from domain.notation import read_day
from persistence.claims.reading import read_debtors
from persistence.claims.standings import read_standing
from persistence.idempotency import StoredAnswer
from persistence.limitation.by_hand import BY_HAND, Told, correct_by_hand, note_by_hand
from persistence.limitation.events import Correction
from persistence.limitation.histories import LiabilityHistory, read_histories
from persistence.trail.audit import note_look

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}/limitation")
_LONGEST = 200
_NUMBER = r"[0-9]{1,18}"
_WRONG = re.compile(rf"({_NUMBER})-({_NUMBER}|first)", re.ASCII)


@dataclass(frozen=True, slots=True)
class EventForm:
    kind: str = ""
    on: str = ""
    source: str = ""
    debtors: tuple[str, ...] = ()
    is_sure: str = ""
    key: str = ""

    def read(self) -> Told:
        """Raises Invalid with all that cannot be read."""
        faults: list[Fault] = []
        if self.kind not in set(BY_HAND):
            faults.append(Fault("kind", "limitation-kind-missing"))
        on = _read_day(self.on, "on", faults)
        source = _read_line(self.source, "source", "limitation-source-missing", faults)
        if not all(re.fullmatch(_NUMBER, one) for one in self.debtors):
            faults.append(Fault("debtors", "limitation-debtor-missing"))
        if faults or on is None:
            raise Invalid(*faults)
        debtors = tuple(int(one) for one in self.debtors)
        return Told(LimitationKind(self.kind), on, source, debtors)


@dataclass(frozen=True, slots=True)
class CorrectionForm:
    """*wrong*: whose liability and which event of it, or ``first``: ``17-23``, ``17-first``."""

    wrong: str = ""
    first: str = ""
    reason: str = ""
    key: str = ""

    def read(self, today: date) -> tuple[int, Correction]:
        """Raises Invalid with all that cannot be read."""
        faults: list[Fault] = []
        reason = _read_line(self.reason, "reason", "limitation-reason-missing", faults)
        found = _WRONG.fullmatch(self.wrong)
        if found is None:
            faults.append(Fault("wrong", "limitation-nothing-corrected"))
        is_first = found is not None and found[2] == "first"
        first = _read_day(self.first, "first", faults) if is_first else None
        if faults or found is None:
            raise Invalid(*faults)
        strikes = None if is_first else int(found[2])
        return int(found[1]), Correction(reason, today, strikes, first)


def _event_form(
    kind: Annotated[str, Form()] = "",
    on: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
    debtors: Annotated[tuple[str, ...], Form()] = (),
    is_sure: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> EventForm:
    return EventForm(kind, on, source, debtors, is_sure, key or new_key())


def _correction_form(
    wrong: Annotated[str, Form()] = "",
    first: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> CorrectionForm:
    return CorrectionForm(wrong, first, reason, key or new_key())


@router.get("")
async def show_limitation(
    request: Request, house: TheHouse, actor: CaseVisitor, claim_id: ClaimId
) -> Response:
    async with house.database.transaction() as connection:
        await note_look(connection, claim_id, actor.id)
    return await _show(request, house, actor, claim_id, Typed())


@router.post("/events")
async def write_event(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    claim_id: ClaimId,
    form: Annotated[EventForm, Depends(_event_form)],
) -> Response:
    """First where the date would be; pressed again, it is written down."""

    async def write(connection: AsyncConnection) -> StoredAnswer:
        told, policy = form.read(), house.policy
        day = await note_by_hand(connection, policy, claim_id, told, house.today, actor)
        return StoredAnswer(303, {"limitation": day.isoformat()})

    try:
        if not form.is_sure:
            async with house.database.trial() as connection:
                await write(connection)
                then = await read_histories(connection, claim_id)
            return await _show(request, house, actor, claim_id, Typed(event=form, then=then))
        said = fingerprint(request, [form.kind, form.on, form.source, *form.debtors])
        await once(house, actor, form.key, said, write)
    except Invalid as wrong:
        return await _show(request, house, actor, claim_id, Typed(form, faults=wrong.faults))
    return RedirectResponse(f"/claims/{claim_id}?said=limitation#limitation", 303)


@router.post("/corrections")
async def correct(
    request: Request,
    house: TheHouse,
    actor: SteerVisitor,
    claim_id: ClaimId,
    form: Annotated[CorrectionForm, Depends(_correction_form)],
) -> Response:
    async def put_right(connection: AsyncConnection) -> StoredAnswer:
        debtor, correction = form.read(house.today)
        day = await correct_by_hand(connection, house.policy, claim_id, debtor, correction, actor)
        return StoredAnswer(303, {"limitation": day.isoformat()})

    try:
        said = fingerprint(request, [form.wrong, form.first, form.reason])
        await once(house, actor, form.key, said, put_right)
    except Invalid as wrong:
        faults = tuple(
            replace(fault, field="wrong") if fault.field == "strikes" else fault
            for fault in wrong.faults
        )
        typed = Typed(correction=form, faults=faults)
        return await _show(request, house, actor, claim_id, typed)
    return RedirectResponse(f"/claims/{claim_id}?said=limitation#limitation", 303)


@dataclass(frozen=True, slots=True)
class Typed:
    """*then*: what would stand there with what was typed, before it is written down."""

    event: EventForm | None = None
    correction: CorrectionForm | None = None
    then: dict[int, LiabilityHistory] | None = None
    faults: tuple[Fault, ...] = ()


async def _show(
    request: Request, house: House, actor: Actor, claim_id: str, typed: Typed
) -> Response:
    async with house.database.transaction() as connection:
        claim = await read_standing(connection, claim_id, house.today)
        debtors = await read_debtors(connection, claim_id)
        histories = await read_histories(connection, claim_id)
    is_open = not claim["ending"]
    facts = {
        "claim": claim,
        "liabilities": liability_rows(histories, debtors),
        "then": typed.then,
        "kinds": [kind.value for kind in BY_HAND],
        "happened_on": read_optional_day("on", typed.event.on, []) if typed.event else None,
        "event": typed.event or EventForm(key=new_key()),
        "correction": typed.correction or CorrectionForm(key=new_key()),
        "may_note": is_open and may(actor, Right.WORK_ON_TASKS),
        "may_correct": is_open and may(actor, Right.STEER),
        "on": house.today,
        "faults": view_faults(typed.faults, language_of(request)),
    }
    return show(request, "limitation-events", facts, 422 if typed.faults else 200)


def _read_day(text: str, field: str, faults: list[Fault]) -> date | None:
    try:
        return read_day(text)
    except Invalid as wrong:
        faults += (replace(fault, field=field) for fault in wrong.faults)
        return None


def _read_line(text: str, field: str, missing: str, faults: list[Fault]) -> str:
    line = " ".join(text.split())
    if not line:
        faults.append(Fault(field, missing))
    if len(line) > _LONGEST:
        faults.append(Fault(field, "limitation-too-long", {"most": str(_LONGEST)}))
    return line
