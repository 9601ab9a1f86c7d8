"""Killed between any two steps, nothing that was sent or told is lost, or told twice."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateways.ports import PostOutcome
from gateways.serviceplatformen.account import DIGITAL_POST, PHYSICAL_POST
from tests.gateways.people import a_message
from tests.gateways.platform_server import PlatformServer

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
HOUSE = Path(__file__).parents[2]

MORTAL = """
import asyncio, os, sys, threading
from datetime import datetime
from pathlib import Path
from gateways.serviceplatformen.account import Account
from tests.gateways.people import a_message
from tests.gateways.platform_server import SIDES

platform, queue, cvr, folder, channel, act, when, step, times = sys.argv[1:]
left = int(times)

def die_in_time(frame, event, _):
    global left
    if (event, frame.f_code.co_name) == (when, step):
        left -= 1
        if not left:
            os._exit(9)

threading.setprofile(die_in_time)
post = SIDES[channel](Account(platform, queue, cvr, "Prøveby Kommune", 265), Path(folder))
now = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
later = now.replace(month=4)
asyncio.run(post.send(a_message(), now) if act == "send" else post.receipts(0, later))
"""


@pytest.fixture
def server(tmp_path):
    server = PlatformServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture(params=[DIGITAL_POST, PHYSICAL_POST])
def channel(request):
    return request.param


def do_and_die(server, channel, act, when, step, times=1):
    account, book = server.account, str(server.folder / "book")
    told = [account.platform, account.queue, account.cvr, book, channel]
    done = subprocess.run(
        [sys.executable, "-c", MORTAL, *told, act, when, step, str(times)],
        cwd=HOUSE, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 9


@pytest.mark.parametrize(
    ("when", "step"),
    [("call", "begin"), ("return", "begin"), ("call", "hand_over"), ("return", "hand_over"),
     ("call", "accept"), ("return", "accept")],
)  # fmt: skip
async def test_a_sender_killed_anywhere_has_sent_one_letter_in_the_end(server, channel, when, step):
    do_and_die(server, channel, "send", when, step)
    post = server.wire(channel)
    left = step == "accept" or (when, step) == ("return", "hand_over")
    assert await post.taken(["letter-1"]) == (["letter-1"] if left else [])
    await post.send(a_message(), NOW)
    assert [offer.times for offer in post.sent()] == [1]
    [receipt] = await post.receipts(0, LATER)
    assert (receipt.message_id, receipt.outcome) == ("letter-1", PostOutcome.DELIVERED)


@pytest.mark.parametrize(
    ("when", "step", "times"),
    [
        # That three letters are on their way is told first, then what came of each.
        ("call", "keep", 4),  # read, and not written down
        ("return", "keep", 4),  # written down, and not acknowledged
        ("call", "basic_ack", 5),
        ("return", "empty_queue", 1),  # acknowledged, and not told to who heeds them
        ("return", "_receipts", 1),
    ],
)
async def test_a_reader_killed_before_it_was_heeded_has_lost_nothing(
    server, channel, when, step, times
):
    post = server.wire(channel)
    ids = [f"letter-{place}" for place in range(3)]
    for message_id in ids:
        await post.send(a_message(message_id), NOW)
    do_and_die(server, channel, "receipts", when, step, times)
    receipts = await post.receipts(0, LATER)
    assert sorted(receipt.message_id for receipt in receipts) == ids
    numbers = [receipt.number for receipt in receipts]
    assert numbers == sorted(set(numbers))
    assert await post.receipts(0, LATER) == receipts
    assert await post.receipts(numbers[0], LATER) == receipts[1:]


async def test_a_platform_killed_while_a_letter_is_read_gives_it_again(server, channel):
    """Its readers are gone with it; what nobody had acknowledged waits as before."""
    post = server.wire(channel)
    await post.send(a_message(), NOW)
    do_and_die(server, channel, "receipts", "call", "keep", times=2)
    server.start_again()
    assert [receipt.message_id for receipt in await post.receipts(0, LATER)] == ["letter-1"]
