"""Correcting what lies at the recovery authority, and adding who owes it too."""

from datetime import date

from fastapi import APIRouter

from api.dependencies import LetterWriter, TheHouse
from api.pages.recovery.corrections import read_claim
from api.routes.describing import ClaimId, problems
from api.schemas.recovery import (
    CorrectablePart,
    CorrectableView,
    CorrectionBody,
    CorrectionMade,
    DebtorAdded,
    DebtorBody,
    DoneCorrection,
)
from domain.money import Money
from domain.recovery.actions import ActionKind
from domain.recovery.corrections import Correctable, Done
from domain.registration import read_debtor
from persistence.recovery.adding_debtors import NewLiability, add_debtor
from persistence.recovery.correctable import CorrectableClaim
from persistence.recovery.correcting import Correction, correct_there

router = APIRouter(tags=["recovery"])


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


@router.post(
    "/claims/{claim_id}/debtors",
    operation_id="addDebtor",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_debtor(
    claim_id: ClaimId, body: DebtorBody, house: TheHouse, actor: LetterWriter
) -> DebtorAdded:
    """Make another liable for all of the claim, and remind them.

    A claim at the recovery authority is recalled first (HAFT), and handed over anew afterwards.
    """
    fields = body.model_dump(include={"cpr_cvr", "name", "address"})
    wish = NewLiability(read_debtor(fields, house.today), body.reasons)
    async with house.database.transaction() as connection:
        number = await add_debtor(connection, house.policy, claim_id, wish, house.today, actor)
    return DebtorAdded(claim_id=claim_id, debtor_id=number)


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
