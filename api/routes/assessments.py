"""What could be proposed to a debtor, what is recommended for a claim, and how it is followed."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import FigureReader, TheHouse, Viewer
from api.languages import Language
from api.proposing import propose_for
from api.routes.describing import ClaimId, problems
from api.schemas.agreements import (
    AbilityBody,
    AssessmentFigures,
    ProposalView,
    RecommendationView,
)
from api.views.agreements import view_assessments, view_proposal, view_recommendation
from domain.agreements.ability import Income
from domain.agreements.budget import Budget
from domain.errors import Fault, Invalid
from domain.money import Money
from persistence.agreements.assessing import count_assessments, recommendation_for

router = APIRouter(tags=["agreements"])


@router.post(
    "/claims/{claim_id}/proposal", operation_id="proposeAgreement", responses=problems(404, 422)
)
async def post_proposal(
    claim_id: ClaimId, body: AbilityBody, house: TheHouse, _: Viewer, language: Language
) -> ProposalView:
    """What could be proposed to the debtor, by what they tell of their means. Nothing is kept."""
    yearly = body.yearly_income_ore
    income = None if yearly is None else Income(Money(yearly), body.has_children)
    monthly = body.monthly_income_ore
    parts = Money(body.rent_ore), Money(body.other_ore)
    budget = None if monthly is None else Budget(Money(monthly), *parts)
    async with house.database.transaction() as connection:
        proposal, source = await propose_for(
            connection, house.policy, (claim_id, *body.claim_ids), income, budget, house.today
        )
    return view_proposal(proposal, source, language)


@router.get(
    "/claims/{claim_id}/recommendation",
    operation_id="readRecommendation",
    responses=problems(404, 422),
)
async def get_recommendation(
    claim_id: ClaimId, house: TheHouse, _: Viewer, language: Language
) -> RecommendationView:
    """What the house would do with the claim today, and what speaks for it. A person decides."""
    on = house.today
    async with house.database.transaction() as connection:
        advised = await recommendation_for(connection, house.policy, claim_id, on)
    entry = house.policy.assessment.entry_on(on)
    return view_recommendation(advised, entry.source if entry else "", language)


@router.get("/assessments/figures", operation_id="readAssessments", responses=problems(422))
async def get_assessments(
    house: TheHouse,
    _: FigureReader,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> AssessmentFigures:
    """Count what was recommended against what people decided; this year where nothing is said."""
    on = house.today
    since, until = first or on.replace(month=1, day=1), last or on
    if since > until:
        values = {"first": since.isoformat(), "last": until.isoformat()}
        raise Invalid(Fault("from", "reconciliation-period-reversed", values))
    async with house.database.transaction() as connection:
        rows = await count_assessments(connection, since, until)
    return view_assessments(rows, since, until)
