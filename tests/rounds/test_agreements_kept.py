"""An agreement on real tables: its plan sums to what is owed, whatever comes of its claims."""

import asyncio
from datetime import date, timedelta

import pytest

from activities.agreements import AgreementActivities
from domain.agreements.ability import Income
from domain.agreements.acceptance import Acceptance, AcceptedBy, Acknowledged
from domain.calendar import add_months, working_days_after
from domain.claim import Ending, HoldReason
from domain.decisions import Outcome, TaskKind
from domain.errors import Conflict, Invalid
from domain.letters import Letter
from domain.money import Money
from domain.orders import AskPerson, Close, CloseAgreement, WriteLetter
from domain.record import AgreementOutcome
from persistence.agreements.ending import end_agreement
from persistence.agreements.keeping import Reinstatement, reinstate
from persistence.agreements.nudging import due_nudges
from persistence.agreements.terms import NewAgreement
from persistence.claims.facts import read_facts
from persistence.claims.holding import place_hold
from persistence.money.accounts import interest_lines
from persistence.money.undoing import charge_back
from persistence.tasks.deciding import NewDecision, decide
from tests.stories.town import ANNA

FIRST_DUE = date(2026, 4, 1)
MISSED = FIRST_DUE + timedelta(days=7)


@pytest.fixture
async def kept(house, monday):
    """Two invoices of 600 and 300 kroner, to be paid in three instalments of 300."""
    return await agree(house, monday, 600, 300)


async def agree(house, monday, *amounts, claim_type="invoice", debtors=(), **wish):
    await house.change(
        "insert into users (id, name, role, token_sha256) values ('anna', 'Anna', 'caseworker', '')"
    )
    facts = {"claim_type": claim_type, "debtors": debtors}
    claims = [await house.register(kroner=kroner, **facts) for kroner in amounts]
    await agree_on(house, monday, claims, **wish)
    return claims


async def agree_on(house, monday, claims, **wish):
    await house.acts.ask_person(
        AskPerson(claims[0], "dialogue-0", house.day, kind=TaskKind.DIALOGUE)
    )
    terms = NewAgreement(tuple(claims), **{"first_due": FIRST_DUE, "months": 3} | wish)
    decision = NewDecision(Outcome.AGREEMENT, "talt med skyldner", agreement=terms)
    async with house.database.transaction() as connection:
        await decide(connection, house.policy, 1, decision, ANNA, monday, house.day)


async def remind(house, on=MISSED, number=1, agreement="A-000001"):
    acts = AgreementActivities(house.database, house.policy)
    order = WriteLetter(agreement, f"reminder-{number}", on, letter=Letter.AGREEMENT_REMINDER)
    return await acts.remind(order)


async def close(house, outcome, on=MISSED):
    assert (await try_to_close(house, outcome, on)).is_done


async def try_to_close(house, outcome, on=MISSED, agreement="A-000001"):
    acts = AgreementActivities(house.database, house.policy)
    return await acts.close(CloseAgreement(agreement, "close", on, outcome=outcome))


async def plan(house):
    return [
        ore for (ore,) in await house.rows("select amount_ore from instalments order by number")
    ]


async def sums_up(house):
    """What is left of the plan is what its claims owe, and the totals are those of the parts."""
    left, owed, parts = (
        await house.rows("""
        select (select max(total_ore) from instalments) - g.paid_ore,
          (select sum(balance_ore) from claims where agreement_id = g.id and ending is null),
          (select sum(amount_ore) from instalments) - (select max(total_ore) from instalments)
        from agreements g""")
    )[0]
    return left == owed and parts == 0


async def test_each_claim_has_its_share_of_the_plan(house, kept):
    shares = await house.rows("select claim_id, owed_ore from agreement_claims order by claim_id")
    assert shares == [(kept[0], 60_000), (kept[1], 30_000)]
    assert await sums_up(house)


async def test_a_reminder_has_one_fee_which_goes_with_the_last_instalment(house, kept):
    assert (await remind(house)).is_done
    fees = "select claim_id, amount_ore, rule from ledger_entries where kind = 'fee'"
    [(claim, ore, rule)] = await house.rows(fees)
    assert (claim, ore) == (kept[0], 10_000)
    assert rule.startswith("agreement-reminder fee")
    assert await plan(house) == [30_000, 30_000, 40_000]
    assert await sums_up(house)


