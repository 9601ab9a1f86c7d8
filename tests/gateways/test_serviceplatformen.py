"""Post through the platform: real requests to a real process, and answers of every kind."""

import asyncio
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256

import pytest
from pika import frame, spec
from python_serviceplatformen import digital_post as library

from domain.errors import GatewayRejected, GatewayUnavailable
from gateways.digital_post.memo import write_memo
from gateways.ports import PostOutcome, Recipient
from gateways.post_sandbox import PostBehaviour
from gateways.serviceplatformen.access import open_access
from gateways.serviceplatformen.account import DIGITAL_POST, PHYSICAL_POST
from gateways.serviceplatformen.sandbox.counterpart import Trouble
from tests.gateways.people import A_PDF, a_message, cpr_numbers
from tests.gateways.platform_server import PlatformServer
from tests.gateways.test_memo import NAMES, NOBODYS_CVR

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
CHANNELS = [DIGITAL_POST, PHYSICAL_POST]
REFUSING = PostBehaviour(share_failing=1, failing_as=PostOutcome.REFUSED.value)


@pytest.fixture
def server(tmp_path):
    server = PlatformServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture(params=CHANNELS)
def channel(request):
    return request.param


@pytest.fixture
def post(server, channel):
    return server.wire(channel)


def told(receipts):
    return [(receipt.message_id, receipt.outcome) for receipt in receipts]


async def test_a_letter_comes_to_the_other_side_as_it_is(server):
    post = server.wire(DIGITAL_POST)
    await post.send(a_message(case="claim-7", language="en"), NOW)
    [offer] = post.sent()
    assert offer.body["recipient"]["national_id"] == cpr_numbers(1)[0]
    assert offer.body["recipient"]["name"] == "Karla Prøvesen"
    assert offer.body["is_legal_notification"]
    assert (offer.body["case"], offer.body["language"]) == ("claim-7", "en")
    assert offer.body["document"] == sha256(A_PDF).hexdigest()


async def test_a_printed_letter_has_its_address_and_its_document(server):
    post = server.wire(PHYSICAL_POST)
    await post.send(a_message(), NOW)
    [offer] = post.sent()
    assert offer.body["recipient"]["address"] == ["Prøvevej 1", "8660 Skanderborg"]
    assert offer.body["document"] == sha256(A_PDF).hexdigest()


async def test_a_company_is_reached_by_its_cvr_number(server):
    post = server.wire(DIGITAL_POST)
    recipient = Recipient(NOBODYS_CVR, "Prøvefirma ApS", ("Prøvevej 1",))
    await post.send(a_message(recipient=recipient), NOW)
    assert [offer.body["recipient"]["national_id"] for offer in post.sent()] == [NOBODYS_CVR]
    assert told(await post.receipts(0, LATER)) == [("letter-1", PostOutcome.DELIVERED)]


@pytest.mark.parametrize("name", NAMES, ids=["markup", "long", "lines", "not-xml", "wide"])
async def test_no_name_keeps_a_letter_from_leaving(server, name):
    recipient = replace(a_message().recipient, name=name)
    for channel in CHANNELS:
        post = server.wire(channel)
        await post.send(a_message(recipient=recipient), NOW)
        assert len(post.sent()) == 1


async def test_someone_exempt_is_sent_nothing_and_a_receipt_says_why(server):
    post = server.wire(DIGITAL_POST)
    post.behave(PostBehaviour(share_failing=1))
    for _ in range(2):
        await post.send(a_message(), NOW)
    assert post.sent() == []
    [receipt] = await post.receipts(0, NOW)
    assert (receipt.message_id, receipt.outcome) == ("letter-1", PostOutcome.EXEMPT)
    assert receipt.at == NOW
    assert await post.taken(["letter-1"]) == ["letter-1"]


async def test_what_the_printer_cannot_deliver_comes_back(server):
    post = server.wire(PHYSICAL_POST)
    post.behave(PostBehaviour(share_failing=1))
    await post.send(a_message(), NOW)
    assert told(await post.receipts(0, LATER)) == [("letter-1", PostOutcome.RETURNED)]


async def test_a_letter_that_failed_on_its_way_is_told_of(post):
    post.behave(REFUSING)
    await post.send(a_message(), NOW)
    assert len(post.sent()) == 1
    assert told(await post.receipts(0, LATER)) == [("letter-1", PostOutcome.REFUSED)]


