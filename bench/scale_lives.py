"""Whole short lives beside sleeping claims: out of a file, demanded, paid, closed."""

import asyncio
import sqlite3
from dataclasses import dataclass
from datetime import date

from sqlalchemy import TextClause, text
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from bench.ground import Ground
from bench.scale_files import Meter, Taken, take_in
from bench.town import bench_policy
from domain.authority import HOUSE
from domain.letters import Letter
from domain.money import Money
from persistence.database import Database
from persistence.money.booking import NewPayment, book_payment

_LOOK_EVERY, _PATIENCE, _AT_ONCE = 0.1, 600, 2
_OURS = "reference >= :first and reference < :last and source = 'bench'"
_UNWRITTEN = text(f"""
select count(*) from claims c where {_OURS}
and not exists (select from letters l where l.claim_id = c.id)""")
_UNENDED = text(f"select count(*) from claims where {_OURS} and ending is null")
_IDS = text(f"select id from claims where {_OURS} order by serial")
_SQL_BYTES = text("select pg_database_size(current_database())")
_ACTIONS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
}


@dataclass(frozen=True)
class Costs:
    """Of one life, where others sleep."""

    cpu_ms: float
    cpu_ms_of: dict[str, float]
    temporal_bytes: int
    sql_bytes: int
    a_claim: str


async def live_whole(
    standing: Ground, database: Database, first: int, lives: int, on: date
) -> Costs:
    span = {"first": f"B-{first:08d}", "last": f"B-{first + lives:08d}"}
    before = await _bytes(standing, database)
    meter = Meter(standing)
    await take_in(standing, database, first, lives, on)
    await _until_none(database, _UNWRITTEN, span)
    ids = await _pay(database, span, on)
    await _until_none(database, _UNENDED, span)
    cost: Taken = meter.read(lives)
    after = await _bytes(standing, database)
    temporal, sql = ((a - b) // lives for a, b in zip(after, before, strict=True))
    return Costs(cost.cpu_ms, cost.cpu_ms_of, temporal, sql, ids[0])


async def _until_none(database: Database, query: TextClause, span: dict[str, str]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while await _ask(database, query, span):  # noqa: ASYNC110  # another process does it
            await asyncio.sleep(_LOOK_EVERY)


async def _ask(database: Database, query: TextClause, values: dict[str, str]) -> int:
    async with database.transaction() as connection:
        return int(await connection.scalar(query, values) or 0)


async def _pay(database: Database, span: dict[str, str], on: date) -> list[str]:
    policy = bench_policy(Letter.DEMAND)
    async with database.transaction() as connection:
        ids = list((await connection.execute(_IDS, span)).scalars())
    gate = asyncio.Semaphore(_AT_ONCE)

    async def pay(claim_id: str) -> None:
        payment = NewPayment(f"paid-{claim_id}", Money.kroner(1200), on, on, claim_id=claim_id)
        async with gate, database.transaction() as connection:
            await book_payment(connection, policy, payment, on, HOUSE.id)

    await asyncio.gather(*(pay(claim_id) for claim_id in ids))
    return ids


async def _bytes(standing: Ground, database: Database) -> tuple[int, int]:
    """What Temporal and SQL hold, with what is written but lies beside their files still."""
    path = standing.temporal.folder / "temporal.db"
    held = "select page_count * page_size from pragma_page_count, pragma_page_size"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as reader:
        [(temporal,)] = reader.execute(held).fetchall()
    return temporal, await _ask(database, _SQL_BYTES, {})


async def story_costs(client: Client, claim_id: str) -> tuple[int, int]:
    """Events of a life, and billable actions by Temporal Cloud's rules.

    An activity that is told inside the workflow's own task counts once a task that has any.
    """
    handle = client.get_workflow_handle(f"claim-{claim_id}")
    await handle.result()
    events = (await handle.fetch_history()).events
    marked = {
        event.marker_recorded_event_attributes.workflow_task_completed_event_id
        for event in events
        if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED
    }
    return len(events), len(marked) + sum(event.event_type in _ACTIONS for event in events)
