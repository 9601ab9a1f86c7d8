"""Claims: register, list, read, withdraw."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import Field

from api.cursors import Page, read_cursor, write_cursor
from api.dependencies import IdempotencyKey, Registrar, TheHouse, Viewer, Withdrawer
from api.languages import Language
from api.once import fingerprint, once
from api.registering import register_many, register_one
from api.routes.describing import ClaimId, problems
from api.schemas.cases import WithdrawalBody, Withdrawn
from api.schemas.claims import BatchAnswer, ClaimList, ClaimView, RegisteredClaim
from api.schemas.common import Name, Number
from api.schemas.registration import ClaimFields, ClaimRow
from api.views.claims import view_claim, view_debtors, view_summary
from domain.claim import Stage
from persistence.claims.reading import ClaimFilter, list_claims, read_debtors, read_ledger
from persistence.claims.standings import read_standing
from persistence.claims.timeline import read_timeline
from persistence.claims.withdrawing import withdraw
from persistence.trail.audit import note

MOST_ROWS = 1000

router = APIRouter(prefix="/claims", tags=["claims"])


class ClaimQuery(Page):
    """What a list of claims is narrowed to."""

    stage: Stage | None = None
    claim_type: Name | None = None
    debtor: Number | None = Field(default=None, description="The debtor's id here.")
    reference: Name | None = None


@router.post(
    "",
    operation_id="registerClaim",
    status_code=201,
    responses=problems(409, 422)
    | {200: {"model": RegisteredClaim, "description": "Known already; nothing changed."}},
)
async def register_claim(
    request: Request,
    response: Response,
    house: TheHouse,
    actor: Registrar,
    language: Language,
    fields: Annotated[ClaimFields, Body()],
    key: IdempotencyKey = None,
) -> RegisteredClaim:
    """Register one claim; its life begins at once.

    The same source and reference with the same facts again is the same claim (200).
    """
    answer = await once(
        house,
        actor,
        key,
        fingerprint(request, fields),
        lambda connection: register_one(connection, house, fields, actor, language),
    )
    registered = RegisteredClaim.model_validate(answer.response)
    response.status_code = answer.status
    response.headers["Location"] = f"/api/v1/claims/{registered.claim_id}"
    return registered


@router.post("/batch", operation_id="registerClaims", responses=problems(409, 422))
async def register_claims(
    request: Request,
    house: TheHouse,
    actor: Registrar,
    language: Language,
    rows: Annotated[list[ClaimRow], Body(min_length=1, max_length=MOST_ROWS)],
    key: IdempotencyKey = None,
) -> BatchAnswer:
    """Register up to 1,000 claims, with an answer for each row.

    Rows that are refused hold no others back; send only those again, mended.
    """
    answer = await once(
        house,
        actor,
        key,
        fingerprint(request, rows),
        lambda connection: register_many(connection, house, rows, actor, language),
    )
    return BatchAnswer.model_validate(answer.response)


@router.get("", operation_id="listClaims", responses=problems(422))
async def get_claims(
    house: TheHouse, actor: Viewer, wish: Annotated[ClaimQuery, Query()]
) -> ClaimList:
    """List claims, newest first. Claims that come in meanwhile disturb no page."""
    narrow = ClaimFilter(wish.stage, wish.claim_type, wish.debtor, wish.reference)
    before = None if wish.cursor is None else read_cursor(wish.cursor, 1)[0]
    async with house.database.transaction() as connection:
        rows = await list_claims(connection, narrow, before, wish.limit + 1)
        if wish.debtor is not None:
            await note(connection, f"debtor-{wish.debtor}", actor.id, "viewed")
    page = rows[: wish.limit]
    more = write_cursor(page[-1]["serial"]) if len(rows) > wish.limit else None
    return ClaimList(items=[view_summary(row) for row in page], next_cursor=more)


@router.get("/{claim_id}", operation_id="readClaim", responses=problems(404, 422))
async def get_claim(
    claim_id: ClaimId, house: TheHouse, actor: Viewer, language: Language
) -> ClaimView:
    """Read one claim: its facts, where it stands and why, its account and its timeline.

    That you looked is written in the audit trail.
    """
    async with house.database.transaction() as connection:
        claim = await read_standing(connection, claim_id, house.today)
        debtors = await read_debtors(connection, claim_id)
        ledger = await read_ledger(connection, claim_id)
        events = await read_timeline(connection, claim_id)
        await note(connection, claim_id, actor.id, "viewed")
    shown = view_debtors(debtors, claim["debtor_id"], actor)
    return view_claim(claim, shown, ledger, events, house.policy, house.today, language)


@router.post(
    "/{claim_id}/withdraw", operation_id="withdrawClaim", responses=problems(404, 409, 422)
)
async def withdraw_claim(
    claim_id: ClaimId, body: WithdrawalBody, house: TheHouse, actor: Withdrawer
) -> Withdrawn:
    """Withdraw a claim that should not be collected; one already transferred is recalled first."""
    async with house.database.transaction() as connection:
        await withdraw(connection, claim_id, body.reasons, house.today, actor)
        claim: Any = await read_standing(connection, claim_id, house.today)
    return Withdrawn(
        claim_id=claim_id, stage=Stage(claim["stage"]), is_withdrawn=claim["is_withdrawn"]
    )
