"""What would become of a claim if it were paid, agreed upon or disputed today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from domain.agreements.agreement import plan
from domain.calendar import add_months, working_day_from
from domain.claim import HoldReason, Stage
from domain.errors import Invalid
from domain.explanation import Explanation, explain
from domain.money import NOTHING, Money
from domain.policy import AgreementRule
from domain.situation import AgreementFact, HoldFact, Situation


def what_ifs(situation: Situation, rule: AgreementRule | None) -> Iterator[tuple[str, Explanation]]:
    """Pairs of what may happen and how the claim would then be explained.

    None once it is over, or lies with the recovery authority: there it is paid and disputed.
    *rule*: what the council offers those who cannot pay at once.
    """
    is_over = bool(situation.ending) or situation.is_withdrawn or situation.stage is Stage.ENDED
    if is_over or situation.stage.is_with_the_collector:
        return
    free = replace(situation, task=None, holds=())
    if situation.balance > situation.tolerance:
        yield "paid", explain(replace(free, balance=NOTHING, agreement=None))
        if offer := _offer(situation, rule):
            yield "agreement", explain(replace(free, agreement=offer, stage=Stage.AGREEMENT))
    disputed = HoldFact(HoldReason.OBJECTION, situation.on, None)
    yield "objection", explain(replace(situation, holds=(*situation.holds, disputed)))


def _offer(situation: Situation, rule: AgreementRule | None) -> AgreementFact | None:
    """The longest agreement the council offers, its first instalment a month from now."""
    if not rule or situation.agreement:
        return None
    first = working_day_from(_first_of_month_after(situation.on))
    for months, monthly in ((rule.max_months, None), (None, _least(situation, rule))):
        try:
            instalments = plan(situation.balance, first, months, monthly, rule)
        except Invalid:
            continue
        one = instalments[0]
        return AgreementFact("", one.number, one.due_on, one.amount, len(instalments))
    return None


def _least(situation: Situation, rule: AgreementRule) -> Money | None:
    """The smallest instalment there may be, and never more than is owed."""
    return min(rule.minimum_instalment, situation.balance) or None


def _first_of_month_after(on: date) -> date:
    return add_months(on.replace(day=1), 1)
