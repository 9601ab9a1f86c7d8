"""What was given up this year, what waits for a second person, and small amounts in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import ApproveVisitor, FigureVisitor, TheHouse, WriteVisitor
from api.house import House
from api.languages import DANISH, language_of
from api.once import fingerprint, once
from api.pages.endings.write_off_picture import LEFT, ROW, WIDTH, goal_bars
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.sentences import view_faults
from domain.authority import Actor, Right, may
from domain.errors import Fault, Invalid, NotFound
from persistence.endings.batch_claims import small_claims
from persistence.endings.write_off_batches import BatchRow, propose_small, read_batch
from persistence.endings.write_off_figures import (
    read_write_off,
    waiting_proposals,
    year_figures,
)
from persistence.endings.write_off_reversals import reverse_write_off
from persistence.idempotency import StoredAnswer

router = APIRouter(route_class=PageRoute, prefix="/write-offs")
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class ProposalForm(BaseModel):
    """The claims chosen, and why they are given up."""

    claim: list[str] = Field(default=[], max_length=1000)
    reasons: str = Field(default="", max_length=4000)
    key: str = Field(default="", max_length=100)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page is to show beside the figures: what was just done, or typed and refused."""

    year: int | None = None
    proposed: int | None = None
    left_out: Sequence[BatchRow] = ()
    chosen: Sequence[str] = ()
    reasons: str = ""
    faults: tuple[Fault, ...] = ()


@router.get("")
async def show_write_offs(
    request: Request,
    house: TheHouse,
    actor: FigureVisitor,
    year: Annotated[int | None, Query(ge=_FIRST_YEAR, le=_LAST_YEAR)] = None,
    proposed: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    """*proposed*: the batch the reader has just laid before a second person."""
    return await _show(request, house, actor, Wanted(year, proposed))


@router.post("")
async def propose(
    request: Request,
    house: TheHouse,
    actor: WriteVisitor,
    form: Annotated[ProposalForm, Form()],
) -> Response:
    """The chosen ones in one go, with an answer for each that is left out."""
    left_out: list[BatchRow] = []

    async def act(connection: AsyncConnection) -> StoredAnswer:
        number, rows = await propose_small(
            connection, house.policy, form.claim, form.reasons, actor, house.today
        )
        left_out.extend(row for row in rows if row.code)
        return StoredAnswer(303, {"batch": number})

    try:
        said = fingerprint(request, [sorted(form.claim), form.reasons])
        answer = await once(house, actor, form.key or new_key(), said, act)
    except Invalid as wrong:
        wanted = Wanted(chosen=form.claim, reasons=form.reasons, faults=wrong.faults)
        return await _show(request, house, actor, wanted)
    number = int(answer.response["batch"])
    if left_out:
        return await _show(request, house, actor, Wanted(proposed=number, left_out=left_out))
    return RedirectResponse(f"/write-offs?proposed={number}", 303)


@router.get("/{number}/reverse")
async def ask_for_reversal(
    request: Request, house: TheHouse, _: ApproveVisitor, number: Number
) -> Response:
    return await _ask_to_reverse(request, house, number, "", new_key(), ())


@router.post("/{number}/reverse")
async def reverse(
    request: Request,
    house: TheHouse,
    actor: ApproveVisitor,
    number: Number,
    reasons: Annotated[str, Form(max_length=4000)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    async def act(connection: AsyncConnection) -> StoredAnswer:
        claim = await reverse_write_off(
            connection, house.policy, number, reasons, house.today, actor
        )
        return StoredAnswer(303, {"claim": claim})

    try:
        done = await once(house, actor, key or new_key(), fingerprint(request, reasons), act)
    except Invalid as wrong:
        return await _ask_to_reverse(request, house, number, reasons, key, wrong.faults)
    return RedirectResponse(f"/claims/{done.response['claim']}?said=write-off-reversed", 303)


async def _ask_to_reverse(
    request: Request,
    house: House,
    number: int,
    reasons: str,
    key: str,
    faults: tuple[Fault, ...],
) -> Response:
    async with house.database.transaction() as connection:
        row = await read_write_off(connection, number)
    if row is None:
        raise NotFound("write-off", number)
    facts = {
        "row": row,
        "reasons": reasons,
        "key": key or new_key(),
        "faults": view_faults(faults, language_of(request)),
    }
    return show(request, "write-off-reverse", facts, 422 if faults else 200)


async def _show(request: Request, house: House, actor: Actor, wanted: Wanted) -> Response:
    language, on, policy = language_of(request), house.today, house.policy
    year, proposed = wanted.year or on.year, wanted.proposed
    may_propose = may(actor, Right.WORK_ON_TASKS)
    async with house.database.transaction() as connection:
        figures = await year_figures(connection, policy, year, on)
        facts: dict[str, Any] = {
            "waiting": await waiting_proposals(connection),
            "small": await small_claims(connection, policy, on) if may_propose else (),
            "batch": await read_batch(connection, proposed) if proposed else None,
        }
    facts |= {
        "figures": figures,
        "total": sum(one.amount.ore for one in figures),
        "count": sum(one.claims for one in figures),
        "bars": goal_bars(figures),
        "picture": {"left": LEFT, "width": LEFT + WIDTH, "row": ROW},
        "goals": policy.endings.write_off_goals.entry_on(on),
        "rule": policy.endings.write_offs.entry_on(on),
        "year": year,
        "this_year": on.year,
        "may_propose": may_propose,
        "left_out": wanted.left_out,
        "chosen": set(wanted.chosen),
        "reasons": wanted.reasons,
        "key": new_key(),
        "type_name": lambda code: _name(house, code, language),
        "faults": view_faults(wanted.faults, language),
    }
    return show(request, "write-offs", facts, 422 if wanted.faults else 200)


def _name(house: House, code: str, language: str) -> str:
    kind = house.policy.claim_type(code)
    return kind.name if language == DANISH else kind.name_en
