"""How the house is put together: what is connected to what, once, for every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.policy import Policy
from gateways.choose import Gateways, choose
from gateways.serviceplatformen.account import Account
from persistence.clock import read_clock
from persistence.database import Database
from persistence.debtors.lookup import fill_hashes
from policies.loading import load_policy
from settings import Settings, temporal_connect_config
from workers.caretaker import Caretaker
from workers.clock import Clock
from workers.looking import running_stories
from workers.registry import round_activities, round_workflows
from workers.relay import Relay
from workers.stories import story_worker
from workflows.queues import ROUNDS
from workflows.wire import DATA_CONVERTER

_log = structlog.get_logger()
_PATIENCE_SECONDS = 1.0
_GRACE = timedelta(seconds=5)  # An act takes milliseconds; a round may be in the middle of one.


@dataclass(frozen=True, slots=True)
class House:
    """Everything an entry point hands on."""

    database: Database
    client: Client
    policy: Policy
    clock: Clock
    gateways: Gateways


async def connect(settings: Settings) -> Client:
    """Raises RuntimeError when Temporal does not answer."""
    return await Client.connect(**temporal_connect_config(settings), data_converter=DATA_CONVERTER)


async def connect_patiently(settings: Settings) -> Client:
    """Processes start in any order: wait until Temporal answers."""
    while True:
        try:
            return await connect(settings)
        except (RuntimeError, RPCError):
            _log.info("waiting for Temporal", address=settings.temporal_address)
            await asyncio.sleep(_PATIENCE_SECONDS)


@asynccontextmanager
async def open_house(settings: Settings, database_url: str) -> AsyncIterator[House]:
    """Its database is closed again when the context is."""
    database = Database(database_url, settings.database_pool_size, settings.lookup_key)
    try:
        await hash_numbers(database)
        async with database.transaction() as connection:
            clock = Clock(await read_clock(connection))
        policy = load_policy(settings.policy)
        yield House(
            database=database,
            client=await connect_patiently(settings),
            policy=policy,
            clock=clock,
            gateways=choose(world_folder(settings), post_account(settings, policy)),
        )
    finally:
        await database.close()


async def hash_numbers(database: Database) -> None:
    """National ids that came before the key are hashed with it now."""
    hashed = True
    while hashed:
        async with database.transaction() as connection:
            hashed = await fill_hashes(connection) > 0


def build_workers(house: House, build_id: str | None = None) -> list[Worker]:
    """One worker for the stories, one for the rounds that call the outside world.

    With a *build_id* a story stays with the code it started on and moves to newer code when it
    turns a page (docs/decisions/0003); without, the newest code takes every story.
    """
    return [
        story_worker(house.client, house.database, house.policy, build_id),
        Worker(
            house.client,
            task_queue=ROUNDS,
            workflows=round_workflows(),
            activities=round_activities(
                house.database,
                house.policy,
                house.gateways,
                house.clock.town,
                running_stories(house.client),
            ),
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_concurrent_activities=8,
            # Rounds are short: told anew each time, none waits for a worker that is busy or gone.
            max_cached_workflows=0,
            graceful_shutdown_timeout=_GRACE,
        ),
    ]


@asynccontextmanager
async def working(house: House, build_id: str | None = None) -> AsyncIterator[None]:
    """The workers, the relay and the caretaker run while the context is open."""
    stop = asyncio.Event()
    relay = Relay(house.database, house.client, house.policy)
    caretaker = Caretaker(house.database, house.client, house.policy)
    running = [asyncio.create_task(one.run(stop)) for one in (relay, caretaker)]
    stories, rounds = build_workers(house, build_id)
    try:
        async with stories, rounds:
            yield
    finally:
        stop.set()
        await asyncio.gather(*running)


def post_account(settings: Settings, policy: Policy) -> Account | None:
    """None when letters go to a sandbox in this very process."""
    if not settings.post_platform:
        return None
    return Account(
        platform=settings.post_platform,
        queue=settings.post_queue or "",
        cvr=settings.post_cvr or "",
        name=policy.municipality,
        print_type=settings.post_print_type or 0,
        certificate=settings.post_certificate,
    )


def world_folder(settings: Settings) -> Path:
    """Where the sandbox counterparts keep their state, and the real post its book."""
    return settings.state_folder / "world"
