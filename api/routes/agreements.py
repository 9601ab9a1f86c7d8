"""Agreements that run or have broken: read, reckoned with, ended, taken up again."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.dependencies import LetterWriter, TheHouse, Viewer
from api.routes.describing import AgreementId, problems
from api.schemas.agreements import (
    AcceptanceBody,
    AgreementView,
    EndAgreementBody,
    ReinstateBody,
    Reinstated,
    WhatIfView,
)
from api.views.agreements import progress_with, view_agreement, view_what_if
from domain.agreements.ability import Income
from domain.agreements.acceptance import Acceptance
from domain.errors import Fault, Invalid
from domain.money import Money
from persistence.agreements.acknowledging import record_acceptance
from persistence.agreements.ending import end_agreement
from persistence.agreements.keeping import Reinstatement, reinstate
from persistence.agreements.reading import read_agreement
from persistence.trail.audit import note

router = APIRouter(prefix="/agreements/{agreement_id}", tags=["agreements"])
_FIELDS = {
    "monthly": "monthly_ore",
    "yearly_income": "yearly_income_ore",
    "acknowledged": "acceptance.acknowledged",
    "accepted-on": "acceptance.accepted_on",
}


@router.get("", operation_id="readAgreement", responses=problems(404, 422))
async def get_agreement(agreement_id: AgreementId, house: TheHouse, actor: Viewer) -> AgreementView:
    """The plan with what is paid of it, and its claims. That you looked is in the audit trail."""
    async with house.database.transaction() as connection:
        file = await read_agreement(connection, agreement_id)
        await note(connection, agreement_id, actor.id, "viewed")
    return view_agreement(file, house.today)


@router.get("/what-if", operation_id="whatIfPaid", responses=problems(404, 422))
async def get_what_if(
    agreement_id: AgreementId,
    house: TheHouse,
    _: Viewer,
    amount_ore: Annotated[int, Query(gt=0, lt=10_000_000_000, examples=[50000])],
) -> WhatIfView:
    """What if so much were paid today? Nothing is written down."""
    async with house.database.transaction() as connection:
        file = await read_agreement(connection, agreement_id)
    return view_what_if(progress_with(file, Money(amount_ore)))


@router.post(
    "/end", operation_id="endAgreement", status_code=204, responses=problems(404, 409, 422)
)
async def post_end(
    agreement_id: AgreementId, body: EndAgreementBody, house: TheHouse, actor: LetterWriter
) -> Response:
    """Let it end before the plan is over: its claims go back to the talk they came from.

    The reasons are written to the debtor, with all that is owed now.
    """
    async with house.database.transaction() as connection:
        await end_agreement(
            connection, house.policy, agreement_id, body.reasons, actor, house.today
        )
    return Response(status_code=204)


@router.post(
    "/reinstate",
    operation_id="reinstateAgreement",
    status_code=201,
    responses=problems(404, 409, 422),
)
async def post_reinstatement(
    agreement_id: AgreementId, body: ReinstateBody, house: TheHouse, actor: LetterWriter
) -> Reinstated:
    """Take a broken agreement up again, with a new plan for what is left of it."""
    yearly = body.yearly_income_ore
    wish = Reinstatement(
        body.first_due,
        body.reasons,
        body.months,
        Money(body.monthly_ore) if body.monthly_ore else None,
        body.has_low_income,
        acceptance_of(body.acceptance) if body.acceptance else None,
        None if yearly is None else Income(Money(yearly), body.has_children),
    )
    async with house.database.transaction() as connection:
        try:
            decided = await reinstate(
                connection, house.policy, agreement_id, wish, actor, house.clock(), house.today
            )
        except Invalid as invalid:
            raise Invalid(*map(_as_sent, invalid.faults)) from None
    assert decided.agreement_id, "an agreement was asked for"
    return Reinstated(agreement_id=decided.agreement_id)


@router.post(
    "/acceptances", operation_id="recordAcceptance", status_code=201, responses=problems(404, 422)
)
async def post_acceptance(
    agreement_id: AgreementId, body: AcceptanceBody, house: TheHouse, actor: LetterWriter
) -> AgreementView:
    """Record that the debtor has said yes once more, or in writing; it moves the limitation."""
    async with house.database.transaction() as connection:
        await record_acceptance(
            connection, house.policy, agreement_id, acceptance_of(body), house.today, actor
        )
        file = await read_agreement(connection, agreement_id)
    return view_agreement(file, house.today)


def acceptance_of(body: AcceptanceBody) -> Acceptance:
    return Acceptance(body.accepted_by, body.acknowledged, body.accepted_on, body.attachment_id)


def _as_sent(fault: Fault) -> Fault:
    """The field by the name it has in the body."""
    return replace(fault, field=_FIELDS.get(fault.field, fault.field))