async def test_the_same_people_are_exempt_each_time(server):
    post = server.wire(DIGITAL_POST)
    post.behave(PostBehaviour(share_failing=0.3, seed=5))
    numbers = cpr_numbers(60)
    for turn in range(2):
        for place, number in enumerate(numbers):
            await post.send(a_message(f"letter-{turn}-{place}", number), NOW)
    outcomes = {one.message_id: one.outcome for one in await post.receipts(0, LATER)}
    exempt = [
        {place for place in range(60) if outcomes[f"letter-{turn}-{place}"] is PostOutcome.EXEMPT}
        for turn in range(2)
    ]
    assert exempt[0] == exempt[1]
    assert 8 <= len(exempt[0]) <= 30
    assert len(post.sent()) == 120 - 2 * len(exempt[0])


async def test_a_receipt_may_be_lost_though_the_letter_arrived(post):
    post.behave(PostBehaviour(share_lost=1))
    await post.send(a_message(), NOW)
    assert await post.receipts(0, LATER) == []
    assert len(post.sent()) == 1


async def test_a_refused_letter_is_refused_with_code_and_reason(server, post):
    server.counterpart.cause(Trouble.REFUSAL)
    with pytest.raises(GatewayRejected) as refused:
        await post.send(a_message(), NOW)
    assert (refused.value.code, refused.value.reason) == (
        "refusal", "no letter is good enough today",
    )  # fmt: skip
    assert await post.taken(["letter-1"]) == []


async def test_a_letter_is_taken_once_it_is_good_enough(server, post):
    server.counterpart.cause(Trouble.REFUSAL)
    with pytest.raises(GatewayRejected):
        await post.send(a_message(), NOW)
    server.counterpart.cause(Trouble.NONE)
    await post.send(a_message(), NOW)
    assert await post.taken(["letter-1"]) == ["letter-1"]


@pytest.mark.parametrize("trouble", [Trouble.GARBAGE, Trouble.LOCKED_OUT])
async def test_an_answer_that_is_none_never_counts_as_accepted(server, post, trouble):
    await post.send(a_message("before"), NOW)  # so that the token is there already
    server.counterpart.cause(trouble)
    for ask in (post.send(a_message(), NOW), post.receipts(0, NOW), post.taken(["letter-1"])):
        with pytest.raises(GatewayUnavailable):
            await ask
    assert [offer.id for offer in post.sent()] == ["before"]
    server.counterpart.cause(Trouble.NONE)
    await post.send(a_message(), NOW)
    assert [offer.id for offer in post.sent()] == ["before", "letter-1"]


async def test_who_is_not_there_is_away(server, post):
    server.stop()
    for ask in (post.send(a_message(), NOW), post.receipts(0, NOW), post.taken(["letter-1"])):
        with pytest.raises(GatewayUnavailable):
            await ask
    server.start()


async def test_what_went_wrong_does_not_repeat_whom_a_letter_was_for(server, capsys):
    """The number stands in the address that is asked, and so in what `requests` says of it."""
    post = server.wire(DIGITAL_POST)
    await post.send(a_message("before"), NOW)  # so that the token is there already
    server.stop()
    with pytest.raises(GatewayUnavailable) as away:
        await post.send(a_message(), NOW)
    server.start()
    told = "".join(traceback.format_exception(away.value)) + "".join(capsys.readouterr())
    assert "the post's platform is away" in told
    assert cpr_numbers(1)[0] not in told


async def test_an_answer_lost_on_its_way_leaves_one_letter(server, post):
    server.counterpart.cause(Trouble.SILENCE)
    with pytest.raises(GatewayUnavailable):
        await post.send(a_message(), NOW)
    server.counterpart.cause(Trouble.NONE)
    assert await post.taken(["letter-1", "letter-2"]) == ["letter-1"]
    await post.send(a_message(), NOW)
    assert [(offer.id, offer.times) for offer in post.sent()] == [("letter-1", 1)]
    assert told(await post.receipts(0, LATER)) == [("letter-1", PostOutcome.DELIVERED)]


async def test_offered_again_before_anything_was_told_it_is_still_one_letter(server, post):
    server.counterpart.cause(Trouble.SILENCE)
    with pytest.raises(GatewayUnavailable):
        await post.send(a_message(), NOW)
    server.counterpart.cause(Trouble.NONE)
    await post.send(a_message(), NOW)
    assert [(offer.id, offer.times) for offer in post.sent()] == [("letter-1", 2)]
    assert told(await post.receipts(0, LATER)) == [("letter-1", PostOutcome.DELIVERED)]


async def test_a_platform_that_has_forgotten_its_tokens_gives_new_ones(server, post):
    await post.send(a_message("letter-1"), NOW)
    server.start_again()
    await post.send(a_message("letter-2"), NOW)
    assert len(await post.receipts(0, LATER)) == 2


