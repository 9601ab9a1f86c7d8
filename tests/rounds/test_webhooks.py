"""Other systems are told what became of their claims, signed, in order, whatever they do."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from activities.webhooks import WebhookActivities
from domain.authority import Actor, Role
from domain.calendar import COPENHAGEN
from domain.claim import Ending
from domain.decisions import TaskKind
from domain.errors import Invalid
from domain.orders import AskPerson, Close
from domain.telling.webhooks import PATIENCE, PAUSES, TOLD, EndpointState, check_url
from gateways.message_ports import HookMessage, HookTrouble
from gateways.webhooks import http
from gateways.webhooks.http import HttpHooks
from persistence.tasks.taking_back import remember_changes
from persistence.telling.deliveries import ask_for_test, send_again
from persistence.telling.webhooks import (
    NewEndpoint,
    register_endpoint,
    rotate,
    show_secret,
    turn,
)
from tests.rounds.receiver import Receiver

MONDAY = datetime(2026, 3, 2, 9, tzinfo=COPENHAGEN)
SOFUS = Actor("sofus", Role.SUPERVISOR)
ALL = tuple(event.value for event in TOLD)


class Ways:
    """A house, one endpoint of another system, and the round between them."""

    def __init__(self, house, receiver, url):
        self.house, self.receiver, self.url = house, receiver, url
        hooks = HttpHooks(allows_loopback=True)
        self.acts = WebhookActivities(house.database, hooks, lambda: datetime.now(UTC))

    async def register(self, **changes):
        new = {"name": "Systemet", "url": self.url, "events": ALL} | changes
        async with self.house.database.transaction() as connection:
            number = await register_endpoint(
                connection, NewEndpoint(**new), MONDAY, MONDAY.date(), SOFUS
            )
            self.receiver.secret = await show_secret(connection, number, SOFUS)
        return number

    async def do(self, act, *arguments):
        async with self.house.database.transaction() as connection:
            return await act(connection, *arguments)

    async def go_round(self, now=MONDAY):
        while await self.acts.deliver(now):
            pass

    async def end(self, claim, ending):
        order = Close(claim, "close", self.house.day, ending=ending)
        await self.house.acts.close(order)

    async def move(self, claim, stage):
        await self.house.change(
            "update claims set stage = :stage, stage_since = :on where id = :claim",
            stage=stage, on=self.house.day, claim=claim,
        )  # fmt: skip


@pytest.fixture
async def ways(house):
    await house.change(
        "insert into users (id, name, role) values ('sofus', 'Sofus', 'supervisor'), "
        "('anna', 'Anna', 'caseworker')"
    )
    receiver = Receiver()
    async with receiver.listening() as url:
        yield Ways(house, receiver, url)


async def paid(ways, **facts):
    claim = await ways.house.register(**facts)
    await ways.house.pay(claim, 1000)
    await ways.end(claim, Ending.PAID)
    return claim


async def test_a_system_hears_that_its_claim_is_paid_and_whose_it_is_only_by_their_own_number(ways):
    await ways.register()
    claim = await paid(ways, reference="F-17")
    await ways.go_round()
    [(name, told)] = ways.receiver.taken.items()
    assert name.startswith("delivery-")
    assert told["type"] == "claim.paid"
    assert told["data"] == {
        "event": "claim.paid",
        "day": "2026-03-02",
        "claim_id": claim,
        "source": "prøvesystem",
        "reference": "F-17",
    }
    for personal in ("Karla", "0703790123", "1000"):
        assert personal not in ways.receiver.words()


async def test_each_fact_is_told_under_its_name(ways):
    await ways.register()
    withdrawn, given_up, moved = [await ways.house.register() for _ in range(3)]
    await ways.end(withdrawn, Ending.WITHDRAWN)
    await ways.end(given_up, Ending.WRITTEN_OFF)
    for stage in ("dialogue", "agreement", "transfer", "recovery", "dialogue"):
        await ways.move(moved, stage)
    await ways.go_round()
    assert ways.receiver.told == [
        ("claim.withdrawn", withdrawn),
        ("claim.written-off", given_up),
        ("agreement.made", moved),
        ("claim.transferred", moved),
        ("claim.returned", moved),
    ]


async def test_a_broken_agreement_is_told_of_each_claim_it_covers(ways):
    await ways.register()
    claims = [await ways.house.register() for _ in range(2)]
    await ways.house.change(
        "insert into agreements (id, debtor_id, state, signed_on, grace_days, catch_up_days, "
        "owed_ore, paid_ore) select 'A-000001', debtor_id, 'active', :on, 5, 5, 200000, 0 "
        "from claims where id = :claim",
        on=ways.house.day, claim=claims[0],
    )  # fmt: skip
    for claim in claims:
        await ways.house.change(
            "insert into agreement_claims values ('A-000001', :claim)", claim=claim
        )
    await ways.house.change(
        "update agreements set state = 'broken', ended_on = :on", on=ways.house.day
    )
    await ways.go_round()
    assert ways.receiver.told == [("agreement.broken", claim) for claim in claims]


async def test_a_system_hears_only_of_what_it_asked_for(ways):
    await ways.register(events=("claim.withdrawn",))
    await ways.register(source="et-andet-system")
    await ways.register(claim_types=("rent",))
    await ways.register(claim_types=("parking-fee",), source="prøvesystem")
    await paid(ways)
    await ways.go_round()
    assert len(ways.receiver.heard) == 1


async def test_what_an_answer_led_to_is_told_when_it_cannot_be_taken_back_any_more(ways):
    await ways.register()
    claim = await ways.house.open()
    order = AskPerson(claim, "dialogue-0", ways.house.day, kind=TaskKind.DIALOGUE)
    await ways.house.acts.ask_person(order)
    task = await ways.house.value("select id from tasks where claim_id = :c", c=claim)
    async with ways.house.database.transaction() as connection:
        await remember_changes(connection, task, timedelta(hours=1))
        await connection.execute(
            text("update claims set stage = 'agreement', stage_since = :on where id = :claim"),
            {"on": ways.house.day, "claim": claim},
        )
    await ways.go_round()
    assert ways.receiver.heard == []
    assert await ways.house.value("select count(*) from webhook_deliveries") == 1
    await ways.house.change("update undo_steps set until = now() - interval '1 hour'")
    await ways.go_round()
    assert ways.receiver.told == [("agreement.made", claim)]


@pytest.mark.parametrize("trouble", [500, 503, "die", 400])
async def test_what_does_not_arrive_is_tried_again_under_the_same_number(ways, trouble):
    await ways.register()
    await paid(ways)
    ways.receiver.answers = [trouble, trouble]
    now = MONDAY
    for pause in PAUSES[:3]:
        await ways.go_round(now)
        now += max(pause, timedelta(minutes=1))
    assert len({name for name, _ in ways.receiver.heard}) == 1
    assert [wish for _, wish in ways.receiver.heard] == [trouble, trouble, 200]
    assert len(ways.receiver.taken) == 1
    assert await ways.house.value("select failing_since from webhook_endpoints") is None


async def test_who_hangs_is_not_waited_for(ways, monkeypatch):
    monkeypatch.setattr(http, "_SECONDS", 0.2)
    await ways.register()
    await paid(ways)
    ways.receiver.answers = ["hang"]
    await ways.go_round()
    assert await ways.house.value("select trouble from webhook_tries") == "too-slow"
    await ways.go_round(MONDAY + timedelta(minutes=2))
    assert len(ways.receiver.taken) == 1


async def test_a_redirect_is_not_followed(ways):
    other = Receiver()
    async with other.listening() as elsewhere:
        ways.receiver.elsewhere = elsewhere
        await ways.register()
        await paid(ways)
        ways.receiver.answers = ["move"]
        await ways.go_round()
        assert other.heard == []
    found = await ways.house.rows("select status, trouble from webhook_tries")
    assert found == [(302, "redirected")]


async def test_what_happens_to_a_claim_is_told_in_order_and_others_do_not_wait_for_it(ways):
    await ways.register()
    stuck, other = [await ways.house.register() for _ in range(2)]
    await ways.move(stuck, "agreement")
    await ways.move(stuck, "dialogue")
    await ways.move(stuck, "agreement")
    await ways.move(other, "agreement")
    ways.receiver.answers = [400]
    await ways.go_round()
    assert [claim for _, claim in ways.receiver.told] == [other]
    await ways.go_round(MONDAY + timedelta(minutes=2))
    assert [claim for _, claim in ways.receiver.told] == [other, stuck, stuck]
    names = [int(name.rpartition("-")[2]) for name in list(ways.receiver.taken)[1:]]
    assert names == sorted(names)


async def test_a_message_nobody_wants_is_given_up_after_days_and_the_next_goes_on(ways):
    await ways.register()
    claim = await ways.house.register()
    await ways.move(claim, "agreement")
    ways.receiver.answers = [400] * (len(PAUSES) + 1)
    now = MONDAY
    for pause in PAUSES:
        await ways.go_round(now)
        # Others arrive meanwhile: it is the message that is wrong, not the receiver.
        await ways.house.change("update webhook_endpoints set failing_since = null")
        now += pause
    await ways.go_round(now)
    assert now - MONDAY > timedelta(days=2)
    assert await ways.house.value("select state from webhook_deliveries") == "given-up"
    await ways.end(claim, Ending.WITHDRAWN)
    await ways.go_round(now)
    assert ways.receiver.told == [("claim.withdrawn", claim)]


async def test_an_endpoint_that_never_answers_is_paused_and_what_waits_arrives_when_it_goes_on(
    ways,
):
    endpoint = await ways.register()
    claim = await paid(ways)
    ways.receiver.answers = ["die"] * 100
    now = MONDAY
    while now - MONDAY < PATIENCE + timedelta(days=1):
        await ways.go_round(now)
        now += timedelta(hours=3)
    row = "select state, paused_because from webhook_endpoints"
    assert await ways.house.rows(row) == [("paused", "webhook-failing")]
    tries = len(ways.receiver.heard)
    await ways.go_round(now + timedelta(days=1))
    assert len(ways.receiver.heard) == tries
    ways.receiver.answers = []
    await ways.do(turn, endpoint, EndpointState.ACTIVE, now.date(), SOFUS)
    await ways.go_round(now + timedelta(days=1))
    assert ways.receiver.told == [("claim.paid", claim)]


async def test_who_says_that_they_want_no_more_is_paused_at_once(ways):
    await ways.register()
    await paid(ways)
    ways.receiver.answers = [410]
    await ways.go_round()
    row = "select state, paused_because from webhook_endpoints"
    assert await ways.house.rows(row) == [("paused", "webhook-gone")]


async def test_while_secrets_overlap_either_of_them_opens_a_message(ways):
    endpoint = await ways.register()
    old = ways.receiver.secret
    await ways.do(rotate, endpoint, MONDAY, SOFUS)
    new = await ways.do(show_secret, endpoint, SOFUS)
    assert new not in (None, old)
    assert await ways.do(show_secret, endpoint, SOFUS) is None
    for days, secret, status in ((1, old, 200), (2, new, 200), (8, old, 401), (8, new, 200)):
        ways.receiver.secret = secret
        await ways.do(ask_for_test, endpoint, MONDAY.date(), SOFUS)
        await ways.go_round(MONDAY + timedelta(days=days))
        latest = await ways.house.value("select status from webhook_tries order by id desc limit 1")
        assert (days, latest) == (days, status)
        await ways.house.change("update webhook_deliveries set state = 'delivered'")
        await ways.house.change("update webhook_endpoints set next_try_at = null")


async def test_a_message_can_be_sent_again(ways):
    endpoint = await ways.register()
    await paid(ways)
    await ways.go_round()
    [delivery] = await ways.house.rows("select id from webhook_deliveries")
    await ways.do(send_again, endpoint, delivery[0], SOFUS)
    await ways.go_round()
    assert len({name for name, _ in ways.receiver.heard}) == 1
    assert len(ways.receiver.heard) == 2


async def test_whoever_is_killed_between_sending_and_noting_sends_the_same_again(ways):
    await ways.register()
    await paid(ways)

    class Dying:
        async def post(self, message, signed_at):
            await HttpHooks(allows_loopback=True).post(message, signed_at)
            raise asyncio.CancelledError

    dying = WebhookActivities(ways.house.database, Dying(), lambda: datetime.now(UTC))
    with pytest.raises(asyncio.CancelledError):
        await dying.deliver(MONDAY)
    await ways.go_round()
    assert len(ways.receiver.heard) == 2
    assert len(ways.receiver.taken) == 1


async def test_two_rounds_at_once_send_each_message_once(ways):
    await ways.register()
    for _ in range(3):
        await paid(ways)
    await asyncio.gather(*(ways.go_round() for _ in range(4)))
    await ways.go_round()
    assert len(ways.receiver.heard) == 3


async def test_what_was_settled_long_ago_is_forgotten(ways):
    await ways.register()
    await paid(ways)
    await ways.go_round()
    await ways.go_round(MONDAY + timedelta(days=120))
    assert await ways.house.value("select count(*) from webhook_deliveries") == 0
    assert await ways.house.value("select count(*) from webhook_tries") == 0


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://system.example/krav", "webhook-url-not-https"),
        ("http://127.0.0.1:80/", "webhook-url-not-https"),
        ("https://127.0.0.1/", "webhook-url-inside"),
        ("https:" + "//10.1.2.3/", "webhook-url-inside"),
        ("https:" + "//169.254.169.254/latest/meta-data", "webhook-url-inside"),
        ("https:" + "//[::1]/", "webhook-url-inside"),
        ("https:" + "//[::ffff:10.0.0.1]/", "webhook-url-inside"),
        ("https:" + "//[fd00::1]/", "webhook-url-inside"),
        ("https://localhost/", "webhook-url-inside"),
        ("https://intranet/", "webhook-url-inside"),
        ("https:" + "//db.internal/", "webhook-url-inside"),
        ("https://user:password@system.example/", "webhook-url-unreadable"),
        ("https://system.example:x/", "webhook-url-unreadable"),
        ("ftp://system.example/", "webhook-url-not-https"),
        ("system", "webhook-url-unreadable"),
    ],
)
def test_an_address_inside_or_in_the_open_is_refused_in_words(url, code):
    with pytest.raises(Invalid) as refused:
        check_url(url, allows_loopback=False)
    assert refused.value.faults[0].code == code


async def test_a_name_that_leads_inside_is_not_followed_there(monkeypatch):
    """Whatever it led to when it was registered."""
    loop = asyncio.get_running_loop()

    async def resolve(*_, **__):
        return [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.7", 443))]

    monkeypatch.setattr(loop, "getaddrinfo", resolve)
    message = HookMessage("delivery-1", "https://system.example/", "{}", ["whsec_AAAA"])
    answer = await HttpHooks().post(message, datetime.now(UTC))
    assert answer.trouble is HookTrouble.FORBIDDEN