async def test_the_same_reminder_twice_is_charged_once(house, kept):
    await remind(house)
    assert (await remind(house)).is_done
    assert await house.value("select count(*) from ledger_entries where kind = 'fee'") == 1


async def test_who_catches_up_before_the_reminder_leaves_pays_no_fee(house, monday, kept):
    await house.empty(monday)
    await remind(house)
    await house.pay(kept[0], 300)
    assert (await house.empty(monday + timedelta(days=37))).cancelled == 1
    assert await house.value("select balance_ore from claims where id = :id", id=kept[0]) == 30_000
    assert await plan(house) == [30_000, 30_000, 30_000]
    assert await sums_up(house)


async def test_the_reminder_says_that_the_fee_goes_with_the_last_instalment(house, monday, kept):
    await house.empty(monday)
    await remind(house)
    await house.empty(monday + timedelta(days=37))
    body = house.gateways.digital_post.sent()[1].body["body"]
    assert "koster 100,00 kr. i gebyr (rentelovens § 9 b)" in body
    assert "sammen med det sidste afdrag" in body
    assert "Vi mangler 300,00 kr." in body


async def test_nobody_is_reminded_while_one_of_the_claims_is_on_hold(house, monday, kept):
    async with house.database.transaction() as connection:
        hold = await place_hold(
            connection, kept[1], HoldReason.OBJECTION, "", house.day, None, ANNA
        )
    verdict = await remind(house)
    assert not verdict.is_done
    assert list(verdict.holds) == [hold]
    assert await house.value("select count(*) from letters where key = 'reminder-1'") == 0
    assert await house.value("select count(*) from ledger_entries where kind = 'fee'") == 0


async def test_a_hold_that_is_over_keeps_no_reminder_back(house, kept):
    async with house.database.transaction() as connection:
        until = house.day + timedelta(days=3)
        await place_hold(connection, kept[1], HoldReason.DEFERRAL, "", house.day, until, ANNA)
    assert (await remind(house)).is_done


async def test_a_partial_payment_leaves_the_rest_of_the_instalment_to_be_paid(house, kept):
    await house.pay(kept[0], 100)
    assert await sums_up(house)
    assert "instalments_covered" not in await house.told()


async def test_an_early_payment_covers_the_next_instalment_before_it_is_due(house, kept):
    await house.pay(kept[0], 300)
    await house.pay(kept[0], 300)
    covered = "select payload ->> 'covered' from outbox where name = 'instalments_covered'"
    assert await house.rows(covered) == [("1",), ("2",)]
    assert await sums_up(house)


async def test_more_than_one_claim_owes_goes_to_the_next_claim_of_the_agreement(house, kept):
    await house.pay(kept[0], 750)
    balances = await house.rows("select balance_ore from claims order by id")
    assert balances == [(0,), (15_000,)]
    assert await sums_up(house)


async def test_money_that_bounces_is_owed_again_and_the_plan_with_it(house, kept):
    await house.pay(kept[0], 300)
    payment = await house.value("select id from payments")
    async with house.database.transaction() as connection:
        await charge_back(
            connection, house.policy, payment, Money.kroner(300), "bounce", house.day, "anna"
        )
    assert await plan(house) == [30_000, 30_000, 30_000]
    assert await sums_up(house)


async def test_a_claim_that_goes_takes_its_part_of_the_plan_along(house, kept):
    await house.change("update claims set is_withdrawn = true where id = :id", id=kept[1])
    ending = Close(kept[1], "close", house.day, ending=Ending.WITHDRAWN)
    await house.acts.close(ending)
    assert await plan(house) == [30_000, 30_000, 0]
    assert await sums_up(house)


async def test_money_and_a_fee_that_meet_leave_the_plan_right(house, kept):
    for _ in range(5):
        await asyncio.gather(house.pay(kept[0], 20), house.pay(kept[1], 10), remind(house))
    assert await house.value("select paid_ore from agreements") == 15_000
    assert await sums_up(house)


async def interest(house, claim, on):
    async with house.database.trial() as connection:
        return interest_lines(await read_facts(connection, claim, on), house.policy, on)


async def test_while_it_is_kept_there_is_no_interest(house, kept):
    later = house.day + timedelta(days=200)
    assert await interest(house, kept[0], later) == []


