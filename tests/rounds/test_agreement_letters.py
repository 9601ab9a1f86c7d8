"""An agreement's letters speak of all its claims, and only while there is something to say."""

from datetime import date, timedelta

import pytest

from activities.agreements import AgreementActivities
from domain.decisions import Outcome, TaskKind
from domain.letters import Letter
from domain.orders import AskPerson, CloseAgreement, WriteLetter
from domain.record import AgreementOutcome
from persistence.agreements.terms import NewAgreement
from persistence.tasks.deciding import NewDecision, decide
from tests.stories.town import ANNA

FIRST_DUE = date(2026, 4, 1)


@pytest.fixture
async def agreement(house, monday):
    """Two invoices of 600 and 300 kroner, to be paid in three instalments of 300."""
    await house.change(
        "insert into users (id, name, role, token_sha256) values ('anna', 'Anna', 'caseworker', '')"
    )
    claims = [await house.register(claim_type="invoice", kroner=kroner) for kroner in (600, 300)]
    await house.acts.ask_person(
        AskPerson(claims[0], "dialogue-0", house.day, kind=TaskKind.DIALOGUE)
    )
    wish = NewAgreement(tuple(claims), first_due=FIRST_DUE, months=3)
    decision = NewDecision(Outcome.AGREEMENT, "talt med skyldner", agreement=wish)
    async with house.database.transaction() as connection:
        await decide(connection, house.policy, 1, decision, ANNA, monday, house.day)
    return claims


def bodies(house):
    return [offer.body["body"] for offer in house.gateways.digital_post.sent()]


async def remind(house, number, on):
    acts = AgreementActivities(house.database, house.policy)
    agreement_id = await house.value("select id from agreements")
    order = WriteLetter(agreement_id, f"reminder-{number}", on, letter=Letter.AGREEMENT_REMINDER)
    assert (await acts.remind(order)).is_done


async def break_off(house, on):
    acts = AgreementActivities(house.database, house.policy)
    agreement_id = await house.value("select id from agreements")
    order = CloseAgreement(agreement_id, "close", on, outcome=AgreementOutcome.BROKEN)
    assert (await acts.close(order)).is_done


async def test_the_confirmation_names_every_claim_and_instalment(house, monday, agreement):
    assert (await house.empty(monday)).sent == 1
    [body] = bodies(house)
    references = await house.rows("select payment_reference from claims")
    assert all(f"+71<{reference}+" in body for (reference,) in references)
    assert "I alt: 900,00 kr." in body
    assert "- 1. april 2026: 300,00 kr.\n- 1. maj 2026: 300,00 kr." in body


async def test_a_reminder_names_what_is_missing_of_its_instalment(house, monday, agreement):
    await house.empty(monday)
    await house.pay(agreement[0], 100)
    await remind(house, 1, FIRST_DUE + timedelta(days=7))
    await house.empty(monday + timedelta(days=37))
    missing = "Vi mangler 200,00 kr. af det, du skulle betale senest den 1. april 2026."
    assert missing in bodies(house)[1]


async def test_who_catches_up_before_the_reminder_leaves_gets_none(house, monday, agreement):
    await house.empty(monday)
    await remind(house, 1, FIRST_DUE + timedelta(days=7))
    await house.pay(agreement[0], 300)
    assert (await house.empty(monday + timedelta(days=37))).cancelled == 1


async def test_that_one_claim_is_paid_does_not_silence_what_the_others_owe(
    house, monday, agreement
):
    await house.pay(agreement[0], 600)
    assert (await house.empty(monday)).sent == 1
    [body] = bodies(house)
    assert "I alt: 300,00 kr." in body
    assert agreement[0] not in body


async def test_an_agreement_that_has_ended_is_not_confirmed_any_more(house, monday, agreement):
    await break_off(house, FIRST_DUE + timedelta(days=30))
    emptied = await house.empty(monday + timedelta(days=60))
    assert (emptied.sent, emptied.cancelled) == (1, 1)


async def test_the_letter_that_an_agreement_is_broken_names_all_that_is_owed_now(
    house, monday, agreement
):
    await house.empty(monday)
    await break_off(house, FIRST_DUE + timedelta(days=30))
    await house.empty(monday + timedelta(days=60))
    assert "gælder vores aftale ikke længere" in bodies(house)[1]
    [(owed,)] = await house.rows("select sum(balance_ore) from claims")
    assert owed > 90_000  # the interest that stood still is in it
    assert f"I alt: {owed // 100},{owed % 100:02} kr." in bodies(house)[1]
    assert all(claim in bodies(house)[1] for claim in agreement)


async def test_nothing_is_written_when_all_is_paid(house, monday, agreement):
    await house.pay(agreement[0], 600)
    await house.pay(agreement[1], 300)
    assert (await house.empty(monday)).cancelled == 1
