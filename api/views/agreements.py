"""Agreements, proposals and recommendations as views, in the reader's language."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import RowMapping

from api.schemas.agreements import (
    AcceptanceView,
    AgreementView,
    AssessmentCount,
    AssessmentFigures,
    ClaimShareView,
    PaidInstalmentView,
    ProposalView,
    PullView,
    RecommendationView,
    WhatIfView,
)
from api.sentences import say
from domain.agreements.ability import Proposal
from domain.agreements.assessment_rules import Advice
from domain.agreements.plan_progress import Paid, Progress, progress
from domain.agreements.recommendation import Recommendation
from domain.decisions import Outcome
from domain.explanation import Phrase
from domain.money import Money
from persistence.agreements.plan_sums import planned
from persistence.agreements.reading import AgreementFile


def view_agreement(file: AgreementFile, on: date) -> AgreementView:
    row, going = file.agreement, file.progress
    return AgreementView(
        id=row["id"],
        debtor_id=row["debtor_id"],
        state=row["state"],
        signed_on=row["signed_on"],
        ended_on=row["ended_on"],
        paid_ore=row["paid_ore"],
        left_ore=going.left.ore,
        overdue_ore=going.overdue(on).ore,
        next=_instalment(going.next),
        last_due_on=going.last_due,
        instalments=[_of_paid(one) for one in going.instalments if one.instalment.amount],
        claims=[
            ClaimShareView(
                claim_id=claim["id"],
                owed_ore=claim["owed_ore"],
                balance_ore=claim["balance_ore"],
                is_covered=claim in file.alive,
            )
            for claim in file.claims
        ],
        acceptances=[
            AcceptanceView(**{name: yes[name] for name in AcceptanceView.model_fields})
            for yes in file.yeses
        ],
        follows=row["follows"],
        followed_by=row["followed_by"],
    )


def progress_with(file: AgreementFile, more: Money) -> Progress:
    """How far the plan would have come if *more* were paid today."""
    return progress(planned(file.agreement), Money(file.agreement["paid_ore"]) + more)


def view_what_if(going: Progress) -> WhatIfView:
    return WhatIfView(
        left_ore=going.left.ore,
        next=_instalment(going.next),
        last_due_on=going.last_due,
        covered=going.covered,
    )


def _instalment(one: Paid | None) -> PaidInstalmentView | None:
    return _of_paid(one) if one else None


def _of_paid(one: Paid) -> PaidInstalmentView:
    return PaidInstalmentView(
        number=one.instalment.number,
        due_on=one.instalment.due_on,
        amount_ore=one.instalment.amount.ore,
        missing_ore=one.missing.ore,
    )


def view_proposal(proposal: Proposal, source: str, language: str) -> ProposalView:
    return ProposalView(
        kind=proposal.kind,
        monthly_ore=proposal.monthly.ore if proposal.monthly else None,
        months=proposal.months,
        has_low_income=proposal.has_low_income,
        why=[say(why, language) for why in proposal.why],
        source=source,
    )


def view_recommendation(advised: Recommendation, source: str, language: str) -> RecommendationView:
    return RecommendationView(
        advice=advised.advice,
        points=dict(advised.points),
        pulls=[
            PullView(
                fact=pull.fact,
                text=say(Phrase(f"assess-fact-{pull.fact}", dict(pull.values)), language).text,
                toward=dict(pull.toward),
            )
            for pull in advised.pulls
        ],
        next_step_cost_ore=advised.cost.ore,
        source=source,
    )


def view_assessments(rows: Sequence[RowMapping], first: date, last: date) -> AssessmentFigures:
    """The ways in the order of the words, each with what was decided instead."""
    counts = [count for advice in Advice if (count := _count(advice, rows))]
    return AssessmentFigures(
        first=first,
        last=last,
        counts=counts,
        total=sum(count.total for count in counts),
        followed=sum(count.followed for count in counts),
    )


def _count(advice: Advice, rows: Sequence[RowMapping]) -> AssessmentCount | None:
    own = {Outcome(r["outcome"]): r["claims"] for r in rows if r["recommended"] == advice}
    if not own:
        return None
    followed = own.get(advice.outcome, 0)
    return AssessmentCount(
        recommended=advice, decided=own, total=sum(own.values()), followed=followed
    )
