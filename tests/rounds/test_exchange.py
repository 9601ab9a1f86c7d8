"""Claims go to the recovery authority once, and what it tells is heeded and booked once."""

import asyncio
from datetime import date, timedelta
from importlib import import_module

import pytest

from domain.errors import GatewayRejected, GatewayUnavailable
from domain.money import NOTHING, Money
from domain.recovery.actions import ActionKind, ActionReason
from domain.recovery.claim import Part
from gateways.ports import NoticeKind, RecoveryNotice
from gateways.recovery_authority.sandbox import RecoveryBehaviour
from persistence.claims.withdrawing import withdraw
from tests.builders import CPR_NUMBERS, a_debtor
from tests.stories.town import ANNA

RECOVERING = RecoveryBehaviour(share_returned=0, share_written_off=0)


class ScriptedAuthority:
    """Takes everything, and tells what the test wrote down."""

    def __init__(self):
        self.script, self.taken = [], []

    def will_tell(self, claim, kind, action=None, ore=0):
        number = len(self.script) + 1
        action_id = f"action-{action}" if action else None
        on = date(2026, 3, 3)
        self.script.append(RecoveryNotice(number, action_id, claim, kind, on, None, "besked", ore))

    async def submit(self, delivery, now):
        self.taken.append(delivery)

    async def notices(self, after, now):
        return [notice for notice in self.script if notice.number > after]


class StrictAuthority(ScriptedAuthority):
    async def submit(self, delivery, now):
        raise GatewayRejected("recovery-authority", "151", "fordringstype ikke i aftalen")


class FalteringAuthority(ScriptedAuthority):
    """Takes one action, and then answers no more."""

    async def submit(self, delivery, now):
        if self.taken:
            raise GatewayUnavailable("recovery-authority")
        self.taken.append(delivery)


class DyingAuthority(ScriptedAuthority):
    """Takes one action, and then the worker is dead before it can write that down."""

    def __init__(self, real):
        super().__init__()
        self.real = real

    async def submit(self, delivery, now):
        await self.real.submit(delivery, now)
        raise asyncio.CancelledError


async def exchange(house, now, authority=None):
    acts = house.exchanging(authority or house.gateways.recovery_authority)
    while await acts.read_notices(now):
        pass
    while await acts.submit_actions(now):
        pass


async def actions(house):
    return await house.rows("select kind, state from recovery_actions order by id")


async def news(house):
    found = (
        "select payload ->> 'number', payload ->> 'kind' from outbox where name = 'news_arrived'"
    )
    return [f"{number} {kind}" for number, kind in await house.rows(found + " order by id")]


async def stage(house):
    return await house.value("select stage from claims")


async def forget_claims_there(house):
    """As before the upgrade, when none was written down."""
    for statement in (
        "alter table recovery_claims disable trigger refuse_change",
        "delete from recovery_claims",
        "alter table recovery_claims enable trigger refuse_change",
    ):
        await house.change(statement)


async def test_a_transferred_claim_is_sent_once_and_the_story_hears_that_it_is_received(
    house, monday
):
    await house.transfer()
    await exchange(house, monday)
    await exchange(house, monday)
    [offer] = house.gateways.recovery_authority.sent()
    assert (offer.id, offer.times) == ("action-1", 1)
    await exchange(house, monday + timedelta(days=2))
    await exchange(house, monday + timedelta(days=2))
    assert await news(house) == ["1 executed"]
    assert await stage(house) == "recovery"
    assert await house.rows("select state, submitted_on from recovery_actions") == [
        ("executed", house.day)
    ]


async def test_the_authority_gets_the_master_data_it_asks_for(house, monday):
    together = (a_debtor(), a_debtor(CPR_NUMBERS[1], "Karlo Prøvesen"))
    await house.transfer(kroner=1000, debtors=together, due=date(2026, 1, 5))
    await exchange(house, monday)
    [delivery] = house.gateways.recovery_authority.deliveries()
    [action] = delivery.actions
    main, interest = action.claim, action.related[0]
    assert (delivery.delivery_id, action.kind) == ("action-1", ActionKind.CREATE)
    assert (main.principal, main.amount) == (Money.kroner(1000), Money.kroner(1000))
    assert (main.description, main.due_on) == ("Prøvekrav", date(2026, 1, 5))
    assert main.last_timely_on == date(2026, 1, 5)
    assert [one.limitation_date for one in main.liabilities] == [date(2029, 1, 5)] * 2
    assert list(action.national_ids.values()) == list(CPR_NUMBERS[:2])
    assert main.type_code
    assert (interest.parent, interest.part) == (main.reference, Part.INTEREST)
    assert interest.amount > NOTHING


