"""Letters leave once, arrive or become a question, and never shorten the debtor's time."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from activities.post_room import Channel
from domain.calendar import COPENHAGEN
from domain.claim import HoldReason
from domain.errors import GatewayRejected, GatewayUnavailable
from domain.identity import NationalId, NationalIdKind
from domain.letters import Letter
from domain.registration import NewDebtor
from gateways.ports import PostOutcome, PostReceipt
from gateways.post_sandbox import PostBehaviour
from persistence.claims.holding import place_hold, release_hold
from persistence.claims.withdrawing import withdraw
from persistence.post.arriving import accept_as_delivered, send_again
from tests.builders import CPR_NUMBERS, a_debtor
from tests.stories.town import ANNA

OUT = PostBehaviour(is_out=True)
EXEMPT = PostBehaviour(share_failing=1)
RETURNING = PostBehaviour(share_failing=1, failing_as=PostOutcome.RETURNED.value)


class DyingPost:
    """Takes so many letters, and then the worker is dead before it can write that down."""

    def __init__(self, real, letters):
        self.real, self.left = real, letters

    async def send(self, message, now):
        await self.real.send(message, now)
        self.left -= 1
        if not self.left:
            raise asyncio.CancelledError

    async def taken(self, message_ids):
        return await self.real.taken(message_ids)


class RobbedPost(DyingPost):
    """The worker is dead before the letter reaches the counterpart."""

    async def send(self, message, now):
        raise asyncio.CancelledError


class FalteringPost(DyingPost):
    """Takes so many letters, and then answers no more."""

    async def send(self, message, now):
        if not self.left:
            raise GatewayUnavailable("digital-post")
        self.left -= 1
        await self.real.send(message, now)


class ChokingPost(DyingPost):
    """Answers nothing to one letter, and all others as ever."""

    async def send(self, message, now):
        if message.message_id == "letter-1":
            raise GatewayUnavailable("digital-post")
        await self.real.send(message, now)


class StubbornPost:
    async def send(self, message, now):
        raise GatewayRejected("digital-post", "unknown-recipient", "no such person")


class ConfusedPost(DyingPost):
    """Tells of letters that nobody sent, before what it has to tell."""

    async def receipts(self, after, now):
        names = ("letter-99", "letter-x", "someone-elses")
        strange = [
            PostReceipt(number, name, PostOutcome.DELIVERED, now)
            for number, name in enumerate(names, start=1)
        ]
        real = [replace(one, number=4) for one in await self.real.receipts(0, now)]
        return [one for one in strange + real if one.number > after]


def company(number):
    nobody = NationalId(f"99{number:06d}", NationalIdKind.COMPANY)
    return NewDebtor(nobody, "Prøve ApS", ("Prøvevej 1", "8660 Skanderborg"))


async def states(house):
    return await house.rows("select state, channel from letters order by id")


def offered(gateway):
    return {offer.id: offer.times for offer in gateway.sent()}


async def test_a_letter_leaves_once_however_often_the_tray_is_emptied(house, monday):
    await house.open()
    assert (await house.empty(monday)).sent == 1
    assert (await house.empty(monday)).sent == 0
    [offer] = house.gateways.digital_post.sent()
    assert offer.times == 1
    assert "Karla" in offer.body["body"]
    row = "select state, dispatched_on, template, body, length(sha256) from letters"
    assert await house.rows(row) == [
        ("dispatched", house.day, "demand/1.da.txt", offer.body["body"], 64)
    ]
    assert await house.told() == []


async def test_each_debtor_gets_a_letter_of_their_own(house, monday):
    together = (a_debtor(), a_debtor(CPR_NUMBERS[1], "Karlo Prøvesen"))
    await house.open(debtors=together)
    assert (await house.empty(monday)).sent == 2
    bodies = sorted(offer.body["body"] for offer in house.gateways.digital_post.sent())
    assert ["Kære Karla" in bodies[0], "Kære Karlo" in bodies[1]] == [True, True]
    assert all("Hver af jer" in body for body in bodies)


async def test_a_letter_names_what_is_open_to_the_ore(house, monday):
    claim = await house.open(Letter.FIRST_REMINDER, due=house.day - timedelta(days=40))
    await house.pay(claim, 300)
    await house.empty(monday)
    body = house.gateways.digital_post.sent()[0].body["body"]
    balance = await house.value("select balance_ore from claims")
    assert f"I alt: {balance // 100:,}".replace(",", ".") in body
    assert f"{balance % 100:02d} kr." in body


async def test_a_worker_killed_before_it_can_write_it_down_sends_nothing_twice(house, monday):
    for _ in range(3):
        await house.open()
    with pytest.raises(asyncio.CancelledError):
        await house.empty(monday, house.staffed(DyingPost(house.gateways.digital_post, 2)))
    assert await states(house) == [("requested", "digital-post")] * 3
    await house.empty(monday)
    assert await states(house) == [("dispatched", "digital-post")] * 3
    assert set(offered(house.gateways.digital_post)) == {"letter-1", "letter-2", "letter-3"}
    assert set(offered(house.gateways.digital_post).values()) == {1}


@pytest.mark.parametrize("share_failing", [0, 1])
async def test_what_left_before_a_kill_has_left_though_it_was_paid_after_it(
    house, monday, share_failing
):
    claim = await house.open(kroner=1000)
    post = house.gateways.digital_post
    post.behave(PostBehaviour(share_failing=share_failing))
    with pytest.raises(asyncio.CancelledError):
        await house.empty(monday, house.staffed(DyingPost(post, 1)))
    await house.pay(claim, 1000)
    assert (await house.empty(monday)).sent == 1
    assert await house.value("select dispatched_on from letters") == house.day
    await house.collect(monday + timedelta(hours=1))
    assert (await house.empty(monday + timedelta(hours=1))).cancelled == share_failing
    assert await states(house) == [
        ("cancelled", "physical-post") if share_failing else ("delivered", "digital-post")
    ]
    assert await house.rows("select kind from tasks") == []
    assert len(post.sent()) == 1


async def test_what_may_have_left_before_a_kill_is_kept_as_it_was_written(house, monday):
    claim = await house.open(kroner=1000)
    with pytest.raises(asyncio.CancelledError):
        await house.empty(monday, house.staffed(DyingPost(house.gateways.digital_post, 1)))
    await house.pay(claim, 100)
    await house.empty(monday)
    [offer] = house.gateways.digital_post.sent()
    assert "I alt: 1.000,00 kr." in offer.body["body"]
    assert await house.value("select body from letters") == offer.body["body"]


@pytest.mark.parametrize("has_left", [True, False])
async def test_days_after_a_kill_a_text_that_left_stands_and_another_gives_the_time_anew(
    house, monday, has_left
):
    await house.open()
    post = house.gateways.digital_post
    dying = DyingPost(post, 1) if has_left else RobbedPost(post, 1)
    with pytest.raises(asyncio.CancelledError):
        await house.empty(monday, house.staffed(dying))
    written = "select body, deadline from letters"
    [before] = await house.rows(written)
    await house.empty(monday + timedelta(days=7))
    [after] = await house.rows(written)
    [offer] = post.sent()
    assert offer.body["body"] == after[0]
    assert (after == before) == has_left
    assert after[1] == before[1] + timedelta(days=0 if has_left else 7)


async def test_a_receipt_that_comes_before_we_wrote_down_the_sending_counts(house, monday):
    await house.open()
    with pytest.raises(asyncio.CancelledError):
        await house.empty(monday, house.staffed(DyingPost(house.gateways.digital_post, 1)))
    await house.collect(monday + timedelta(hours=1))
    assert await house.rows("select state, dispatched_on from letters") == [
        ("delivered", house.day)
    ]


async def test_two_who_empty_the_tray_at_once_send_nothing_twice(house, monday):
    for _ in range(20):
        await house.open()
    await asyncio.gather(*(house.empty(monday) for _ in range(3)))
    assert len(house.gateways.digital_post.sent()) == 20
    assert set(await states(house)) == {("dispatched", "digital-post")}


async def test_nothing_leaves_on_a_closing_day(house, monday):
    await house.open()
    assert (await house.empty(monday + timedelta(days=6))).sent == 0
    assert house.gateways.digital_post.sent() == []


async def test_a_tray_of_any_size_is_emptied_in_handfuls_of_a_few_statements(house, monday):
    for number in range(70):
        await house.open(debtors=(company(number),))
    statements = []
    listen = house.database.engine.sync_engine
    event.listen(listen, "before_cursor_execute", lambda *args: statements.append(args[2]))
    first = await house.post_room.dispatch(monday, Channel.DIGITAL_POST)
    assert (first.sent, first.goes_on_after) == (60, 60)
    assert len(statements) < 20
    assert (await house.post_room.dispatch(monday, Channel.DIGITAL_POST, 60)).sent == 10


async def test_an_outage_leaves_the_letter_in_the_tray(house, monday):
    await house.open()
    house.gateways.digital_post.behave(OUT)
    with pytest.raises(GatewayUnavailable):
        await house.empty(monday)
    assert await states(house) == [("requested", "digital-post")]
    house.gateways.digital_post.behave(PostBehaviour())
    assert (await house.empty(monday)).sent == 1


async def test_what_left_before_an_outage_has_left_and_the_rest_is_written_anew(house, monday):
    for number in range(4):
        await house.open(kroner=1000, debtors=(company(number),))
    faltering = house.staffed(FalteringPost(house.gateways.digital_post, 1))
    with pytest.raises(GatewayUnavailable):
        await house.empty(monday, faltering)
    assert sorted(state for state, _ in await states(house)) == ["dispatched"] + ["requested"] * 3
    left = await house.value("select id from letters where state = 'dispatched'")
    paid = "select max(id), max(claim_id) from letters where state = 'requested'"
    [(letter, claim)] = await house.rows(paid)
    await house.pay(claim, 400)
    await house.empty(monday)
    bodies = {offer.id: offer.body["body"] for offer in house.gateways.digital_post.sent()}
    assert "I alt: 600,00 kr." in bodies[f"letter-{letter}"]
    assert "I alt: 1.000,00 kr." in bodies[f"letter-{left}"]


async def test_a_letter_that_the_counterpart_chokes_on_stops_no_other(house, monday):
    for number in range(5):
        await house.open(debtors=(company(number),))
    choking = house.staffed(ChokingPost(house.gateways.digital_post, 0))
    assert (await house.empty(monday, choking)).sent == 4
    assert [state for state, _ in await states(house)] == ["requested"] + ["dispatched"] * 4
    assert (await house.empty(monday)).sent == 1


async def test_an_outage_of_one_kind_of_post_does_not_stop_the_other(house, monday):
    await house.open()
    house.gateways.digital_post.behave(EXEMPT)
    await house.serve(monday)
    await house.open()
    house.gateways.digital_post.behave(OUT)
    assert (await house.post_room.dispatch(monday, Channel.PHYSICAL_POST)).sent == 1


async def test_a_letter_that_leaves_late_moves_the_deadline_and_tells_the_story(house, monday):
    claim = await house.open(Letter.FIRST_REMINDER, due=house.day - timedelta(days=40))
    await house.empty(monday + timedelta(days=3))
    deadline = date(2026, 3, 19)
    assert await house.value("select deadline from letters") == deadline
    assert await house.rows("select target, payload from outbox where name = 'letter_sent'") == [
        (f"claim-{claim}", {"key": "first-reminder", "deadline": "2026-03-19"})
    ]
    assert await house.value("select next_on from claims") == deadline
    assert "19. marts 2026" in house.gateways.digital_post.sent()[0].body["body"]


async def test_a_late_letter_never_shortens_the_time_it_gives(house, monday):
    await house.open(due=house.day + timedelta(days=60))
    before = await house.value("select deadline from letters")
    await house.empty(monday + timedelta(days=3))
    assert await house.value("select deadline from letters") == before


async def test_with_two_debtors_the_later_letters_time_counts(house, monday):
    together = (a_debtor(), a_debtor(CPR_NUMBERS[1], "Karlo Prøvesen"))
    await house.open(Letter.FIRST_REMINDER, debtors=together, due=house.day - timedelta(days=40))
    await house.change("update letters set deadline = '2026-05-01' where id = 1")
    await house.empty(monday + timedelta(days=3))
    told = await house.rows("select payload ->> 'deadline' from outbox where name = 'letter_sent'")
    assert told == [("2026-05-01",)]


async def test_a_reminder_to_one_who_has_paid_is_not_sent_and_not_charged(house, monday):
    claim = await house.open(Letter.FIRST_REMINDER, due=house.day, kroner=1000)
    assert await house.value("select balance_ore from claims") == 125000
    await house.pay(claim, 1000)
    assert (await house.empty(monday)).cancelled == 1
    assert house.gateways.digital_post.sent() == []
    assert await house.value("select balance_ore from claims") == 0
    assert await house.told() == ["settled"]
    booked = "select kind, amount_ore from ledger_entries order by seq"
    assert (await house.rows(booked))[-1] == ("correction", -25000)
    assert (await house.empty(monday)).cancelled == 0


async def test_the_fee_is_taken_back_once_for_all_debtors_and_every_line_is_covered(house, monday):
    together = (a_debtor(), a_debtor(CPR_NUMBERS[1], "Karlo Prøvesen"))
    claim = await house.open(Letter.FIRST_REMINDER, debtors=together, due=house.day, kroner=1000)
    await house.pay(claim, 990)
    assert (await house.empty(monday)).cancelled == 2
    assert await house.value("select balance_ore from claims") == 1000
    open_ = """select sum(e.amount_ore) - (select sum(amount_ore) from ledger_coverage)
        from ledger_entries e where e.kind in ('principal', 'fee')"""
    assert await house.value(open_) == 1000


async def test_a_fee_that_was_paid_for_a_letter_that_never_left_is_to_be_paid_back(house, monday):
    claim = await house.open(Letter.FIRST_REMINDER, due=house.day, kroner=1000)
    await house.pay(claim, 1250)
    await house.empty(monday)
    await house.empty(monday)
    assert await house.value("select balance_ore from claims") == 0
    assert await house.rows("select kind, department, facts ->> 'unused_ore' from tasks") == [
        ("unplaced-payment", "finance", "25000")
    ]


@pytest.mark.parametrize("letter", [Letter.DEMAND, Letter.COURTESY_NOTICE, Letter.TRANSFER_NOTICE])
async def test_no_letter_of_any_kind_is_sent_about_what_is_paid(house, monday, letter):
    claim = await house.open(letter, claim_type="day-care", due=house.day, kroner=1000)
    await house.pay(claim, 1000)
    assert (await house.empty(monday)).cancelled == 1


async def test_a_withdrawn_claim_is_not_written_about(house, monday):
    claim = await house.open()
    async with house.database.transaction() as connection:
        await withdraw(connection, claim, "fejl", house.day, ANNA)
    assert (await house.empty(monday)).cancelled == 1
    assert await house.told() == ["withdrawn"]


async def test_a_letter_about_a_claim_on_hold_leaves_when_the_hold_is_over(house, monday):
    claim = await house.open(Letter.FIRST_REMINDER, due=house.day - timedelta(days=40))
    async with house.database.transaction() as connection:
        hold = await place_hold(connection, claim, HoldReason.DEATH, "", house.day, None, ANNA)
    assert (await house.empty(monday)).held_back == 1
    async with house.database.transaction() as connection:
        later = house.day + timedelta(days=7)
        await release_hold(connection, house.policy, hold, later, ANNA)
    assert (await house.empty(monday + timedelta(days=7))).sent == 1
    assert await house.told() == ["held", "released", "letter_sent"]


async def test_a_claim_that_came_along_in_an_agreement_is_not_reminded(house, monday):
    claim = await house.open(Letter.FIRST_REMINDER, due=house.day - timedelta(days=40))
    await house.change(
        "insert into holds (claim_id, reason, note, since, placed_by)"
        " values (:claim, 'agreement', 'A-000001', :on, 'rettidig')",
        claim=claim, on=house.day,
    )  # fmt: skip
    assert (await house.empty(monday)).held_back == 1


async def test_an_exempt_recipient_gets_the_letter_by_physical_post(house, monday):
    await house.open()
    house.gateways.digital_post.behave(EXEMPT)
    await house.serve(monday)
    assert await states(house) == [("requested", "physical-post")]
    await house.serve(monday + timedelta(hours=2))
    assert await states(house) == [("delivered", "physical-post")]
    assert list(offered(house.gateways.physical_post)) == ["letter-1-p"]
    assert await house.rows("select kind from tasks") == []


async def test_a_letter_that_comes_back_becomes_a_question_once(house, monday):
    await house.open()
    house.gateways.digital_post.behave(EXEMPT)
    house.gateways.physical_post.behave(RETURNING)
    for hour in range(5):
        await house.serve(monday + timedelta(hours=2 * hour))
    assert await states(house) == [("undelivered", "physical-post")]
    asked = "select subject, key, kind, state, due_on, facts ->> 'reason' from tasks"
    assert await house.rows(asked) == [
        ("letter-1", "letter", "undelivered-letter", "open", date(2026, 3, 5), "returned")
    ]


async def test_a_letter_the_counterpart_will_never_take_becomes_a_question(house, monday):
    await house.open()
    assert (await house.empty(monday, house.staffed(StubbornPost()))).sent == 0
    assert await states(house) == [("undelivered", "digital-post")]
    assert await house.rows("select facts ->> 'reason' from tasks") == [("refused",)]


async def test_a_letter_of_which_nobody_tells_becomes_a_question_once(house, monday):
    await house.open()
    house.gateways.digital_post.behave(PostBehaviour(share_lost=1))
    await house.serve(monday)
    await house.collect(monday + timedelta(days=7))
    assert await house.rows("select kind from tasks") == []
    await house.collect(monday + timedelta(days=8))
    await house.collect(monday + timedelta(days=9))
    assert await house.rows("select facts ->> 'reason' from tasks") == [("no-receipt",)]
    assert await states(house) == [("undelivered", "digital-post")]


async def test_a_receipt_that_comes_after_all_answers_the_question(house, monday):
    await house.open()
    house.gateways.digital_post.behave(PostBehaviour(minutes_to_receipt=14 * 24 * 60))
    await house.empty(monday)
    await house.collect(monday + timedelta(days=10))
    assert await states(house) == [("undelivered", "digital-post")]
    await house.collect(monday + timedelta(days=15))
    assert await house.rows("select state, delivered_on from letters") == [
        ("delivered", date(2026, 3, 16))
    ]
    assert await house.rows("select state from tasks") == [("cancelled",)]
    assert await house.told() == ["letter_sent"]


async def answer(house, outcome):
    await house.change("update tasks set state = 'decided' where state = 'open'")
    async with house.database.transaction() as connection:
        await outcome(connection, 1, house.day + timedelta(days=9))


async def test_a_letter_sent_again_is_a_new_letter_gives_new_time_and_may_fail_again(house, monday):
    await house.open(Letter.FIRST_REMINDER, due=house.day - timedelta(days=40))
    house.gateways.digital_post.behave(EXEMPT)
    house.gateways.physical_post.behave(RETURNING)
    await house.serve(monday)
    await house.serve(monday + timedelta(hours=2))
    await answer(house, send_again)
    await house.serve(monday + timedelta(days=9))
    assert list(offered(house.gateways.physical_post)) == ["letter-1-p", "letter-1-p2"]
    assert await house.told() == ["letter_sent"]
    assert await house.value("select deadline from letters") == date(2026, 3, 25)
    assert await house.rows("select key, state from tasks order by id") == [
        ("letter", "decided"),
        ("letter-1", "open"),
    ]


async def test_a_letter_the_debtor_was_given_otherwise_gives_time_from_then(house, monday):
    await house.open(Letter.FIRST_REMINDER, due=house.day - timedelta(days=40))
    await house.empty(monday, house.staffed(StubbornPost()))
    await answer(house, accept_as_delivered)
    assert await house.rows("select state, deadline from letters") == [
        ("delivered", date(2026, 3, 25))
    ]
    assert await house.told() == ["letter_sent"]


async def test_news_of_an_older_attempt_changes_nothing(house, monday):
    """The first letter comes back after a person has had another one sent."""
    await house.open()
    house.gateways.digital_post.behave(EXEMPT)
    await house.serve(monday)
    slow = PostBehaviour(share_failing=1, failing_as="returned", minutes_to_receipt=20 * 24 * 60)
    house.gateways.physical_post.behave(slow)
    await house.empty(monday + timedelta(hours=2))
    await house.collect(monday + timedelta(days=8))
    house.gateways.physical_post.behave(PostBehaviour())
    await answer(house, send_again)
    await house.serve(monday + timedelta(days=9))
    await house.collect(monday + timedelta(days=21))
    assert await states(house) == [("delivered", "physical-post")]


async def test_a_receipt_for_what_we_never_sent_is_passed_over(house, monday):
    await house.open()
    confused = house.receiving(ConfusedPost(house.gateways.digital_post, 9))
    await house.empty(monday)
    assert await confused.collect_receipts(monday, Channel.DIGITAL_POST) == 3
    assert await states(house) == [("dispatched", "digital-post")]
    later = monday + timedelta(hours=1)
    assert await confused.collect_receipts(later, Channel.DIGITAL_POST) == 1
    assert await states(house) == [("delivered", "digital-post")]


async def test_receipts_read_twice_at_once_count_once(house, monday):
    for _ in range(5):
        await house.open()
    house.gateways.digital_post.behave(EXEMPT)
    await house.empty(monday)
    later = monday + timedelta(hours=1)
    await asyncio.gather(*(house.collect(later) for _ in range(3)))
    await house.serve(later)
    await house.collect(later)
    assert set(offered(house.gateways.physical_post).values()) == {1}


async def test_the_day_of_a_letter_is_the_day_in_denmark(house, monday):
    await house.open()
    late_evening = monday.replace(hour=23, minute=30, tzinfo=COPENHAGEN)
    await house.empty(late_evening, house.staffed(house.gateways.digital_post, keeps_hours=False))
    assert await house.value("select dispatched_on from letters") == house.day


async def test_a_letter_that_cannot_be_written_becomes_a_question(house, monday):
    await house.open()
    await house.change("update debtors set address = '{}'")
    assert (await house.empty(monday)).sent == 0
    assert house.gateways.digital_post.sent() == []
    [(kind, facts)] = await house.rows("select kind, facts from tasks")
    assert (kind, facts["reason"]) == ("undelivered-letter", "letter-without-address")
    await house.change("update debtors set address = '{Prøvevej 1,8660 Skanderborg}'")
    await answer(house, send_again)
    assert (await house.empty(monday + timedelta(days=9))).sent == 1
    assert await states(house) == [("dispatched", "digital-post")]


async def test_a_letter_that_cannot_be_printed_becomes_a_question_and_stops_no_other(house, monday):
    """The typeface has Latin, Greek and Cyrillic; a letter with holes in it does not go out."""
    await house.open(debtors=(a_debtor(name="李小龙"),))
    await house.open(debtors=(company(1),))
    assert (await house.empty(monday)).sent == 1
    [(facts,)] = await house.rows("select facts from tasks")
    assert facts["reason"] == "letter-not-printable"
    events = "select event, reason, facts ->> 'code' from letter_events"
    assert await house.rows(events) == [("held-back", "faulty", "letter-not-printable")]
    assert [state for state, _ in await states(house)] == ["undelivered", "dispatched"]
    assert len(house.gateways.digital_post.sent()) == 1


@pytest.mark.parametrize(
    "name", ['#read("/etc/passwd")', "[[owed]]", "## Overskrift", "{{ 7 * 7 }}", "<b>Søn</b> & Co"]
)
async def test_a_name_is_a_name_whatever_it_looks_like(house, monday, name):
    await house.open(debtors=(a_debtor(name=name),))
    assert (await house.empty(monday)).sent == 1
    [offer] = house.gateways.digital_post.sent()
    assert f"Kære {name}" in offer.body["body"]
    assert offer.body["body"].startswith(name)
