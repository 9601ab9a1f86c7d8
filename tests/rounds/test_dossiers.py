"""A claim leaves for the recovery authority only with its proofs, once, and as it was then."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.claim import Stage
from domain.decisions import TaskKind
from domain.letters import Letter
from domain.money import NOTHING
from domain.orders import AskPerson, Recall, Transfer
from persistence.recovery.actions import move_to_stage
from persistence.recovery.dossiers import read_handover, recovery_claims
from persistence.recovery.preflights import sweep
from tests.builders import CPR_NUMBERS, a_debtor
from tests.proofs import make_ready

TRANSFER = "transfer-0-0"
TOGETHER = (a_debtor(), a_debtor(CPR_NUMBERS[1], "Karlo Prøvesen"))

# What is taken away from a claim that is ready, and what is missing then.
TAKEN_AWAY = {
    "the notice has not arrived": (
        "update letters set state = 'dispatched', delivered_on = null where letter <> 'demand'",
        ["notified"],
    ),
    "one of two debtors was never told": (
        "update letters set state = 'cancelled' where debtor_id = 2",
        ["notified", "reminded"],
    ),
    "a reminder lies in the tray": (
        "update letters set state = 'requested' where id = (select max(id) from letters)",
        ["notified", "reminded"],
    ),
    "the last day to pay is today": (
        "update claims set last_timely_payment_date = '2026-03-02', due_date = '2026-03-01'",
        ["timely-day"],
    ),
    "a CPR number in the description": (
        "update claims set description = 'Krav 070379-0123'", ["description"],
    ),
    "the dates contradict each other": (
        "update claims set last_timely_payment_date = due_date - 1", [],
    ),
    "one debtor's share is time-barred": (
        """with struck as (
          insert into limitation_events (claim_id, debtor_id, kind, happened_on, limitation_date,
            source, first_limitation_date)
          select claim_id, debtor_id, 'correction', '2026-03-01', '2026-03-01', 'prøve',
            '2026-03-01'
          from liabilities where debtor_id = 2 returning claim_id, debtor_id
        ), moved as (
          update claims set limitation_date = '2026-03-01' where id in (select claim_id from struck)
        )
        update liabilities set limitation_date = '2026-03-01' where debtor_id = 2""", [],
    ),
}  # fmt: skip


ANSWERED = """
with anna as (
  insert into users (id, name, role) values ('anna', 'Anna', 'caseworker') returning id
), asked as (
  insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, facts)
  select 'letter-' || id, 'letter', claim_id, 'undelivered-letter', 'decided', 'collection',
    '2026-02-02', '2026-02-05', '{}' from letters
  where letter = 'second-reminder' and debtor_id = 2 returning id)
