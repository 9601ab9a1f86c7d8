"""Digital Post and remote print: taken once, told later, and out of order on request.

Each promise is kept in this process, and over HTTP and AMQP by those who speak to the platform.
"""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import GatewayRejected, GatewayUnavailable
from gateways.choose import choose
from gateways.digital_post.sandbox import SandboxDigitalPost
from gateways.physical_post.sandbox import SandboxPhysicalPost
from gateways.ports import PostOutcome
from gateways.post_sandbox import PostBehaviour
from tests.gateways.people import a_message, cpr_numbers
from tests.gateways.platform_server import DIGITAL_POST, PHYSICAL_POST, PlatformServer

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
HOUSE = Path(__file__).parents[2]


@pytest.fixture(params=[SandboxDigitalPost, SandboxPhysicalPost, DIGITAL_POST, PHYSICAL_POST])
def post(request, tmp_path):
    if request.param not in (DIGITAL_POST, PHYSICAL_POST):
        yield request.param(tmp_path)
        return
    server = PlatformServer(tmp_path)
    yield server.wire_of_all(request.param)
    server.stop()


async def test_a_message_offered_again_is_not_a_second_message(post):
    for _ in range(3):
        await post.send(a_message(), NOW)
    [offer] = post.sent()
    assert (offer.id, offer.at) == ("letter-1", NOW)
    assert offer.body["subject"] == "Opkrævning"
    assert len(await post.receipts(0, LATER)) == 1


@pytest.mark.parametrize("sandbox", [SandboxDigitalPost, SandboxPhysicalPost])
async def test_it_is_counted_how_often_a_message_was_offered(tmp_path, sandbox):
    post = sandbox(tmp_path)
    for _ in range(3):
        await post.send(a_message(), NOW)
    assert [offer.times for offer in post.sent()] == [3]


async def test_it_says_which_letters_it_has_taken(post):
    await post.send(a_message("letter-1"), NOW)
    assert await post.taken(["letter-1", "letter-2"]) == ["letter-1"]


async def test_accepted_is_not_delivered(post):
    await post.send(a_message(), NOW)
    assert await post.receipts(0, NOW) == []
    assert await post.receipts(0, NOW + timedelta(minutes=9)) == []
    [receipt] = await post.receipts(0, NOW + timedelta(minutes=10))
    assert receipt.message_id == "letter-1"
    assert receipt.outcome is PostOutcome.DELIVERED
    assert receipt.at == NOW + timedelta(minutes=10)


async def test_receipts_are_read_on_from_the_last_one_seen(post):
    for number in range(5):
        await post.send(a_message(f"letter-{number}"), NOW + timedelta(minutes=number))
    early = await post.receipts(0, NOW + timedelta(minutes=12))
    assert [receipt.message_id for receipt in early] == ["letter-0", "letter-1", "letter-2"]
    rest = await post.receipts(early[-1].number, LATER)
    assert [receipt.message_id for receipt in rest] == ["letter-3", "letter-4"]
    assert await post.receipts(0, LATER) == early + rest
    assert await post.receipts(rest[-1].number, LATER) == []


async def test_a_receipt_that_comes_late_is_numbered_after_those_already_told(post):
    post.behave(PostBehaviour(minutes_to_receipt=1000))
    await post.send(a_message("slow"), NOW)
    post.behave(PostBehaviour())
    await post.send(a_message("quick"), NOW)
    [quick] = await post.receipts(0, NOW + timedelta(hours=1))
    [slow] = await post.receipts(quick.number, LATER)
    assert (quick.message_id, slow.message_id) == ("quick", "slow")