async def test_a_broken_one_bears_interest_as_if_it_had_never_been(house, kept):
    later = house.day + timedelta(days=60)
    await close(house, AgreementOutcome.BROKEN, later)
    booked = "select min(period_start), sum(amount_ore) from ledger_entries where kind = 'interest'"
    [(first, ore)] = await house.rows(booked)
    assert first <= house.day + timedelta(days=31)
    assert ore > 0
    assert await interest(house, kept[0], later) == []


async def test_payment_is_in_time_until_the_last_instalment_and_after_a_breach_until_the_missed(
    house, kept
):
    """GST 01: the last timely payment date is moved by an agreement, not by reminders."""
    found = "select distinct timely_until from claims"
    assert await house.rows(found) == [(date(2026, 6, 1),)]
    await house.pay(kept[0], 300)
    await close(house, AgreementOutcome.BROKEN, date(2026, 5, 12))
    assert await house.rows(found) == [(date(2026, 5, 1),)]


async def limitation(house, claim):
    return await house.value("select limitation_date from claims where id = :id", id=claim)


async def test_agreeing_begins_the_limitation_anew(house, kept):
    """Forældelseslovens §§ 15 og 19: three years from the day the debt was acknowledged."""
    for claim in kept:
        assert await limitation(house, claim) >= add_months(house.day, 36)
    kinds = "select distinct kind, source from limitation_events"
    assert await house.rows(kinds) == [("acknowledgement", "A-000001")]


async def test_a_signed_acknowledgement_of_the_amount_gives_ten_years(house, monday):
    """Forældelseslovens § 5, stk. 1, nr. 3."""
    yes = Acceptance(AcceptedBy.SIGNED, Acknowledged.EXISTENCE_AND_AMOUNT, house.day)
    [claim] = await agree(house, monday, 900, acceptance=yes)
    assert await limitation(house, claim) >= add_months(house.day, 120)
    kept = "select accepted_by, acknowledged, given_on, recorded_by from acknowledgements"
    assert await house.rows(kept) == [("signed", "existence-and-amount", house.day, "anna")]


async def test_nothing_is_agreed_on_an_amount_acknowledged_by_phone(house, monday):
    yes = Acceptance(AcceptedBy.PHONE, Acknowledged.EXISTENCE_AND_AMOUNT, house.day)
    with pytest.raises(Invalid):
        await agree(house, monday, 900, acceptance=yes)
    for table in ("agreements", "instalments", "acknowledgements", "limitation_events"):
        assert await house.value(f"select count(*) from {table}") == 0
    assert await house.value("select state from tasks") == "open"


async def broken(house):
    """Broken off, and the claims back in talks."""
    await close(house, AgreementOutcome.BROKEN, date(2026, 5, 27))
    for claim in [row[0] for row in await house.rows("select id from claims order by id")]:
        order = AskPerson(claim, "dialogue-1", date(2026, 5, 27), kind=TaskKind.DIALOGUE)
        await house.acts.ask_person(order)


async def take_up(house, monday, on=date(2026, 5, 28), agreement="A-000001", **wish):
    wish = {"first_due": date(2026, 6, 15), "reasons": "Ringede selv, havde været syg."} | wish
    async with house.database.transaction() as connection:
        return await reinstate(
            connection, house.policy, agreement, Reinstatement(**wish), ANNA, monday, on
        )


async def test_a_broken_one_is_taken_up_again_with_a_new_plan_for_what_is_left(house, monday, kept):
    await house.pay(kept[0], 300)
    await broken(house)
    decided = await take_up(house, monday, monthly=Money.kroner(300))
    assert decided.agreement_id == "A-000002"
    assert await house.value("select follows from agreements where id = 'A-000002'") == "A-000001"
    owed = await house.value("select sum(balance_ore) from claims")
    new = "select sum(amount_ore) from instalments where agreement_id = 'A-000002'"
    assert await house.value(new) == owed > 60_000  # with the interest that had rested
    covered = "select count(*) from agreement_claims where agreement_id = 'A-000002'"
    assert await house.value(covered) == 2


async def test_two_people_take_it_up_and_one_of_them_is_told_that_it_is_done(house, monday, kept):
    await broken(house)
    await take_up(house, monday, months=3)
    with pytest.raises(Conflict):
        await take_up(house, monday, months=2)
    assert await house.value("select count(*) from agreements") == 2


