"""What a life costs in Temporal's history, counted in real histories."""

from dataclasses import replace
from datetime import date

import pytest

from domain.dated import Dated, Entry
from domain.letters import Letter
from domain.money import Money
from domain.policy import AgreementRule, LetterStep
from policies.loading import load_policy

SINCE = date(2020, 1, 1)
FOUR_LETTERS = (
    LetterStep(Letter.DEMAND, 30),
    LetterStep(Letter.COURTESY_NOTICE, 10),
    LetterStep(Letter.FIRST_REMINDER, 14),
    LetterStep(Letter.SECOND_REMINDER, 14),
)


@pytest.fixture
def policy():
    """With the letters of the reference life, a year's agreements, and no interest on top."""
    policy = load_policy("skanderborg")
    agreement = AgreementRule(True, Money.kroner(50), 12, 12, 5, 10)
    parking = replace(
        policy.claim_type("parking-fee"),
        steps=Dated((Entry(SINCE, FOUR_LETTERS, "test"),)),
        agreement=Dated((Entry(SINCE, agreement, "test"),)),
        interest=Dated(()),
    )
    return replace(policy, claim_types={**policy.claim_types, "parking-fee": parking})


async def _events(town, workflow_id):
    history = await town.env.client.get_workflow_handle(workflow_id).fetch_history()
    return len(history.events)


async def test_a_claim_paid_on_time_costs_at_most_25_events(town):
    claim = await town.open()
    await town.pay(claim)
    assert await _events(town, f"claim-{claim}") <= 25


async def test_the_reference_life_costs_at_most_160_events(town):
    claim = await town.open(kroner=1200)
    await town.until(claim, "dialogue-0")
    assert (await town.acts(claim))[:4] == [step.letter for step in FOUR_LETTERS]
    await town.agree(claim, "dialogue-0", months=12)
    for _ in range(12):
        missing = await town.value(
            "select min(total_ore) - paid_ore from instalments, agreements"
            " where total_ore > paid_ore group by paid_ore"
        )
        await town.sleep(27)
        await town.pay_ore(claim, missing)
    assert await town.ending(claim) == "paid"
    total = await _events(town, f"claim-{claim}") + await _events(town, "agreement-A-000001")
    assert total <= 160
