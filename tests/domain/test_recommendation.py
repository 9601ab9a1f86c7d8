"""What the house recommends, fact by fact: nothing that the law closes, and never without why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreements.assessment_rules import Advice, Fact
from domain.agreements.recommendation import Weighed, recommend
from domain.decisions import ANSWERS, TaskKind
from domain.money import NOTHING, Money
from domain.policy import Route
from letters.catalogue import codes, sentence
from policies.loading import load_policy

TODAY = date(2026, 3, 16)
RULE = load_policy("skanderborg").assessment.entries[-1].value
PLAIN = Weighed(
    on=TODAY,
    balance=Money.kroner(2000),
    due_date=TODAY - timedelta(days=120),
    limitation_date=TODAY + timedelta(days=900),
    route=Route.RECOVERY_AUTHORITY,
    is_agreement_offered=True,
)
OURS = replace(
    PLAIN, route=Route.MUNICIPALITY, is_agreement_offered=False, balance=Money.kroner(4000)
)

# A situation, and what is recommended in it by the weights of the policy (the council's choice).
CASES = {
    "nothing but a claim the state recovers": (PLAIN, "transfer"),
    "one our bailiff enforces": (OURS, "enforce"),
    "one that costs our bailiff more than half of it": (
        replace(OURS, balance=Money.kroner(2000)), "keep",
    ),
    "a small one, dearer to pursue than it is": (
        replace(PLAIN, balance=Money.kroner(150)), "keep",
    ),
    "somebody who can pay in instalments": (replace(PLAIN, can_pay=True, kept=2), "agreement"),
    "the same where none is offered": (
        replace(PLAIN, can_pay=True, is_agreement_offered=False), "transfer",
    ),
    "somebody who has broken one": (replace(PLAIN, broken=2, can_pay=None), "transfer"),
    "somebody who cannot pay at all": (replace(PLAIN, can_pay=False), "hold"),
    "a claim that is disputed": (replace(PLAIN, is_in_dispute=True), "hold"),
    "somebody who has died": (replace(PLAIN, is_unsettled=True), "hold"),
    "one near its limitation, though somebody cannot pay": (
        replace(PLAIN, limitation_date=TODAY + timedelta(days=100), can_pay=False), "transfer",
    ),
    "one that is time-barred": (
        replace(PLAIN, limitation_date=TODAY - timedelta(days=1)), "write-off",
    ),
    "one that is paid on": (
        replace(PLAIN, last_paid_on=TODAY - timedelta(days=5), balance=Money.kroner(400)), "keep",
    ),
    "somebody who owes the state already": (
        replace(PLAIN, at_authority=Money.kroner(9000)), "transfer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_situation_has_its_recommendation(case):
    known, advice = CASES[case]
    assert recommend(known, RULE).advice == advice


WEIGHED = st.builds(
    Weighed,
    on=st.just(TODAY),
    balance=st.integers(1, 10_000_000).map(Money),
    due_date=st.dates(date(2018, 1, 1), TODAY),
    limitation_date=st.dates(date(2024, 1, 1), date(2036, 1, 1)),
    route=st.sampled_from(Route),
    is_agreement_offered=st.booleans(),
    last_paid_on=st.none() | st.dates(date(2020, 1, 1), TODAY),
    kept=st.integers(0, 3),
    broken=st.integers(0, 3),
    can_pay=st.sampled_from([None, True, False]),
    others=st.sampled_from([NOTHING, Money(1)]),
    at_authority=st.sampled_from([NOTHING, Money(1)]),
    is_in_dispute=st.booleans(),
    is_unsettled=st.booleans(),
)


@given(WEIGHED)
def test_what_the_law_closes_is_never_recommended(known):
    found = recommend(known, RULE)
    is_barred = known.on > known.limitation_date
    assert (found.advice is Advice.WRITE_OFF) <= is_barred
    assert (found.advice is Advice.ENFORCE) <= (known.route is Route.MUNICIPALITY)
    assert (found.advice is Advice.TRANSFER) <= (known.route is Route.RECOVERY_AUTHORITY)
    assert (found.advice is Advice.AGREEMENT) <= known.is_agreement_offered
    assert not (is_barred and found.advice in {Advice.TRANSFER, Advice.ENFORCE})


@given(WEIGHED)
def test_the_points_are_the_sum_of_what_each_fact_pulls(known):
    found = recommend(known, RULE)
    for advice, points in found.points:
        pulled = [n for pull in found.pulls for toward, n in pull.toward if toward is advice]
        assert points == sum(pulled)
    assert found.points[0][1] == max(points for _, points in found.points)


@given(WEIGHED)
def test_each_fact_is_told_in_both_languages(known):
    for pull in recommend(known, RULE).pulls:
        for language in ("da", "en"):
            assert sentence(f"assess-fact-{pull.fact}", language, **dict(pull.values))


def test_every_fact_pulls_somewhere_and_every_way_can_be_answered():
    assert {pull.fact for pull in RULE.pulls} == set(Fact)
    assert {advice.outcome for advice in Advice} == set(ANSWERS[TaskKind.ASSESSMENT])
    assert all(f"assess-advice-{advice}" in codes("da") for advice in Advice)
