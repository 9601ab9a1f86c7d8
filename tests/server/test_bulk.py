"""A large file on a real server: killed on the way, every claim comes in once and is begun once.

And its stories take their first step one after the other.
"""

import asyncio
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from signal import SIGKILL

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from activities.claim_files import ROWS_AT_ONCE
from bench.town import TYPE
from persistence.database import Database
from persistence.files.received import keep_file, progress
from persistence.models import Claim, OutboxRow
from persistence.outbox import START_CLAIM
from servers.child import Child
from tests.files.builders import a_row, a_source, a_table

ROOT = Path(__file__).parents[2]
CLAIMS, MOST_TO_BEGIN = 800, 200
TODAY = date(2026, 3, 2)
KILLED_AT = (1, 300, 500)
"""How many rows are done at least when the worker is killed."""


@pytest_asyncio.fixture
async def database(database_url):
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def worker(low_limits, database_url, tmp_path):
    """The process that reads files, begins stories and tells them; one first step a second."""
    facts = {"address": low_limits.address, "database_url": database_url, "begins": "1"}
    command = [sys.executable, "-m", "bench.scale_worker"]
    facts |= {"most": str(MOST_TO_BEGIN)}
    started = []

    def start():
        log = tmp_path / "worker.log"
        child = Child([*command, json.dumps(facts)], log=log, folder=ROOT, farewell=SIGKILL)
        started.append(child)
        return child

    yield start
    for child in started:
        child.end()


class Look:
    """How far the file is, and how many of its stories wait to be begun."""

    def __init__(self, database, file_id):
        self.database, self.file_id = database, file_id

    async def now(self):
        waiting = select(func.count()).where(
            OutboxRow.delivered_at.is_(None), OutboxRow.name == START_CLAIM
        )
        async with self.database.transaction() as connection:
            count = await connection.scalar(waiting)
            return await progress(connection, self.file_id), count

    async def until(self, is_so):
        """Also proves, at each look, that only so many wait."""
        async with asyncio.timeout(120):
            while True:
                file, waiting = await self.now()
                assert waiting <= MOST_TO_BEGIN + ROWS_AT_ONCE, "what waits has a bound"
                if is_so(file, waiting):
                    return file
                await asyncio.sleep(0.05)


async def test_a_file_whose_reader_is_killed_comes_in_once(worker, client, database):
    source = a_source()
    rows = (a_row(source, number, kravtype=TYPE) for number in range(1, CLAIMS + 1))
    content = a_table(*rows)
    async with database.transaction() as connection:
        file_id, _ = await keep_file(connection, "claims", "krav.csv", content, "anna", TODAY)
    look = Look(database, file_id)
    for rows in KILLED_AT:
        running = worker()
        await look.until(lambda file, _, rows=rows: file.rows_done >= rows)
        running.end()  # as kill -9 does
    worker()
    file = await look.until(lambda file, waiting: file.state == "done" and not waiting)
    assert (file.rows, file.rows_done, file.rows_taken, file.rows_refused) == (
        CLAIMS, CLAIMS, CLAIMS, 0,
    )  # fmt: skip
    ids = await claims_of(database, source)
    assert len(ids) == CLAIMS
    await until_all_are_there(client, {f"claim-{claim_id}" for claim_id in ids})
    await prove_that_each_has_its_turn(client, ids)


async def claims_of(database, source):
    found = select(Claim.id).where(Claim.source == source).order_by(Claim.serial)
    async with database.transaction() as connection:
        return list((await connection.execute(found)).scalars())


async def until_all_are_there(client, expected):
    """Temporal's list lags behind; no workflow may be there twice."""
    async with asyncio.timeout(60):
        found = []
        while len(found) < len(expected):
            query = "WorkflowType = 'claim'"
            found = [one.id async for one in client.list_workflows(query)]
            found = [one for one in found if one in expected]
    assert sorted(found) == sorted(expected)


async def prove_that_each_has_its_turn(client, ids):
    for place in (0, 1, CLAIMS - 1):
        history = await client.get_workflow_handle(f"claim-{ids[place]}").fetch_history()
        begun = history.events[0].workflow_execution_started_event_attributes
        assert begun.first_workflow_task_backoff.ToTimedelta() == timedelta(seconds=place)