async def test_an_outage_leaves_the_action_waiting(house, monday):
    await house.transfer()
    house.gateways.recovery_authority.behave(RecoveryBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await house.exchange.submit_actions(monday)
    assert await actions(house) == [("create", "requested")]


async def test_what_was_taken_before_an_outage_is_taken(house, monday):
    await house.transfer()
    await house.transfer()
    with pytest.raises(GatewayUnavailable):
        await exchange(house, monday, FalteringAuthority())
    assert await actions(house) == [("create", "submitted"), ("create", "requested")]


async def test_a_worker_killed_before_it_can_write_it_down_sends_the_same_again(house, monday):
    await house.transfer()
    with pytest.raises(asyncio.CancelledError):
        await exchange(house, monday, DyingAuthority(house.gateways.recovery_authority))
    assert await actions(house) == [("create", "requested")]
    await exchange(house, monday)
    [offer] = house.gateways.recovery_authority.sent()
    assert offer.times == 2


async def test_an_answer_that_comes_before_we_wrote_down_the_sending_counts(house, monday):
    await house.transfer()
    with pytest.raises(asyncio.CancelledError):
        await exchange(house, monday, DyingAuthority(house.gateways.recovery_authority))
    await exchange(house, monday + timedelta(days=2))
    assert await actions(house) == [("create", "executed")]
    assert len(house.gateways.recovery_authority.sent()) == 1


async def test_what_the_authority_recovers_is_booked_once_until_nothing_is_owed(house, monday):
    await house.transfer(kroner=1000)
    house.gateways.recovery_authority.behave(RECOVERING)
    for day in range(60):
        await exchange(house, monday + timedelta(days=day))
    assert await house.value("select balance_ore from claims") == 0
    assert await news(house) == ["1 executed", "2 settled"]
    entries = "select actor, facts ? 'notice' from ledger_entries where kind = 'payment'"
    assert set(await house.rows(entries)) == {("recovery-authority", True)}
    uncovered = """select (select -sum(amount_ore) from ledger_entries where kind = 'payment')
        - (select sum(amount_ore) from ledger_coverage)"""
    assert await house.value(uncovered) == 0


async def test_two_who_read_the_notices_at_once_book_them_once(house, monday):
    claim = await house.transfer(kroner=1000)
    authority = ScriptedAuthority()
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    for _ in range(5):
        authority.will_tell(claim, NoticeKind.PAID, ore=10000)
    owed = await house.value("select balance_ore from claims")
    acts = house.exchanging(authority)
    await asyncio.gather(*(acts.read_notices(monday) for _ in range(3)))
    assert await house.value("select balance_ore from claims") == owed - 50000
    assert await news(house) == ["1 executed"]


async def test_more_than_is_owed_is_not_lost(house, monday):
    claim = await house.transfer(kroner=1000)
    authority = ScriptedAuthority()
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    owed = await house.value("select balance_ore from claims")
    authority.will_tell(claim, NoticeKind.PAID, ore=owed + 500)
    await exchange(house, monday, authority)
    assert await house.value("select balance_ore from claims") == 0
    assert await house.rows("select kind, facts ->> 'unused_ore' from tasks") == [
        ("unplaced-payment", "500")
    ]


async def test_a_notice_about_a_claim_nobody_knows_stops_nothing(house, monday):
    claim = await house.transfer()
    authority = ScriptedAuthority()
    authority.will_tell("2026-999999", NoticeKind.PAID, ore=700)
    authority.will_tell("2026-999999", NoticeKind.RETURNED)
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    await exchange(house, monday, authority)
    assert await news(house) == ["1 executed"]
    found = "select kind, claim_id, facts ->> 'unused_ore' from tasks order by id"
    assert await house.rows(found) == [
        ("unplaced-payment", None, "700"),
        ("unclear-notice", None, None),
    ]
    kept = "select kind, reference from recovery_notices where claim_id is null order by number"
    assert await house.rows(kept) == [("paid", "2026-999999"), ("returned", "2026-999999")]


async def test_a_rejected_claim_tells_the_story_why(house, monday):
    await house.transfer()
    house.gateways.recovery_authority.behave(RecoveryBehaviour(share_rejected=1))
    await exchange(house, monday)
    await exchange(house, monday + timedelta(days=2))
    assert await house.rows("select kind, code from recovery_notices") == [("rejected", "R_7_1")]
    assert await news(house) == ["1 rejected"]
    assert await stage(house) == "assessment", "what was not received is ours"


async def test_a_no_on_the_spot_is_news_like_any_other_and_stops_no_other_claim(house, monday):
    await house.transfer()
    await house.transfer()
    await exchange(house, monday, StrictAuthority())
    assert await actions(house) == [("create", "rejected")] * 2
    assert await news(house) == ["1 rejected", "1 rejected"]
    assert await house.rows("select number, code from recovery_notices order by number desc") == [
        (-1, "151"),
        (-2, "151"),
    ]


async def test_a_hearing_is_news_and_nothing_else_is_sent_meanwhile(house, monday):
    claim = await house.transfer(kroner=1000)
    house.gateways.recovery_authority.behave(RecoveryBehaviour(share_in_hearing=1))
    await exchange(house, monday)
    await exchange(house, monday + timedelta(days=2))
    await house.pay(claim, 100)
    await exchange(house, monday + timedelta(days=3))
    assert await news(house) == ["1 in-hearing"]
    assert await actions(house) == [("create", "in-hearing"), ("write-down", "requested")]
    await exchange(house, monday + timedelta(days=12))
    assert await news(house) == ["1 in-hearing", "2 executed"]
    assert await actions(house) == [("create", "executed"), ("write-down", "submitted")]


async def test_a_payment_after_the_transfer_is_reported_with_its_day(house, monday):
    claim = await house.transfer(kroner=1000)
    house.gateways.recovery_authority.behave(RECOVERING)
    await exchange(house, monday)
    await house.pay(claim, 400)
    await exchange(house, monday)
    assert len(house.gateways.recovery_authority.sent()) == 1
    await exchange(house, monday + timedelta(days=2))
    await exchange(house, monday + timedelta(days=4))
    assert await actions(house) == [("create", "executed"), ("write-down", "executed")]
    [action] = house.gateways.recovery_authority.deliveries()[1].actions
    assert (action.reason, action.effective_on) == (ActionReason.INDB, date(2026, 3, 2))
    assert action.amount_ore == 40000
    assert await news(house) == ["1 executed"]


async def test_what_was_paid_while_a_rejection_is_on_its_way_is_not_reported(house, monday):
    """The next transfer carries the balance; the payment would count twice."""
    claim = await house.transfer(kroner=1000)
    await house.pay(claim, 400)
    authority = ScriptedAuthority()
    authority.will_tell(claim, NoticeKind.REJECTED, action=1)
    await exchange(house, monday, authority)
    await exchange(house, monday, authority)
    assert await actions(house) == [("create", "rejected"), ("write-down", "dropped")]
    assert len(authority.taken) == 0


async def test_a_withdrawn_claim_is_recalled_and_is_ours_again(house, monday):
    claim = await house.transfer()
    house.gateways.recovery_authority.behave(RECOVERING)
    await exchange(house, monday)
    async with house.database.transaction() as connection:
        await withdraw(connection, claim, "fejl", house.day, ANNA)
    for day in range(2, 8, 2):
        await exchange(house, monday + timedelta(days=day))
    assert await actions(house) == [("create", "executed"), ("recall", "executed")]
    assert await news(house) == ["1 executed", "2 recalled"]
    assert await stage(house) == "dialogue"
    [action] = house.gateways.recovery_authority.deliveries()[1].actions
    assert action.reason is ActionReason.FEJL


async def test_a_returned_claim_is_ours_again_and_hears_no_more(house, monday):
    claim = await house.transfer(kroner=1000)
    authority = ScriptedAuthority()
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    authority.will_tell(claim, NoticeKind.RETURNED)
    authority.will_tell(claim, NoticeKind.SETTLED, ore=300)
    owed = await house.value("select balance_ore from claims")
    await exchange(house, monday, authority)
    assert await news(house) == ["1 executed", "2 returned"]
    assert await stage(house) == "dialogue"
    assert await house.value("select balance_ore from claims") == owed
    assert await house.rows("select facts ->> 'unused_ore' from tasks") == [("300",)]


async def test_a_rejected_report_is_a_question_and_is_sent_again_when_a_person_says_so(
    house, monday
):
    claim = await house.transfer(kroner=1000)
    authority = ScriptedAuthority()
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    await exchange(house, monday, authority)
    await house.pay(claim, 400)
    await exchange(house, monday, authority)
    authority.will_tell(claim, NoticeKind.REJECTED, action=2)
    await exchange(house, monday, authority)
    assert await news(house) == ["1 executed"]
    assert await house.rows("select kind, key from tasks") == [("exception", "exception-action-2")]
    await answer(house, "retry")
    await exchange(house, monday, authority)
    await exchange(house, monday, authority)
    assert [delivery.delivery_id for delivery in authority.taken] == ["action-2", "action-3"]
    assert authority.taken[1].actions == authority.taken[0].actions


async def test_an_action_nobody_answers_becomes_a_question_once(house, monday):
    await house.transfer()
    authority = ScriptedAuthority()
    for day in range(0, 20, 2):
        await exchange(house, monday + timedelta(days=day), authority)
    assert await house.rows("select key, opened_on from tasks") == [
        ("exception-action-1", date(2026, 3, 10))
    ]
    await answer(house, "retry")
    await exchange(house, monday + timedelta(days=20), authority)
    assert await actions(house) == [("create", "submitted")]
    assert [delivery.delivery_id for delivery in authority.taken] == ["action-1"] * 2
    for day in range(22, 40, 2):
        await exchange(house, monday + timedelta(days=day), authority)
    assert await house.value("select count(*) from tasks where state = 'open'") == 1
    assert len(authority.taken) == 2


async def answer(house, outcome):
    await house.change(
        "insert into users (id, name, role, token_sha256) values ('anna', 'Anna', 'caseworker', '')"
    )
    await house.change("update tasks set state = 'decided'")
    await house.change(
        "insert into decisions (task_id, outcome, reasons, decided_by, decided_at)"
        " select id, :outcome, 'set på', 'anna', now() from tasks",
        outcome=outcome,
    )


async def test_an_answer_to_what_was_sent_before_a_kill_and_dropped_after_it_counts(house, monday):
    claim = await house.transfer(kroner=1000)
    authority = ScriptedAuthority()
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    await exchange(house, monday, authority)
    await house.pay(claim, 400)
    with pytest.raises(asyncio.CancelledError):
        await exchange(house, monday, DyingAuthority(authority))
    authority.will_tell(claim, NoticeKind.RETURNED)
    await exchange(house, monday, authority)
    assert await actions(house) == [("create", "executed"), ("write-down", "dropped")]
    authority.will_tell(claim, NoticeKind.EXECUTED, action=2)
    await exchange(house, monday, authority)
    assert await actions(house) == [("create", "executed"), ("write-down", "executed")]


async def unclear(house):
    return await house.rows(
        "select n.kind, n.claim_id, t.claim_id from recovery_notices n join tasks t"
        " on t.subject = 'notice-' || n.number where t.kind = 'unclear-notice' order by n.number"
    )


async def test_an_answer_to_someone_elses_action_changes_nothing_and_is_asked_about(house, monday):
    mine, other = await house.transfer(), await house.transfer()
    authority = ScriptedAuthority()
    await exchange(house, monday, authority)
    authority.will_tell(other, NoticeKind.EXECUTED, action=1)
    authority.will_tell(mine, NoticeKind.REJECTED, action=99)
    authority.will_tell(mine, NoticeKind.EXECUTED)
    await exchange(house, monday, authority)
    assert await actions(house) == [("create", "submitted")] * 2
    assert await news(house) == []
    assert await unclear(house) == [
        ("executed", other, other),
        ("rejected", mine, mine),
        ("executed", mine, mine),
    ]


async def test_an_answer_that_comes_twice_late_or_to_a_finished_claim_changes_nothing(
    house, monday
):
    claim = await house.transfer(kroner=1000)
    authority = ScriptedAuthority()
    await exchange(house, monday, authority)
    authority.will_tell(claim, NoticeKind.SETTLED, ore=100_000)
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    authority.will_tell(claim, NoticeKind.IN_HEARING, action=1)
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    authority.will_tell(claim, NoticeKind.REJECTED, action=1)
    await exchange(house, monday, authority)
    assert await actions(house) == [("create", "executed")]
    assert await house.rows("select state, left_ore from recovery_claims") == [("settled", 0)]
    assert (await news(house))[0] == "1 settled"
    assert len(await house.rows("select number from recovery_notices")) == 5
    moved = "select kind, amount_ore from recovery_moves order by id"
    assert await house.rows(moved) == [("recovered", 100_000), ("came", 100_000)]


async def test_a_notice_that_cannot_be_read_is_kept_and_the_receipt_is_asked_for_again(
    house, monday
):
    await house.transfer()
    authority = house.gateways.recovery_authority
    authority.behave(RecoveryBehaviour(share_garbled=1, days_to_end=1000))
    await exchange(house, monday)
    await exchange(house, monday + timedelta(days=2))
    assert await unclear(house) == [("unreadable", None, None)]
    assert "MFKvitteringHent_O" in await house.value("select document from recovery_notices")
    await exchange(house, monday + timedelta(days=10))
    await house.change("update tasks set state = 'decided' where kind = 'unclear-notice'")
    await answer(house, "retry")
    await exchange(house, monday + timedelta(days=11))
    await exchange(house, monday + timedelta(days=13))
    assert await actions(house) == [("create", "executed")]


async def test_what_lay_there_before_the_parts_were_told_apart_goes_on_as_one_claim(house, monday):
    """The step 0014 reads the rows of the version before; their reports and recalls still go."""
    step = import_module("persistence.migrations.versions.0014_the_exchange")
    claim, other = await house.transfer(kroner=1000), await house.transfer(kroner=500)
    authority = house.gateways.recovery_authority
    authority.behave(RecoveryBehaviour(days_between_payouts=15, share_returned=0, days_to_end=900))
    await exchange(house, monday)
    await exchange(house, monday + timedelta(days=2))
    await house.pay(claim, 100)
    for day in (3, 5, 17):
        await exchange(house, monday + timedelta(days=day))
    kept = "select claim_id, state, left_ore from recovery_claims order by claim_id"
    before = await house.rows(kept)
    await house.change("truncate recovery_moves")
    await forget_claims_there(house)
    for fill in (step._CLAIMS_THERE, step._MOVES, step._RECOVERED, step._LEFT, step._RECALLED):
        await house.change(fill)
    assert await house.rows(kept) == before
    await house.pay(claim, 50)
    async with house.database.transaction() as connection:
        await withdraw(connection, other, "fejl", house.day, ANNA)
    for day in (18, 20):
        await exchange(house, monday + timedelta(days=day))
    assert (await actions(house))[-2:] == [("write-down", "executed"), ("recall", "executed")]


async def test_what_was_sent_before_and_not_answered_is_sent_once_more_as_it_was(house, monday):
    step = import_module("persistence.migrations.versions.0014_the_exchange")
    claim = await house.transfer(kroner=1000)
    authority = ScriptedAuthority()
    await exchange(house, monday, authority)
    await forget_claims_there(house)
    await house.change("update recovery_actions set facts = '{}'")
    await house.change(step._CLAIMS_THERE)
    await exchange(house, monday + timedelta(days=10), authority)
    await answer(house, "retry")
    await exchange(house, monday + timedelta(days=11), authority)
    first, again = authority.taken
    assert first == again
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    await exchange(house, monday + timedelta(days=12), authority)
    assert await news(house) == ["1 executed"]