async def test_both_kinds_of_post_are_told_of_in_one_queue(server):
    digital, printed = (server.wire(channel) for channel in CHANNELS)
    await digital.send(a_message("letter-1"), NOW)
    await printed.send(a_message("letter-1-p"), NOW)
    assert told(await digital.receipts(0, LATER)) == [("letter-1", PostOutcome.DELIVERED)]
    assert told(await printed.receipts(0, LATER)) == [("letter-1-p", PostOutcome.DELIVERED)]


async def test_while_one_kind_of_post_is_away_the_other_goes_its_way(server):
    digital, printed = (server.wire(channel) for channel in CHANNELS)
    await digital.send(a_message("letter-1"), NOW)
    digital.behave(PostBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await digital.send(a_message("letter-2"), NOW)
    await printed.send(a_message("letter-3"), NOW)
    assert told(await printed.receipts(0, LATER)) == [("letter-3", PostOutcome.DELIVERED)]
    assert await digital.receipts(0, LATER) == []
    digital.behave(PostBehaviour())
    assert told(await digital.receipts(0, LATER)) == [("letter-1", PostOutcome.DELIVERED)]


async def test_a_letter_in_two_kinds_of_post_is_two_letters(server):
    for channel in CHANNELS:
        post = server.wire(channel)
        await post.send(a_message("letter-1"), NOW)
        assert told(await post.receipts(0, LATER)) == [("letter-1", PostOutcome.DELIVERED)]


async def test_readers_at_once_lose_nothing_and_number_everything_alike(server):
    post = server.wire(DIGITAL_POST)
    for place in range(40):
        await post.send(a_message(f"letter-{place}"), NOW)
    readers = [server.post(DIGITAL_POST) for _ in range(4)]
    await asyncio.gather(*(reader.receipts(0, LATER) for reader in readers))
    found = [await reader.receipts(0, LATER) for reader in readers]
    assert all(receipts == found[0] for receipts in found)
    assert sorted(one.message_id for one in found[0]) == sorted(f"letter-{n}" for n in range(40))


async def test_with_the_book_lost_what_is_still_told_counts(server):
    """It lay in the queue when the disk broke; 500 is how far the house had heeded."""
    await server.wire(DIGITAL_POST).send(a_message(), NOW)
    reader = server.post(DIGITAL_POST, book="a new one")
    assert await reader.taken(["letter-1"]) == ["letter-1"]
    [receipt] = await reader.receipts(500, LATER)
    assert (receipt.number, receipt.message_id) == (501, "letter-1")


async def test_nobody_sends_in_the_name_of_somebody_else(server):
    access = open_access(replace(server.account, cvr=NOBODYS_CVR))
    memo = write_memo(a_message(), server.account, NOW)
    with pytest.raises(Exception, match="400"):
        await asyncio.to_thread(library.send_message, "Digital Post", memo, access)


async def test_the_library_itself_is_understood(server, monkeypatch):
    """So that what the sandbox speaks is what the library speaks, and not only what we do."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    access = open_access(server.account)
    memo = write_memo(a_message(), server.account, NOW)
    assert await asyncio.to_thread(library.is_registered, cpr_numbers(1)[0], "digitalpost", access)
    await asyncio.to_thread(library.send_message, "Digital Post", memo, access)
    uuid = server.account.uuid_of(DIGITAL_POST, "letter-1")
    assert [offer.id for offer in server.counterpart.digital_post.sent()] == [uuid]


async def test_a_queue_of_another_name_is_no_queue_of_ours(server, channel):
    account = replace(server.account, queue=server.account.queue + "-of-others")
    server.account = account
    with pytest.raises(GatewayUnavailable):
        await server.post(channel).receipts(0, NOW)


START = frame.Method(0, spec.Connection.Start(0, 9, {}, "EXTERNAL", "en_US")).marshal()


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x01\x00\x00\x00\x00\x00\x04\xff\xff\xff\xff\xce",
        b"\x01\x00\x00\x00\x00\x00\x02\x00\x0a\xce",
        START + b"\x01\x00\x00\x00\x00\x00\x04\x00\x0a\x00\x1e\xce",
        START + b"\x07" * 40,
    ],
    ids=["silence", "http", "no method", "half a method", "half a tune", "no frame"],
)
async def test_a_broker_that_talks_nonsense_is_away(server, channel, monkeypatch, words):
    monkeypatch.setattr("gateways.serviceplatformen.queue._TIMEOUT_SECONDS", 1)
    broker = await asyncio.start_server(partial(speak, words), "127.0.0.1", 0)
    address = "amqp://127.0.0.1:{1}/receipts".format(*broker.sockets[0].getsockname())
    server.account = replace(server.account, queue=address)
    async with broker:
        with pytest.raises(GatewayUnavailable):
            await server.post(channel).receipts(0, NOW)


async def speak(words, reader, writer):
    await reader.readexactly(8)
    writer.write(words)
    await reader.read()
    writer.close()
