"""The notice of a distraint hearing: what it says, and that it leaves only while it is needed."""

from dataclasses import replace
from datetime import date, time, timedelta

from sqlalchemy import insert

from domain.authority import HOUSE, Actor, Role
from domain.decisions import Outcome, TaskKind
from domain.distraint import Slot
from domain.letters import Letter
from domain.orders import AskPerson, WriteLetter
from persistence.agreeing import NewAgreement
from persistence.deciding import NewDecision, decide
from persistence.distraining import call_off, set_hearing
from persistence.models import User
from persistence.registration import register
from tests.builders import CPR_NUMBERS, a_claim, a_debtor

PIA = Actor("pia", Role.BAILIFF)
NOTICES = "select state, title, body from letters where key like 'hearing-%' order by id"
FEES = "select kind, amount_ore from ledger_entries where kind in ('fee', 'correction') order by id"


async def demanded(house, monday):
    """Two debtors have had the demand; a fortnight later the bailiff sets a hearing."""
    debtors = (a_debtor(), a_debtor(CPR_NUMBERS[1], "Bo Prøvesen"))
    claim = a_claim("household-waste", 8000, house.day - timedelta(days=60), debtors)
    claim = replace(claim, period_start=date(2023, 10, 1), period_end=date(2023, 12, 31))
    async with house.database.transaction() as connection:
        row = {"id": "pia", "name": "Pia", "role": "bailiff"}
        await connection.execute(insert(User), row)
        claim_id = (await register(connection, house.policy, claim, house.day, HOUSE.id)).claim_id
    key, letter = "distraint-notice-0", Letter.DISTRAINT_NOTICE
    await house.acts.write_letter(WriteLetter(claim_id, key, house.day, letter=letter))
    await house.serve(monday)
    house.day += timedelta(days=21)
    asked = AskPerson(claim_id, "distraint-0", house.day, kind=TaskKind.DISTRAINT)
    await house.acts.ask_person(asked)
    task = await house.value("select id from tasks where key = 'distraint-0'")
    slot = Slot(house.day + timedelta(days=15), time(10, 30), "Prøvevej 1, 8660 Skanderborg")
    async with house.database.transaction() as connection:
        number = await set_hearing(connection, house.policy, task, slot, PIA, house.day)
    return claim_id, task, number


async def test_it_tells_each_debtor_when_where_how_much_and_what_it_costs(house, monday):
    await demanded(house, monday)
    await house.serve(monday + timedelta(days=21))
    notices = await house.rows(NOTICES)
    assert [state for state, _, _ in notices] == ["delivered", "delivered"]
    expected = await house.value("select expected_ore from distraint_hearings")
    for _, title, body in notices:
        assert title == "Du indkaldes til udlægsforretning"
        assert "7. april 2026 kl. 10.30" in body
        assert "Sted: Prøvevej 1, 8660 Skanderborg" in body
        assert f"{expected // 100:,}".replace(",", ".") in body
        assert "450,00 kr. i gebyr (gebyrlovens § 2 a)" in body
        assert "retsafgift på 730,00 kr." in body
    assert [body.split("Kære ")[1].split()[0] for _, _, body in notices] == ["Karla", "Bo"]


async def test_who_pays_before_it_leaves_gets_none_and_pays_no_fee_for_it(house, monday):
    claim_id, _, _ = await demanded(house, monday)
    owed = await house.value("select balance_ore from claims where id = :id", id=claim_id)
    await house.pay(claim_id, (owed - 45_000) // 100)
    await house.serve(monday + timedelta(days=21))
    assert {state for state, _, _ in await house.rows(NOTICES)} == {"cancelled"}
    fees = await house.rows(FEES)
    assert ("fee", 45_000) in fees
    assert sum(ore for kind, ore in fees if kind == "correction") == -45_000


async def test_it_does_not_leave_when_the_task_was_answered_otherwise(house, monday):
    _, _, number = await demanded(house, monday)
    now = monday + timedelta(days=21)
    async with house.database.transaction() as connection:
        await call_off(connection, house.policy, number, "Fejl", PIA, now, house.day)
    await house.serve(now)
    assert {state for state, _, _ in await house.rows(NOTICES)} == {"cancelled"}
    assert await house.rows(FEES) == [("fee", 45_000), ("correction", -45_000)]


async def test_an_agreement_meanwhile_keeps_it_from_leaving(house, monday):
    claim_id, task, _ = await demanded(house, monday)
    now = monday + timedelta(days=21)
    wish = NewAgreement((claim_id,), house.day + timedelta(days=20), months=4)
    decision = NewDecision(Outcome.AGREEMENT, "Ringede", agreement=wish)
    async with house.database.transaction() as connection:
        await decide(connection, house.policy, task, decision, PIA, now, house.day)
    await house.serve(now)
    assert {state for state, _, _ in await house.rows(NOTICES)} == {"cancelled"}
    assert await house.rows(FEES) == [("fee", 45_000), ("correction", -45_000)]
