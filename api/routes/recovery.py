"""What lies at the recovery authority, and calling a claim back from it."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import RowMapping

from api.dependencies import LetterWriter, TheHouse, Viewer
from api.routes.describing import ClaimId, problems
from api.schemas.recovery import (
    BooksDifference,
    BooksView,
    HeardClaim,
    InterestView,
    MovedView,
    PayoutView,
    PendingAction,
    RecallAsked,
    RecallBody,
    RecoveryView,
    RefusedAction,
)
from domain.recovery.books import Moved
from domain.recovery.codes import reject_code
from persistence.recovery.recalling import Recall, recall_claim
from reports.reconciling.report import read_one_moment
from reports.recovery_books import RecoveryReport, read_month, read_recovery

router = APIRouter(tags=["recovery"])


@router.get("/recovery", operation_id="readRecovery", responses=problems(422))
async def get_recovery(
    house: TheHouse,
    _: Viewer,
    month: Annotated[
        str | None,
        Query(max_length=10, examples=["2026-02"], description="A month that is over."),
    ] = None,
) -> RecoveryView:
    """What lies there, what is under way, and whether the books of the month agree to the øre."""
    async with house.database.transaction() as connection:
        await read_one_moment(connection)
        found = await read_recovery(connection, read_month(month, house.today))
    length = timedelta(days=house.policy.hearing_days)
    return RecoveryView(
        until=found.until,
        claims=found.lies["claims"],
        left_ore=found.lies["left_ore"],
        pending=[_pending(row) for row in found.pending],
        in_hearing=[_heard(row, length) for row in found.heard],
        refused=[_refused(row) for row in found.refused],
        books=_books(found),
        unpaid_ore=found.unpaid.ore,
        payouts=[_payout(row) for row in found.payouts],
        interest=[_interest(row) for row in found.interest],
    )


@router.post(
    "/claims/{claim_id}/recalls",
    operation_id="recallClaim",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_recall(
    claim_id: ClaimId, body: RecallBody, house: TheHouse, actor: LetterWriter
) -> RecallAsked:
    """Ask the recovery authority for the claim back; it stays there until that is done.

    What the authority would refuse is refused at once, with its code.
    """
    wish = Recall(body.reason, body.reasons, body.effective_on)
    async with house.database.transaction() as connection:
        number = await recall_claim(connection, claim_id, wish, house.today, actor)
    return RecallAsked(action_id=number, claim_id=claim_id)


def _pending(row: RowMapping) -> PendingAction:
    return PendingAction(
        action_id=row["id"],
        claim_id=row["claim_id"],
        kind=row["kind"],
        amount_ore=row["amount_ore"],
        requested_on=row["requested_on"],
        submitted_on=row["submitted_on"],
    )


def _heard(row: RowMapping, length: timedelta) -> HeardClaim:
    return HeardClaim(
        claim_id=row["claim_id"],
        amount_ore=row["amount_ore"],
        decided_by=row["heard_on"] + length if row["heard_on"] else None,
        limitation_date=row["limitation_date"],
        task_id=row["task"],
    )


def _refused(row: RowMapping) -> RefusedAction:
    pointer = reject_code(row["code"])
    return RefusedAction(
        task_id=row["task"],
        claim_id=row["claim_id"],
        kind=row["kind"],
        code=row["code"],
        points_at=pointer.field if pointer else None,
        text=row["text"] or "",
        due_on=row["due_on"],
    )


def _payout(row: RowMapping) -> PayoutView:
    return PayoutView(
        paid_on=row["paid_on"],
        amount_ore=row["amount_ore"],
        covered_ore=row["covered_ore"],
        task_id=row["task"],
    )


def _interest(row: RowMapping) -> InterestView:
    return InterestView(month=row["month"], claims=row["claims"], amount_ore=row["ore"])


def _books(found: RecoveryReport) -> BooksView:
    theirs = found.books.theirs
    return BooksView(
        ours=_moved(found.books.ours),
        theirs=_moved(theirs) if theirs else None,
        differences=[
            BooksDifference(
                reference=one.reference,
                claim_id=found.claims.get(one.reference),
                columns=list(one.columns),
                ours=_moved(one.ours),
                theirs=_moved(one.theirs),
            )
            for one in found.books.differences
        ],
    )


def _moved(moved: Moved) -> MovedView:
    return MovedView(
        came_ore=moved.came.ore,
        recalled_ore=moved.recalled.ore,
        down_ore=moved.down.ore,
        up_ore=moved.up.ore,
        base_ore=moved.base.ore,
        recovered_ore=moved.recovered.ore,
        left_ore=moved.left.ore,
    )
