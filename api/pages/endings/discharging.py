"""One debtor proposed to be freed of a claim, by its page: for which reason, on what evidence."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TheHouse, WriteVisitor
from api.house import House
from api.languages import language_of
from api.once import fingerprint, once
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.describing import ClaimId
from api.screens.giving_up import read_write_off
from api.screens.typed import Reading, Typed, typed_in
from api.sentences import view_faults
from domain.errors import Fault, Invalid
from persistence.claims.standings import read_standing
from persistence.endings.discharging import NewDischarge, propose_discharge
from persistence.endings.facts import write_off_facts
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/claims/{claim_id}")
_LARGEST = 2**63 - 1


@router.get("/discharge")
async def ask_for_discharge(
    request: Request,
    house: TheHouse,
    _: WriteVisitor,
    claim_id: ClaimId,
    debtor: Annotated[int | None, Query(ge=1, le=_LARGEST)] = None,
) -> Response:
    typed = Typed({"debtor": (str(debtor or ""),)})
    return await _show(request, house, claim_id, typed, new_key())


@router.post("/discharge")
async def propose(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    claim_id: ClaimId,
    typed: Annotated[Typed, Depends(typed_in)],
) -> Response:
    async def act(connection: AsyncConnection) -> StoredAnswer:
        reading = Reading(typed)
        wish, reasons = read_write_off(reading), reading.prose("reasons")
        told = typed.one("debtor")
        if not (told.isascii() and told.isdecimal() and int(told[:20]) <= _LARGEST):
            reading.fail("debtor", "discharge-debtor-missing")
        reading.require_sound()
        freed = NewDischarge(claim_id, int(told), wish, reasons)
        await propose_discharge(connection, house.policy, freed, house.today, actor)
        return StoredAnswer(303, {})

    key = typed.one("key") or new_key()
    try:
        said = fingerprint(request, sorted(typed.to_keep().items()))
        await once(house, actor, key, said, act)
    except Invalid as wrong:
        return await _show(request, house, claim_id, typed, key, wrong.faults)
    return RedirectResponse(f"/claims/{claim_id}?said=discharge-proposed", 303)


async def _show(
    request: Request,
    house: House,
    claim_id: str,
    typed: Typed,
    key: str,
    faults: tuple[Fault, ...] = (),
) -> Response:
    on = house.today
    async with house.database.transaction() as connection:
        await read_standing(connection, claim_id, on)
        found = await write_off_facts(connection, claim_id)
    rule = house.policy.endings.write_off(on)
    facts = {
        **found,
        "claim_id": claim_id,
        "typed": typed,
        "key": key,
        "grounds": [ground for ground in rule.usable if ground.is_personal],
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "discharge", facts, 422 if faults else 200)