async def test_an_outage_takes_nothing_and_is_over_when_it_is_over(post):
    post.behave(PostBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await post.send(a_message(), NOW)
    with pytest.raises(GatewayUnavailable):
        await post.receipts(0, NOW)
    assert post.sent() == []
    post.behave(PostBehaviour())
    await post.send(a_message(), NOW)
    assert [offer.times for offer in post.sent()] == [1]


async def test_a_letter_without_text_is_refused_at_once(post):
    with pytest.raises(GatewayRejected):
        await post.send(a_message(body=" \n"), NOW)
    assert post.sent() == []


@pytest.mark.parametrize(
    ("sandbox", "outcome"),
    [(SandboxDigitalPost, PostOutcome.EXEMPT), (SandboxPhysicalPost, PostOutcome.RETURNED)],
)
async def test_each_kind_of_post_fails_in_its_own_way(tmp_path, sandbox, outcome):
    post = sandbox(tmp_path)
    post.behave(PostBehaviour(share_failing=1))
    await post.send(a_message(), NOW)
    assert [receipt.outcome for receipt in await post.receipts(0, LATER)] == [outcome]


async def test_a_failure_may_be_named(post):
    post.behave(PostBehaviour(share_failing=1, failing_as=PostOutcome.REFUSED.value))
    await post.send(a_message(), NOW)
    [receipt] = await post.receipts(0, LATER)
    assert receipt.outcome is PostOutcome.REFUSED


async def _outcomes(post, behaviour):
    post.behave(behaviour)
    for number, national_id in enumerate(cpr_numbers(300)):
        await post.send(a_message(f"letter-{number}", national_id), NOW)
    return {receipt.message_id: receipt for receipt in await post.receipts(0, LATER)}


async def test_a_share_of_recipients_fails_and_the_same_ones_each_time(tmp_path):
    behaviour = PostBehaviour(share_failing=0.3, seed=5)
    first = await _outcomes(SandboxDigitalPost(tmp_path / "a"), behaviour)
    second = await _outcomes(SandboxDigitalPost(tmp_path / "b"), behaviour)
    failing = [r for r in first.values() if r.outcome is PostOutcome.EXEMPT]
    assert 60 <= len(failing) <= 120
    assert {m: r.outcome for m, r in first.items()} == {m: r.outcome for m, r in second.items()}


async def test_a_share_of_receipts_is_lost_though_the_message_arrived(tmp_path):
    post = SandboxDigitalPost(tmp_path)
    told = await _outcomes(post, PostBehaviour(share_lost=0.5))
    assert len(post.sent()) == 300
    assert 110 <= len(told) <= 190


async def test_receipts_come_within_their_range_of_minutes(tmp_path):
    told = await _outcomes(
        SandboxDigitalPost(tmp_path), PostBehaviour(minutes_to_receipt=5, minutes_more=60)
    )
    waits = [receipt.at - NOW for receipt in told.values()]
    assert min(waits) >= timedelta(minutes=5)
    assert max(waits) < timedelta(minutes=65)
    assert max(waits) - min(waits) > timedelta(minutes=50)


async def test_another_process_sees_the_same_sandbox(tmp_path):
    ours, theirs = choose(tmp_path).digital_post, SandboxDigitalPost(tmp_path)
    theirs.behave(PostBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await ours.send(a_message(), NOW)
    theirs.behave(PostBehaviour())
    await ours.send(a_message(), NOW)
    await theirs.send(a_message(), NOW)
    assert [offer.times for offer in ours.sent()] == [2]


SENDER = """
import asyncio, os, sys
from datetime import datetime, UTC
from pathlib import Path
from gateways.digital_post.sandbox import SandboxDigitalPost
from tests.gateways.people import a_message

post, steps = SandboxDigitalPost(Path(sys.argv[1])), int(sys.argv[2])

def die_in_time(statement):
    global steps
    steps -= 1
    if steps < 0:
        os._exit(9)

post._journal._file.set_trace_callback(die_in_time)
asyncio.run(post.send(a_message(), datetime(2026, 3, 2, 9, tzinfo=UTC)))
"""


def _sender(folder, steps):
    """A process that sends one letter, and is killed before its SQL statement number *steps*."""
    return subprocess.run(
        [sys.executable, "-c", SENDER, str(folder), str(steps)], cwd=HOUSE, check=False, timeout=60
    ).returncode


async def test_a_sender_killed_anywhere_leaves_all_or_nothing(tmp_path):
    ends = []
    for steps in range(12):
        folder = tmp_path / str(steps)
        ends.append(_sender(folder, steps))
        post = SandboxDigitalPost(folder)
        assert len(post.sent()) == len(await post.receipts(0, LATER))
        await post.send(a_message(), NOW)
        assert len(post.sent()) == 1
        assert len(await post.receipts(0, LATER)) == 1
        if ends[-1] == 0:
            break
    assert set(ends) == {0, 9}
    assert len(ends) > 4


STORM = """
import asyncio, sys
from datetime import datetime, UTC
from pathlib import Path
from gateways.digital_post.sandbox import SandboxDigitalPost
from tests.gateways.people import a_message

async def main():
    post = SandboxDigitalPost(Path(sys.argv[1]))
    for number in range(60):
        await post.send(a_message(f"letter-{number}"), datetime(2026, 3, 2, 9, tzinfo=UTC))

asyncio.run(main())
"""


async def test_processes_that_send_the_same_letters_at_once_send_them_once(tmp_path):
    _storm(tmp_path, senders=3)
    post = SandboxDigitalPost(tmp_path)
    assert [offer.times for offer in post.sent()] == [3] * 60
    assert len(await post.receipts(0, LATER)) == 60


def _storm(folder, senders):
    command = [sys.executable, "-c", STORM, str(folder)]
    running = [subprocess.Popen(command, cwd=HOUSE) for _ in range(senders)]
    assert [sender.wait(timeout=120) for sender in running] == [0] * senders
