"""The notice of a distraint hearing: what it says, and that it leaves only while it is needed."""

from dataclasses import replace
from datetime import date, time, timedelta

from sqlalchemy import insert

from domain.authority import HOUSE, Actor, Role
from domain.decisions import Outcome, TaskKind
from domain.distraints.distraint import Slot
from domain.distraints.owners import NewOwner
from domain.identity import parse_national_id
from domain.letters import Letter
from domain.orders import AskPerson, WriteLetter
from persistence.agreements.terms import NewAgreement
from persistence.claims.registration import register
from persistence.distraints.owners import name_owner, owners_of
from persistence.distraints.setting import call_off, move_hearing, set_hearing
from persistence.models import User
from persistence.tasks.deciding import NewDecision, decide
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


async def test_an_owner_who_owes_nothing_is_told_no_more_than_needed(house, monday):
    """Retsplejelovens §§ 493-494: time, place and amount, and whose property; not whose debt."""
    claim_id, _, number = await demanded(house, monday)
    ea = parse_national_id(CPR_NUMBERS[2])
    owner = NewOwner(ea, "Ea Ejersen", ("Andetvej 2", "8660 Skanderborg"))
    async with house.database.transaction() as connection:
        debtor_id = await name_owner(connection, number, owner, PIA, house.day)
    await house.serve(monday + timedelta(days=21))
    [(state, body)] = await house.rows(
        "select state, body from letters where letter = 'owner-notice'"
    )
    assert state == "delivered"
    expected = await house.value("select expected_ore from distraint_hearings")
    for said in ("7. april 2026 kl. 10.30", "Sted: Prøvevej 1, 8660 Skanderborg", "Ea Ejersen",
                 f"{expected // 100:,}".replace(",", "."), "Du skal ikke selv betale"):  # fmt: skip
        assert said in body, said
    reference = await house.value("select payment_reference from claims where id = :c", c=claim_id)
    for kept in (claim_id, "Karla", "Bo Prøvesen", "Renovation", "+71<", str(reference)):
        assert kept not in body, kept
    async with house.database.transaction() as connection:
        [told] = await owners_of(connection, number)
    assert (told["debtor_id"], told["delivered_on"] is not None) == (debtor_id, True)


async def test_no_owner_is_told_once_the_claim_is_paid(house, monday):
    claim_id, _, number = await demanded(house, monday)
    owner = NewOwner(parse_national_id(CPR_NUMBERS[2]), "Ea Ejersen", ("Andetvej 2",))
    async with house.database.transaction() as connection:
        await name_owner(connection, number, owner, PIA, house.day)
    owed = await house.value("select balance_ore from claims where id = :id", id=claim_id)
    await house.pay(claim_id, (owed - 45_000) // 100)
    await house.serve(monday + timedelta(days=21))
    states = await house.rows("select letter, state from letters where key like 'hearing-%'")
    assert {state for _, state in states} == {"cancelled"}
    assert "owner-notice" in {letter for letter, _ in states}


async def test_a_hearing_moved_before_any_notice_left_costs_nothing_to_who_pays(house, monday):
    claim_id, _, number = await demanded(house, monday)
    house.day += timedelta(days=1)
    slot = Slot(house.day + timedelta(days=20), time(10, 30), "Prøvevej 1, 8660 Skanderborg")
    async with house.database.transaction() as connection:
        await move_hearing(connection, house.policy, number, slot, "Syg", PIA, house.day)
    owed = await house.value("select balance_ore from claims where id = :id", id=claim_id)
    await house.pay(claim_id, (owed - 45_000) // 100)
    await house.serve(monday + timedelta(days=23))
    assert {state for state, _, _ in await house.rows(NOTICES)} == {"cancelled"}
    assert sum(ore for kind, ore in await house.rows(FEES) if kind == "correction") == -45_000


async def test_whoever_had_the_notice_is_told_that_the_hearing_is_off(house, monday):
    _, _, number = await demanded(house, monday)
    now = monday + timedelta(days=21)
    await house.serve(now)
    async with house.database.transaction() as connection:
        await call_off(connection, house.policy, number, "Fejl", PIA, now, house.day)
    await house.serve(now + timedelta(days=1))
    off = await house.rows("select state, body from letters where letter = 'hearing-off'")
    assert [state for state, _ in off] == ["delivered", "delivered"]
    assert all("Gælden skylder du stadig" in body for _, body in off)