insert into decisions (task_id, outcome, reasons, decided_by, decided_at)
select asked.id, 'done', 'Ingen adresse og fritaget for Digital Post.', anna.id, now()
from asked, anna"""


async def ready(house, **facts):
    claim = await house.open(debtors=TOGETHER, due=date(2026, 1, 5), **facts)
    async with house.database.transaction() as connection:
        await make_ready(connection, claim, house.day)
    return claim


async def hand_over(house, claim, key=TRANSFER):
    return await house.acts.transfer(Transfer(claim, key, house.day))


async def change(house, statement):
    async with house.database.transaction() as connection:
        await connection.execute(text(statement))


async def seen(house, claim):
    async with house.database.transaction() as connection:
        return await recovery_claims(connection, house.policy, claim, house.day)


async def test_what_is_proved_goes_and_what_went_is_written_down(house):
    claim = await ready(house)
    before = await seen(house, claim)
    assert (await hand_over(house, claim)).is_done
    went = await seen(house, claim)
    assert went[0] == before[0]
    assert [one.part for one in went] == ["principal", "interest", "interest"]
    owed = await house.value("select balance_ore from claims")
    assert sum((one.amount for one in went), NOTHING).ore == owed
    asked = await house.rows("select kind, amount_ore from recovery_actions")
    assert asked == [("create", owed)]


@pytest.mark.parametrize("case", TAKEN_AWAY.values(), ids=TAKEN_AWAY)
async def test_no_transfer_without_every_proof(house, case):
    """The refusal changes nothing but that it is written down why."""
    statement, missing = case
    claim = await ready(house)
    await change(house, statement)
    entries = await house.value("select count(*) from ledger_entries")
    verdict = await hand_over(house, claim)
    assert (verdict.is_done, verdict.refused) == (False, "TransferNotProved")
    assert await house.value("select count(*) from ledger_entries") == entries
    for table in ("recovery_actions", "transfers", "recovery_claims"):
        assert await house.value(f"select count(*) from {table}") == 0
    [(found, rejected)] = await house.rows("select missing, rejected from preflights")
    assert found == missing
    assert missing or rejected


async def test_the_person_who_is_asked_is_told_why(house):
    claim = await ready(house)
    await change(house, "update claims set description = ''")
    await hand_over(house, claim)
    for key in ("exception-0-refusal0", "exception-1-refusal1"):
        await house.acts.ask_person(AskPerson(claim, key, house.day, kind=TaskKind.EXCEPTION))
    of_this_round, of_another = await house.rows("select facts from tasks order by id")
    assert of_this_round[0]["refused_act"] == TRANSFER
    assert [one["rule"] for one in of_this_round[0]["findings"]] == ["R_7_11"]
    assert of_another[0] == {}


async def test_what_is_mended_goes_and_nothing_stands_in_its_way_any_more(house):
    claim = await ready(house)
    await change(house, "update claims set description = ''")
    assert not (await hand_over(house, claim)).is_done
    await change(house, "update claims set description = 'Faktura 4711'")
    assert (await hand_over(house, claim)).is_done
    assert await house.value("select count(*) from preflights") == 0


async def test_what_was_handed_over_is_told_as_it_was_whatever_is_paid_since(house):
    claim = await ready(house, kroner=1000)
    await hand_over(house, claim)
    went = await seen(house, claim)
    await house.pay(claim, 300)
    assert await seen(house, claim) == went


async def test_handed_over_twice_by_a_story_told_again_is_once(house):
    claim = await ready(house)
    for _ in range(2):
        assert (await hand_over(house, claim)).is_done
    assert await house.value("select count(*) from recovery_actions") == 1
    assert await house.value("select count(*) from recovery_claims where parent is null") == 1


async def test_a_claim_that_came_back_goes_anew_under_other_references(house):
    claim = await ready(house)
    await hand_over(house, claim)
    first = await seen(house, claim)
    await house.acts.recall(Recall(claim, "recall-0-1", house.day))
    async with house.database.transaction() as connection:
        await move_to_stage(connection, claim, Stage.DIALOGUE, house.day)
    assert (await hand_over(house, claim, "transfer-1-0")).is_done
    second = await seen(house, claim)
    assert second[0].reference == f"{claim}.2"
    assert not {one.reference for one in first} & {one.reference for one in second}


async def test_the_database_forbids_a_reference_twice_and_to_change_what_went(house):
    claim = await ready(house)
    await hand_over(house, claim)
    for statement in (
        "update recovery_claims set amount_ore = 0",
        "delete from recovery_claims",
        """insert into recovery_claims (claim_id, action_id, reference, part, state, principal_ore,
          amount_ore, left_ore, facts)
        select claim_id, action_id, reference, part, state, principal_ore, amount_ore, left_ore,
          facts from recovery_claims where parent is null""",
    ):
        with pytest.raises(DBAPIError):
            await change(house, statement)


async def test_a_person_who_accepted_a_letter_as_delivered_is_the_proof(house):
    claim = await ready(house)
    await change(house, ANSWERED)
    async with house.database.transaction() as connection:
        handover = await read_handover(connection, house.policy, claim, house.day)
    notices = {
        one.debtor_id: one.proofs[-1]
        for one in handover.dossier.conditions
        if one.requirement == "notified"
    }
    assert notices[1].decision_id is None
    assert notices[2].decision_id
    assert notices[2].phrase.code == "proof-settled-by-person"


async def test_the_nightly_look_finds_what_would_be_rejected_and_writes_only_what_changed(house):
    sound = await ready(house)
    odd = await ready(house)
    young = await house.open(Letter.DEMAND, due=house.day + timedelta(days=20))
    await change(house, f"update claims set description = '' where id = '{odd}'")
    await look_at_all(house)
    found = dict(await house.rows("select claim_id, rejected from preflights"))
    assert found == {sound: 0, odd: 1, young: 0}
    marks = await house.rows("select claim_id, xmin::text from preflights order by 1")
    house.day += timedelta(days=1)
    await look_at_all(house)
    assert await house.rows("select claim_id, xmin::text from preflights order by 1") == marks


async def look_at_all(house):
    after = ""
    while after is not None:
        async with house.database.transaction() as connection:
            after = await sweep(connection, house.policy, house.day, after, limit=2)