async def test_one_that_runs_is_not_taken_up(house, monday, kept):
    with pytest.raises(Conflict):
        await take_up(house, monday, months=3)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({}, "agreement-months-or-amount"),
        ({"months": 0}, "agreement-months-not-positive"),
        ({"months": 99}, "agreement-too-many-months"),
        ({"monthly": Money.kroner(10)}, "agreement-too-many-months"),
    ],
)
async def test_a_new_plan_must_keep_to_the_rules_too(house, monday, kept, wish, code):
    await broken(house)
    with pytest.raises(Invalid) as refused:
        await take_up(house, monday, **wish)
    assert refused.value.faults[0].code == code
    assert await house.value("select count(*) from agreements") == 1


async def end(house, connection, reasons, on=None):
    day = on or house.day
    return await end_agreement(connection, house.policy, "A-000001", reasons, ANNA, day)


async def test_one_is_ended_by_a_person_with_a_reason_and_once(house, kept):
    async with house.database.transaction() as connection:
        await end(house, connection, "Vil hellere betale det hele.")
    assert "dissolved" in await house.told()
    assert await house.value("select ended_by from agreements") == "anna"
    with pytest.raises(Conflict):
        async with house.database.transaction() as connection:
            await end(house, connection, "Igen.")


async def test_cash_benefit_is_repaid_by_the_income_table_alone(house, monday):
    with pytest.raises(Invalid) as refused:
        await agree(house, monday, 5000, claim_type="cash-benefit-repayment")
    assert refused.value.faults[0].code == "agreement-needs-income"
    income = Income(Money.kroner(120_000))
    terms = NewAgreement((await house.value("select id from claims"),), FIRST_DUE, income=income)
    decision = NewDecision(Outcome.AGREEMENT, "efter tabellen", agreement=terms)
    async with house.database.transaction() as connection:
        await decide(connection, house.policy, 1, decision, ANNA, monday, house.day)
    assert await plan(house) == [*[40_000] * 12, 20_000]


async def test_what_is_paid_by_the_table_stands_apart(house, monday):
    await house.change(
        "insert into users (id, name, role, token_sha256) values ('anna', 'Anna', 'caseworker', '')"
    )
    free = await house.register(claim_type="invoice", kroner=500)
    fixed = await house.register(claim_type="cash-benefit-repayment", kroner=500)
    await house.acts.ask_person(AskPerson(free, "dialogue-0", house.day, kind=TaskKind.DIALOGUE))
    terms = NewAgreement((free, fixed), FIRST_DUE, months=2)
    decision = NewDecision(Outcome.AGREEMENT, "begge", agreement=terms)
    with pytest.raises(Invalid) as refused:
        async with house.database.transaction() as connection:
            await decide(connection, house.policy, 1, decision, ANNA, monday, house.day)
    assert refused.value.faults[0].code == "agreement-table-apart"


async def nudges(house, on):
    async with house.database.transaction() as connection:
        return [one.number for one in await due_nudges(connection, on, 3)]


async def before(house, number):
    """Three working days before the instalment."""
    due_on = await house.value("select due_on from instalments where number = :n", n=number)
    days = (due_on - timedelta(days=n) for n in range(3, 10))
    return next(day for day in days if working_days_after(day, 3) == due_on)


async def test_who_keeps_it_is_told_of_the_next_instalment_in_time(house, monday, kept):
    await house.empty(monday)
    await house.pay(kept[0], 300)
    assert await nudges(house, await before(house, 2)) == [2]


async def test_who_is_behind_is_not_thanked_for_keeping_it(house, monday, kept):
    await house.empty(monday)
    assert await nudges(house, await before(house, 2)) == []


async def test_nobody_is_told_of_an_instalment_of_nothing(house, monday, kept):
    await house.empty(monday)
    await house.change("update claims set is_withdrawn = true where id = :id", id=kept[1])
    await house.acts.close(Close(kept[1], "close", house.day, ending=Ending.WITHDRAWN))
    await house.pay(kept[0], 590)
    assert await plan(house) == [30_000, 30_000, 0]
    assert await nudges(house, await before(house, 3)) == []


async def test_nobody_is_told_of_the_next_one_when_the_end_has_been_asked_for(house, monday, kept):
    await house.empty(monday)
    await house.pay(kept[0], 300)
    async with house.database.transaction() as connection:
        await end(house, connection, "Du har selv bedt om det.")
    await house.change("update letters set state = 'cancelled' where key = 'ended'")
    assert await nudges(house, await before(house, 2)) == []
