"""The inbox of a large town: how long people wait for it, and whether it holds in a storm."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from sqlalchemy import text
from temporalio import workflow
from temporalio.client import Client

from bench import inbox_looking, inbox_storm
from bench.ground import Ground, ground, prepare
from bench.inbox_looking import API, p95, times_of, visitor
from bench.inbox_town import CLOSED, FEW_CLOSED, FEW_OPEN, OPEN, fill
from bench.serving import serving
from persistence.database import Database
from workflows.queues import STORIES
from workflows.wire import DATA_CONVERTER

_DECISIONS, _FEW_DECISIONS = 10_000, 400
_STORIES, _FEW_STORIES = 1_000, 100
_TOP = text("""
select claim_id from tasks where state = 'open' and claimed_by is null
  and kind in ('dialogue', 'assessment', 'exception') order by points desc, id limit :many""")


async def run(*, is_small: bool) -> dict[str, Any]:
    """The figures of the issue. Small: a fifth of the tasks, and fewer of everything."""
    opened, closed = (FEW_OPEN, FEW_CLOSED) if is_small else (OPEN, CLOSED)
    times = 12 if is_small else 40
    with ground() as standing:
        url = await prepare(standing)
        database = Database(url, 4)
        await fill(database, opened, closed)
        with serving(standing, url) as port:
            bare = await inbox_looking.bare_select(database, 10 * times)
            looked = await _measured(standing, inbox_looking.look(database, port, times))
            worked = await _work(port, 5 * times)
            stormed = await _storm(standing, database, url, port, is_small=is_small)
        await database.close()
    ratio = round(looked["json_p95_ms"] / bare, 1)
    counts = {"open": opened, "closed": closed, "bare_select_p95_ms": round(bare, 2)}
    return counts | looked | worked | stormed | {"ratio_to_bare_select": ratio}


async def _measured(standing: Ground, looking: Any) -> dict[str, Any]:
    """With the processor seconds of each process: what the machine was kept busy with."""
    before = standing.seconds_used()
    found: dict[str, Any] = await looking
    after = standing.seconds_used()
    return found | {"cpu_s": {name: round(after[name] - before[name], 2) for name in after}}


@workflow.defn(name="deaf")
class Deaf:
    """Keeps every signal, and no worker tells it."""

    @workflow.run
    async def run(self) -> None:
        return


async def _work(port: int, times: int) -> dict[str, Any]:
    """One person takes the next task and answers it, again and again."""
    taken, decided = [], []
    async with visitor(port, 1) as client:
        for _ in range(times):
            taken += await times_of(lambda: client.post(f"{API}/tasks/next"), 1)
            task = (await client.post(f"{API}/tasks/next")).json()["task"]
            body = {"outcome": inbox_storm.ANSWERS[task["kind"]], "reasons": "Prøve"}
            path = f"{API}/tasks/{task['id']}/decide"
            decided += await times_of(partial(client.post, path, json=body), 1)
    return {"claim_next_p95_ms": round(p95(taken), 1), "decide_p95_ms": round(p95(decided), 1)}


async def _storm(
    standing: Ground, database: Database, url: str, port: int, *, is_small: bool
) -> dict[str, Any]:
    client = await Client.connect(standing.temporal.address, data_converter=DATA_CONVERTER)
    await _listen(client, database, _FEW_STORIES if is_small else _STORIES)
    async with _relaying(standing, url):
        decisions = _FEW_DECISIONS if is_small else _DECISIONS
        return await inbox_storm.rage(
            database, client, port, decisions, lambda: _kill_relay(standing, url)
        )


async def _listen(client: Client, database: Database, many: int) -> None:
    """Stories that keep every signal: they have no worker, so nothing comes of any."""
    async with database.transaction() as connection:
        claims = (await connection.execute(_TOP, {"many": many})).scalars().all()
    for claim in claims:
        await client.start_workflow(Deaf.run, id=f"claim-{claim}", task_queue=f"{STORIES}-deaf")


@asynccontextmanager
async def _relaying(standing: Ground, url: str) -> AsyncIterator[None]:
    _start_relay(standing, url)
    try:
        yield
    finally:
        await asyncio.to_thread(standing.end_child, "relay")


def _start_relay(standing: Ground, url: str) -> None:
    facts = {"address": standing.temporal.address, "database_url": url}
    standing.start_child("relay", "bench.inbox_relay", **facts)


def _kill_relay(standing: Ground, url: str) -> None:
    """As kill -9 does, in the middle of whatever it was at."""
    child = standing.children.pop("relay")
    child.kill()
    child.wait()
    _start_relay(standing, url)
