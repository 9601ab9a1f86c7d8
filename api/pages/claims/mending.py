"""Putting right what was registered wrongly of a claim, where a rule has found it."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.once import Act, fingerprint, once
from api.pages.fields import read_needed_day
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from api.views.dossiers import view_handover
from domain.authority import Actor
from domain.errors import Fault, Invalid
from domain.file_notes import read_prose
from domain.particulars import Particulars
from persistence.claims.mending import mend_claim, read_particulars
from persistence.idempotency import StoredAnswer
from persistence.recovery.dossiers import read_handover
from persistence.trail.audit import note_look

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}/mend")
_LONGEST = 2000
_DAYS = ("period_start", "period_end", "originated_on")


@dataclass(frozen=True, slots=True)
class MendForm:
    """As it was typed."""

    description: str = ""
    period_start: str = ""
    period_end: str = ""
    originated_on: str = ""
    reasons: str = ""
    key: str = ""

    def read(self) -> tuple[Particulars, str]:
        """What it is to be, and why. Raises Invalid with all that cannot be read."""
        faults: list[Fault] = []
        days = {
            name: read_needed_day(name, getattr(self, name), faults) or date.min for name in _DAYS
        }
        reasons = ""
        try:
            reasons = read_prose("reasons", self.reasons, _LONGEST)
        except Invalid as wrong:
            faults += wrong.faults
        if faults:
            raise Invalid(*faults)
        return Particulars(" ".join(self.description.split()), **days), reasons


def _form(
    description: Annotated[str, Form(max_length=1000)] = "",
    period_start: Annotated[str, Form(max_length=40)] = "",
    period_end: Annotated[str, Form(max_length=40)] = "",
    originated_on: Annotated[str, Form(max_length=40)] = "",
    reasons: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> MendForm:
    days = (period_start, period_end, originated_on)
    return MendForm(description, *days, reasons, key or new_key())


@router.get("")
async def ask_what_is_wrong(
    request: Request, house: TheHouse, actor: WriteVisitor, claim_id: ClaimId
) -> Response:
    async with house.database.transaction() as connection:
        await note_look(connection, claim_id, actor.id)
    return await _show(request, house, claim_id, None)


@router.post("")
async def mend(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    claim_id: ClaimId,
    form: Annotated[MendForm, Depends(_form)],
) -> Response:
    try:
        said = fingerprint(request, {**asdict(form), "key": ""})
        await once(house, actor, form.key, said, _act(house, actor, claim_id, form))
    except Invalid as wrong:
        return await _show(request, house, claim_id, form, wrong.faults)
    return RedirectResponse(f"/claims/{claim_id}/transfer?said=mended", 303)


def _act(house: House, actor: Actor, claim_id: str, form: MendForm) -> Act:
    async def act(connection: AsyncConnection) -> StoredAnswer:
        then, reasons = form.read()
        on = house.today
        changed = await mend_claim(connection, house.policy, claim_id, then, reasons, on, actor)
        return StoredAnswer(303, {"changed": changed})

    return act


async def _show(
    request: Request,
    house: House,
    claim_id: str,
    form: MendForm | None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    language, policy, on = language_of(request), house.policy, house.today
    async with house.database.transaction() as connection:
        now = await read_particulars(connection, claim_id)
        handover = await read_handover(connection, policy, claim_id, on)
    typed = form or MendForm(**{k: str(v) for k, v in asdict(now).items()}, key=new_key())
    dossier = view_handover(claim_id, handover, policy.entry_filter, on, language)
    main = dossier.claims[0].reference
    facts = {
        "claim_id": claim_id,
        "form": typed,
        "found": [one for one in dossier.findings if one.reference == main],
        "conditions": [c for c in dossier.conditions if not c.is_met],
        "is_there": dossier.is_transferred,
        "faults": view_faults(faults, language),
    }
    return show(request, "mend", facts, 422 if faults else 200)
