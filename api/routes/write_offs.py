"""What is given up: the year's figures, small amounts in one go, a mistake mended, one freed."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.cursors import read_dated_cursor, write_dated_cursor
from api.dependencies import Approver, FigureReader, IdempotencyKey, LetterWriter, TheHouse
from api.languages import Language
from api.once import fingerprint, once
from api.routes.describing import ClaimId, problems
from api.schemas.common import Number
from api.schemas.write_offs import (
    DischargeBody,
    DischargeProposed,
    ReasonView,
    ReversalBody,
    Reversed,
    SmallBody,
    SmallClaim,
    SmallProposed,
    SmallRow,
    WaitingView,
    WriteOffLine,
    WriteOffLines,
    WriteOffLinesQuery,
    WriteOffs,
)
from domain.endings.write_off import NewWriteOff, WriteOffReason
from domain.errors import Invalid
from letters.catalogue import sentence
from persistence.endings.batch_claims import small_claims
from persistence.endings.discharging import NewDischarge, propose_discharge
from persistence.endings.write_off_batches import BatchRow, propose_small
from persistence.endings.write_off_figures import (
    ReasonFigures,
    waiting_proposals,
    year_figures,
    year_lines,
)
from persistence.endings.write_off_reversals import reverse_write_off
from persistence.idempotency import StoredAnswer

router = APIRouter(tags=["write-offs"])
_FIELDS = {
    "write-off-reason": "reason",
    "write-off-on": "proved_on",
    "write-off-document": "attachment_id",
    "debtor": "debtor_id",
    "reasons": "explanation",
}
WriteOffId = Annotated[Number, Path(examples=[3])]


@router.get("/write-offs", operation_id="readWriteOffs", responses=problems(422))
async def get_write_offs(
    house: TheHouse,
    _: FigureReader,
    year: Annotated[
        int | None, Query(ge=2000, le=2100, description="This year if left out.")
    ] = None,
) -> WriteOffs:
    """What was given up in a year by reason, against its goal; what waits for a second person."""
    on, wanted = house.today, year or house.today.year
    async with house.database.transaction() as connection:
        figures = await year_figures(connection, house.policy, wanted, on)
        waiting = await waiting_proposals(connection)
        small = await small_claims(connection, house.policy, on)
    return WriteOffs(
        year=wanted,
        reasons=[_reason(one) for one in figures],
        waiting=[_waiting(row) for row in waiting],
        small=[_small(row) for row in small],
    )


@router.get("/write-offs/lines", operation_id="listWriteOffLines", responses=problems(422))
async def get_lines(
    house: TheHouse, _: FigureReader, wish: Annotated[WriteOffLinesQuery, Query()]
) -> WriteOffLines:
    """List what one reason's figure of the year is made of; the items sum to it."""
    year, code = wish.year or house.today.year, wish.reason.value if wish.reason else ""
    after = read_dated_cursor(wish.cursor)
    async with house.database.transaction() as connection:
        rows = await year_lines(connection, year, code, after, wish.limit + 1)
    page, more = rows[: wish.limit], None
    if len(rows) > wish.limit:
        more = write_dated_cursor(page[-1]["booked_on"], page[-1]["id"])
    return WriteOffLines(items=[_line(row) for row in page], next_cursor=more)


@router.post(
    "/write-offs/small",
    operation_id="proposeSmallWriteOffs",
    status_code=201,
    responses=problems(409, 422),
)
async def post_small(
    request: Request,
    body: SmallBody,
    house: TheHouse,
    actor: LetterWriter,
    language: Language,
    key: IdempotencyKey = None,
) -> SmallProposed:
    """Propose to give up small amounts in one go, with an answer for each.

    Those that do not fit the policy are left out. A second person answers for all the others.
    """

    async def propose(connection: AsyncConnection) -> StoredAnswer:
        number, rows = await propose_small(
            connection, house.policy, body.claim_ids, body.reasons, actor, house.today
        )
        view = _proposed(number, rows, language)
        return StoredAnswer(201, view.model_dump(mode="json"))

    wish = body.model_dump(mode="json")
    answer = await once(house, actor, key, fingerprint(request, wish), propose)
    return SmallProposed.model_validate(answer.response)


@router.post(
    "/write-offs/{write_off_id}/reverse",
    operation_id="reverseWriteOff",
    responses=problems(404, 409, 422),
)
async def post_reversal(
    write_off_id: WriteOffId, body: ReversalBody, house: TheHouse, actor: Approver
) -> Reversed:
    """It was a mistake: all is owed again, and the claim lives on."""
    on = house.today
    async with house.database.transaction() as connection:
        claim = await reverse_write_off(
            connection, house.policy, write_off_id, body.reasons, on, actor
        )
    return Reversed(write_off_id=write_off_id, claim_id=claim, reversed_on=on)


@router.post(
    "/claims/{claim_id}/discharges",
    operation_id="proposeDischarge",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_discharge(
    claim_id: ClaimId, body: DischargeBody, house: TheHouse, actor: LetterWriter
) -> DischargeProposed:
    """Propose that one debtor owes the claim no more while the others do.

    A second person answers; until then all stays as it was. The debtor is told by letter.
    """
    why = NewWriteOff(body.reason, body.proved_on, body.attachment_id, body.journal)
    wish = NewDischarge(claim_id, body.debtor_id, why, body.explanation)
    async with house.database.transaction() as connection:
        try:
            done = await propose_discharge(connection, house.policy, wish, house.today, actor)
        except Invalid as wrong:
            named = (replace(f, field=_FIELDS.get(f.field, f.field)) for f in wrong.faults)
            raise Invalid(*named) from None
    return DischargeProposed(
        discharge_id=done.number,
        claim_id=claim_id,
        debtor_id=body.debtor_id,
        approval=done.approval,
    )


def _reason(one: ReasonFigures) -> ReasonView:
    return ReasonView(
        reason=WriteOffReason(one.reason) if one.reason else None,
        claims=one.claims,
        amount_ore=one.amount.ore,
        goal_claims=one.goal_claims,
        goal_amount_ore=one.goal_amount.ore if one.goal_amount is not None else None,
        is_over=one.is_over,
    )


def _line(row: RowMapping) -> WriteOffLine:
    names = ("booked_on", "claim_id", "claim_type", "debtor_name", "is_given_up")
    known = {name: row[name] for name in names}
    return WriteOffLine(entry_id=row["id"], amount_ore=row["ore"], **known)


def _waiting(row: RowMapping) -> WaitingView:
    return WaitingView(
        task_id=row["task_id"],
        claim_id=None if row["batch_id"] else row["claim_id"],
        debtor_id=row["debtor_id"],
        claims=row["claims"] or 1,
        **{name: row[name] for name in ("reason", "amount_ore", "approval", "proposed_on")},
        due_on=row["due_on"],
    )


def _small(row: RowMapping) -> SmallClaim:
    names = ("claim_type", "debtor_id", "balance_ore", "due_date", "limitation_date")
    return SmallClaim(claim_id=row["id"], **{name: row[name] for name in names})


def _proposed(number: int, rows: list[BatchRow], language: str) -> SmallProposed:
    views = [
        SmallRow(
            claim_id=row.claim_id,
            is_proposed=row.code is None,
            amount_ore=row.amount.ore,
            code=row.code,
            sentence=sentence(row.code, language) if row.code else None,
        )
        for row in rows
    ]
    done = sum(view.is_proposed for view in views)
    return SmallProposed(batch_id=number, proposed=done, left_out=len(views) - done, rows=views)
