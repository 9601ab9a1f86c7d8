"""What else is done from a task's screen: a claim put to rest, an objection, money placed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from fastapi import APIRouter, Response
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.pages.fields import read_debtor
from api.pages.routing import PageRoute
from api.screens.page import TheVisit, Visit
from api.screens.rest import read_rest
from api.screens.typed import Reading
from domain.endings.suspension import Need, Told
from domain.errors import (
    AlreadyDecided,
    ClaimHasEnded,
    Conflict,
    Fault,
    Invalid,
    NotFound,
    TaskTaken,
)
from domain.money import Money
from persistence.claims.deferring import note_deferral
from persistence.claims.objecting import register_objection
from persistence.endings.suspending import NewSuspension, suspend_claim
from persistence.money.candidates import read_money
from persistence.money.placing_by_hand import place_by_hand
from persistence.money.refunding import NewRefund, propose_refund
from persistence.people.substituting import absent_behind
from persistence.tasks.facts import decision_on
from persistence.tasks.inbox import read_task

router = APIRouter(route_class=PageRoute, prefix="/tasks/{task_id}")
_NOTICES: dict[type[Conflict], str] = {
    AlreadyDecided: "task-answered-first",
    TaskTaken: "task-taken-meanwhile",
    ClaimHasEnded: "task-over-meanwhile",
}
_NAMES_OF_REST = {"until": "hold-until", "asked_by": "hold-asked-by"}
Act = Callable[[Visit, AsyncConnection, RowMapping], Awaitable[Response]]


@router.post("/hold")
async def hold(visit: TheVisit) -> Response:
    """Put the claim to rest; the task stays where it is."""
    return await carry_out(visit, _put_to_rest, _NAMES_OF_REST)


async def _put_to_rest(visit: Visit, connection: AsyncConnection, task: RowMapping) -> Response:
    reason, note, until = read_rest(visit.typed)
    claim, house = task["claim_id"], visit.house
    faults: list[Fault] = []
    asked_by = read_debtor("asked_by", visit.typed.one("hold-asked-by"), faults)
    if faults:
        raise Invalid(*faults)
    wish = NewSuspension(reason, Told({Need.UNTIL: until} if until else {}), note)
    done = await suspend_claim(connection, house.policy, claim, wish, house.today, visit.actor)
    if asked_by is not None:
        await note_deferral(connection, house.policy, done.holds[claim], asked_by)
    return visit.back("held")


@router.post("/objection")
async def objection(visit: TheVisit) -> Response:
    return await carry_out(visit, _object, {"words": "objection"}, "problem-objection-open")


async def _object(visit: Visit, connection: AsyncConnection, task: RowMapping) -> Response:
    words, house = visit.typed.one("objection"), visit.house
    await register_objection(
        connection, house.policy, task["claim_id"], words, house.today, visit.actor
    )
    return visit.back("objection")


@router.post("/place")
async def place(visit: TheVisit) -> Response:
    """All that is unplaced, as far as the claim can take it."""
    return await carry_out(visit, _place, {"amount_ore": "place-on"}, "problem-claim-takes-nothing")


async def _place(visit: Visit, connection: AsyncConnection, task: RowMapping) -> Response:
    if not (claim := visit.typed.one("place-on")):
        raise Invalid(Fault("place-on", "place-on-missing"))
    house = visit.house
    await place_by_hand(
        connection, house.policy, _payment_of(task), claim, None, visit.actor, house.clock()
    )
    decision = await decision_on(connection, visit.task_id)
    if decision is None:
        return visit.back("placed")
    return await visit.go_on(connection, decision["id"])


@router.post("/refund")
async def refund(visit: TheVisit) -> Response:
    """All that is unplaced, to whoever owed the claim it was paid on."""
    names = {"amount_ore": "refund-reasons", "debtor_id": "refund-reasons"}
    return await carry_out(visit, _pay_back, names)


async def _pay_back(visit: Visit, connection: AsyncConnection, task: RowMapping) -> Response:
    reasons = Reading(visit.typed).prose("refund-reasons")
    if not reasons:
        raise Invalid(Fault("refund-reasons", "reasons-missing"))
    payment = await read_money(connection, _payment_of(task))
    wish = NewRefund(payment["id"], Money(payment["unused_ore"]), reasons)
    await propose_refund(connection, visit.house.policy, wish, visit.actor, visit.house.today)
    return visit.back("refund")


def _payment_of(task: RowMapping) -> int:
    if "payment" not in task["facts"]:
        raise NotFound("payment")
    return int(task["facts"]["payment"])


async def carry_out(
    visit: Visit, act: Act, names: Mapping[str, str], conflict: str = "problem-conflict"
) -> Response:
    """Carry it out, or show the page again with what was typed. *names*: the form's for a field."""
    field = next(iter(names.values()))
    try:
        async with visit.house.database.transaction() as connection:
            return await act(visit, connection, await _free_task(visit, connection))
    except Invalid as invalid:
        named = (replace(one, field=names.get(one.field, one.field)) for one in invalid.faults)
        return await visit.show_again(422, faults=tuple(named))
    except (AlreadyDecided, TaskTaken, ClaimHasEnded) as refusal:
        return await visit.show_again(409, _NOTICES[type(refusal)])
    except Conflict:
        return await visit.show_again(409, faults=(Fault(field, conflict),))
    except NotFound:
        return await visit.show_again(422, faults=(Fault(field, "problem-not-found"),))


async def _free_task(visit: Visit, connection: AsyncConnection) -> RowMapping:
    """Whom the holder's substitute may be, it is free to."""
    on, me = visit.house.today, visit.actor.id
    task = await read_task(connection, visit.task_id, on)
    holder = task["claimed_by"]
    if holder in {None, me} or await absent_behind(connection, me, holder, on):
        return task
    raise TaskTaken(f"task {visit.task_id}")
