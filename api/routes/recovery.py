"""What lies at the recovery authority, and correcting it there or calling it back."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import RowMapping

from api.corrections import read_claim
from api.dependencies import LetterWriter, TheHouse, Viewer
from api.routes.describing import ClaimId, problems
from api.schemas.recovery import (
    BooksDifference,
    BooksView,
    CorrectablePart,
    CorrectableView,
    CorrectionBody,
    CorrectionMade,
    DoneCorrection,
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
from domain.money import Money
from domain.recovery_actions import ActionKind
from domain.recovery_books import Moved
from domain.recovery_codes import reject_code
from domain.recovery_corrections import Correctable, Done
from persistence.correctable import CorrectableClaim
from persistence.correcting import Correction, correct_there
from persistence.recalling import Recall, recall_claim
from reports.reconciliation import read_one_moment
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


@router.get(
    "/claims/{claim_id}/corrections",
    operation_id="readCorrections",
    responses=problems(404, 409, 422),
)
async def get_corrections(claim_id: ClaimId, house: TheHouse, _: LetterWriter) -> CorrectableView:
    """What of the claim lies there, and what may be corrected of it now."""
    async with house.database.transaction() as connection:
        claim = await read_claim(connection, claim_id, house.today)
    return _correctable(claim_id, claim, house.today)


@router.post(
    "/claims/{claim_id}/corrections",
    operation_id="correctClaim",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_correction(
    claim_id: ClaimId, body: CorrectionBody, house: TheHouse, actor: LetterWriter
) -> CorrectionMade:
    """Correct the claim in our books and there, at once.

    A raise is sent when each debtor has been reminded and notified of it and their time is out.
    What the authority would refuse is refused at once, with its code.
    """
    amount = Money(body.amount_ore or 0)
    wish = Correction(body.kind, body.reasons, body.reference or "", amount, body.undoes)
    async with house.database.transaction() as connection:
        number = await correct_there(connection, house.policy, claim_id, wish, house.today, actor)
    return CorrectionMade(action_id=number, claim_id=claim_id)


def _correctable(claim_id: str, claim: CorrectableClaim, on: date) -> CorrectableView:
    return CorrectableView(
        claim_id=claim_id,
        busy_with=claim.busy_with,
        has_waiting_raise=claim.has_waiting_raise,
        parts=[_part(part, claim, on) for part in claim.parts],
    )


def _part(part: Correctable, claim: CorrectableClaim, on: date) -> CorrectablePart:
    """Nothing is offered while something is under way."""
    is_free = claim.busy_with is None
    barred = {ActionKind.RAISE} if claim.has_waiting_raise else set()
    return CorrectablePart(
        reference=part.reference,
        part=part.lying.part,
        principal_ore=part.lying.principal.ore,
        left_ore=part.lying.left.ore,
        owed_ore=part.owed.ore,
        most_ore=part.most.ore,
        offers=[kind for kind in part.offers(on) if is_free and kind not in barred],
        undoable=[_done(done) for done in part.undoable(on) if is_free],
    )


def _done(done: Done) -> DoneCorrection:
    return DoneCorrection(
        action_id=done.action_id,
        kind=done.kind,
        undone_by=done.undone_by,
        amount_ore=done.amount.ore,
        made_on=done.on,
        is_sent=done.is_sent,
    )


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
