"""From a click to the letter, through processes of their own: one number, and one tree of spans."""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest_asyncio
from sqlalchemy import text

from domain.calendar import TownClock
from persistence.clock import set_clock
from persistence.database import Database
from tests.browser.conftest import free_port
from tests.chaos.house import ROOT, House
from tests.chaos.people import CPR_NUMBERS, SOURCE, hire
from tests.cli.collector import collecting

SECONDS_A_DAY = 0.5
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
NAME, STREET, CPR = "Karla Prøvesen", "Prøvevej 17", CPR_NUMBERS[0]
LETTER = "select count(*) from letters where dispatched_on is not null"


@contextmanager
def running(house, log, command, **settings):
    """``rettidig`` with that command; its lines in *log*."""
    env = {
        **os.environ,
        "RETTIDIG_DATABASE_URL": house.postgres.url,
        "RETTIDIG_TEMPORAL_ADDRESS": house.temporal.address,
        "RETTIDIG_STATE_FOLDER": str(house.folder),
        **settings,
    }
    words = [sys.executable, "-m", "cli", *command]
    with log.open("w") as out:
        child = subprocess.Popen(words, cwd=ROOT, env=env, stdout=out, stderr=out)
        try:
            yield child
        finally:
            child.terminate()
            child.wait(60)


def lines(log):
    return [json.loads(one) for one in log.read_text().splitlines() if one.startswith("{")]


async def open_house(folder):
    house = House(folder)
    await house.open()
    database = Database(house.postgres.url)
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    async with database.transaction() as connection:
        await set_clock(connection, TownClock(datetime.now(UTC), start, 86400 / SECONDS_A_DAY))
        await hire(connection)
    return house, database


async def register(port):
    """One click, in the trace of the caller's."""
    body = {
        "source": SOURCE,
        "reference": "C-1",
        "claim_type": "invoice",
        "principal_ore": 120_000,
        "debtors": [{"cpr_cvr": CPR, "name": NAME, "address": [STREET]}],
        **dict.fromkeys(("period_start", "period_end", "due_date"), "2026-03-02"),
        "description": "Prøvekrav",
    }
    headers = {
        "Authorization": "Bearer token-sys",
        "Idempotency-Key": "C-1",
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
    }
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(150):
        while True:
            try:
                answer = await http.post(
                    f"http://127.0.0.1:{port}/api/v1/claims", json=body, headers=headers
                )
                break
            except httpx.TransportError:
                await asyncio.sleep(0.2)
    assert answer.is_success, answer.text
    return answer


async def until_a_letter_has_left(database):
    async with asyncio.timeout(120):
        while True:
            async with database.transaction() as connection:
                if await connection.scalar(text(LETTER)):
                    return
            await asyncio.sleep(0.2)


@pytest_asyncio.fixture
async def house(tmp_path):
    opened, database = await open_house(tmp_path)
    yield opened, database
    await database.close()
    await asyncio.to_thread(opened.close)


async def live(house, database, **settings):
    """API and worker run until the first letter has left; the lines of both."""
    port = free_port()
    api, work = house.folder / "serve.log", house.folder / "work.log"
    with (
        running(house, work, ["worker"], **settings),
        running(house, api, ["serve", "--port", str(port)], **settings),
    ):
        answer = await register(port)
        await until_a_letter_has_left(database)
    return answer, lines(api), lines(work)


async def test_one_number_and_one_tree_lead_from_the_click_to_the_letter(house):
    with collecting() as collector:
        answer, api, work = await live(*house, RETTIDIG_TRACES=collector.address)
    assert answer.headers["x-correlation-id"] == TRACE
    of_the_click = [one for one in api + work if one.get("correlation_id") == TRACE]
    events = [one["event"] for one in of_the_click]
    for event in ("request", "message delivered", "story heard", "act done", "counterpart called"):
        assert event in events, (event, api, work)
    tree = collector.tree(TRACE)
    names = {name: (process, parent) for name, process, parent in tree.values()}
    assert names["POST /api/v1/claims"][0] == "rettidig-api"
    assert names["digital-post send"][0] == "rettidig-worker"
    assert {"relay start-claim", "story claim", "act claim.write-letter"} <= names.keys()
    (root,) = [name for name, _, parent in tree.values() if parent not in tree]
    assert root == "POST /api/v1/claims"
    told = collector.raw + json.dumps(api + work, ensure_ascii=False).encode()
    for word in (NAME, STREET, CPR, "Prøvekrav"):
        assert word.encode() not in told, word


async def test_a_collector_that_is_away_is_named_once_and_holds_up_nothing(house):
    away = f"http://127.0.0.1:{free_port()}/v1/traces"
    _, api, work = await live(*house, RETTIDIG_TRACES=away)
    warned = [one["event"] for one in work if "not taken" in one["event"]]
    assert len(warned) == 1, work
    assert any(one["event"] == "request" for one in api)
