"""Another who owes a claim is added by its page."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.fields import read_needed_prose
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.sentences import view_faults
from domain.claim import Stage
from domain.errors import Conflict, Fault, Invalid
from domain.registration import read_debtor
from persistence.claims.standings import read_standing
from persistence.idempotency import StoredAnswer
from persistence.recovery.adding_debtors import NewLiability, add_debtor

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
_LONGEST = 2000
_OF_DEBTOR = ("cpr_cvr", "name", "address")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    cpr_cvr: Annotated[str, Form(max_length=40)] = ""
    name: Annotated[str, Form(max_length=300)] = ""
    address: Annotated[str, Form(max_length=1000)] = ""
    reasons: Annotated[str, Form()] = ""
    key: Annotated[str, Form(max_length=100)] = ""

    def wish(self, house: House) -> NewLiability:
        """Raises Invalid with all that is wrong."""
        faults: list[Fault] = []
        reasons = read_needed_prose("reasons", self.reasons, _LONGEST, faults)
        fields = {name: getattr(self, name) for name in _OF_DEBTOR}
        try:
            debtor = read_debtor(fields, house.today)
        except Invalid as wrong:
            raise Invalid(*wrong.faults, *faults) from wrong
        if faults:
            raise Invalid(*faults)
        return NewLiability(debtor, reasons)


@router.get("/debtor")
async def ask_for_debtor(
    request: Request, house: TheHouse, _: WriteVisitor, claim_id: ClaimId
) -> Response:
    return await _show(request, house, claim_id, Typed(key=new_key()))


@router.post("/debtor")
async def add(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    claim_id: ClaimId,
    typed: Annotated[Typed, Depends()],
) -> Response:
    async def act(connection: AsyncConnection) -> StoredAnswer:
        wish = typed.wish(house)
        await add_debtor(connection, house.policy, claim_id, wish, house.today, actor)
        return StoredAnswer(303, {})

    try:
        await once(house, actor, typed.key or new_key(), fingerprint(request, asdict(typed)), act)
    except Invalid as wrong:
        return await _show(request, house, claim_id, typed, wrong.faults)
    return RedirectResponse(f"/claims/{claim_id}?said=debtor-added", 303)


async def _show(
    request: Request,
    house: House,
    claim_id: str,
    typed: Typed,
    faults: tuple[Fault, ...] = (),
) -> Response:
    async with house.database.transaction() as connection:
        claim = await read_standing(connection, claim_id, house.today)
    if claim["ending"] or Stage(claim["stage"]).is_with_the_collector:
        raise Conflict(f"nobody can be added to claim {claim_id}")
    facts = {
        "claim_id": claim_id,
        "typed": typed,
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "add-debtor", facts, 422 if faults else 200)
