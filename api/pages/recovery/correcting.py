"""Correcting what lies at the recovery authority: what it would take, what it does, then done."""

import re
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.fields import read_money, read_needed_prose
from api.pages.forms import new_key
from api.pages.recovery.corrections import Foreseen, foresee_correction, read_claim
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.errors import Fault, Invalid
from domain.money import NOTHING, Money
from domain.recovery.actions import ActionKind
from domain.recovery.corrections import NEW
from persistence.idempotency import StoredAnswer
from persistence.recovery.correctable import CorrectableClaim
from persistence.recovery.correcting import Correction, correct_there

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
_LONGEST = 2000
_UNDO = re.compile(r"undo-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form. *kind*: a new correction, or `undo-` and an action's number."""

    kind: str = ""
    reference: str = ""
    amount: str = ""
    reasons: str = ""
    is_sure: str = ""
    key: str = ""

    def wish(self, claim: CorrectableClaim) -> Correction:
        """Raises Invalid with all that is wrong."""
        faults: list[Fault] = []
        reasons = read_needed_prose("reasons", self.reasons, _LONGEST, faults)
        undone = _UNDO.fullmatch(self.kind)
        if undone:
            found = _undoing(claim, int(undone[1]), reasons)
        else:
            found = self._new(claim, reasons, faults)
        if found is None:
            faults.insert(0, Fault("kind", "correct-kind-missing"))
        if faults or found is None:
            raise Invalid(*faults)
        return found

    def _new(self, claim: CorrectableClaim, reasons: str, faults: list[Fault]) -> Correction | None:
        amount = read_money("amount", self.amount, faults) if self.kind in NEW else NOTHING
        if claim.part(self.reference) is None:
            faults.append(Fault("reference", "correct-part-missing"))
        if self.kind not in NEW:
            return None
        return Correction(ActionKind(self.kind), reasons, self.reference, amount)


def _undoing(claim: CorrectableClaim, number: int, reasons: str) -> Correction | None:
    done = next((one for one in claim.all_done if one.action_id == number), None)
    if done is None:
        return None
    return Correction(done.undone_by, reasons, done.reference, done.amount, undoes=number)


def _form(
    kind: Annotated[str, Form(max_length=40)] = "",
    reference: Annotated[str, Form(max_length=40)] = "",
    amount: Annotated[str, Form(max_length=40)] = "",
    reasons: Annotated[str, Form()] = "",
    is_sure: Annotated[str, Form(max_length=10)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> Typed:
    return Typed(kind, reference, amount, reasons, is_sure, key or new_key())


@router.get("/correct")
async def ask_for_correction(
    request: Request, house: TheHouse, _: WriteVisitor, claim_id: ClaimId
) -> Response:
    return await _show(request, house, claim_id, Typed(key=new_key()))


@router.post("/correct")
async def correct(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    claim_id: ClaimId,
    typed: Annotated[Typed, Depends(_form)],
) -> Response:
    """First what it would do, there and here; pressed again, it is done."""

    async def act(connection: AsyncConnection) -> StoredAnswer:
        wish = typed.wish(await read_claim(connection, claim_id, house.today))
        await correct_there(connection, house.policy, claim_id, wish, house.today, actor)
        return StoredAnswer(303, {})

    try:
        if not typed.is_sure:
            foreseen = await foresee_correction(house, claim_id, typed.wish, actor)
            return await _show(request, house, claim_id, typed, foreseen=foreseen)
        asked = [typed.kind, typed.reference, typed.amount, typed.reasons]
        await once(house, actor, typed.key, fingerprint(request, asked), act)
    except Invalid as wrong:
        return await _show(request, house, claim_id, typed, wrong.faults)
    return RedirectResponse(f"/claims/{claim_id}?said=corrected", 303)


async def _show(
    request: Request,
    house: House,
    claim_id: str,
    typed: Typed,
    faults: tuple[Fault, ...] = (),
    foreseen: Foreseen | None = None,
) -> Response:
    async with house.database.transaction() as connection:
        claim = await read_claim(connection, claim_id, house.today)
    kinds = [kind for kind in NEW if any(kind in part.offers(house.today) for part in claim.parts)]
    if claim.has_waiting_raise:
        kinds = [kind for kind in kinds if kind is not ActionKind.RAISE]
    facts = {
        "claim_id": claim_id,
        "claim": claim,
        "kinds": [kind.value for kind in kinds],
        "undoable": [done for part in claim.parts for done in part.undoable(house.today)],
        "typed": replace(typed, is_sure=""),
        "foreseen": foreseen,
        "total_there": sum((part.lying.left for part in claim.parts), Money(0)).ore,
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "correct", facts, 422 if faults else 200)
