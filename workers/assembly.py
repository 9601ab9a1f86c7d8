"""How the house is put together: what is connected to what, once, for every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.policy import Policy
from gateways.choose import Gateways, choose
from gateways.mail.account import MailAccount
from gateways.serviceplatformen.account import Account
from persistence.clock import read_clock
from persistence.database import Database
from persistence.debtors.lookup import fill_hashes
from persistence.debtors.sealing_numbers import begin_where_nobody_is
from policies.loading import load_policy
from settings import Settings
from settings.temporal import temporal_connect_config
from workers.addressing import Pace
from workers.clock import Clock
from workers.executions.caretaker import Caretaker
from workers.executions.looking import running_stories
from workers.following import Following
from workers.registry import round_activities, round_workflows
from workers.relay import Relay
from workers.stories import story_worker
from workflows.queues import ROUNDS
from workflows.wire import data_converter

_log = structlog.get_logger()
_PATIENCE_SECONDS = 1.0
_USUAL_PACE = Pace()
_GRACE = timedelta(seconds=5)  # An act takes milliseconds; a round may be in the middle of one.


@dataclass(frozen=True, slots=True)
class Office:
    """What it takes to carry messages to stories: the facts, and Temporal."""

    database: Database
    client: Client
    policy: Policy
    clock: Clock
    pace: Pace = field(default=_USUAL_PACE, kw_only=True)


@dataclass(frozen=True, slots=True)
class House(Office):
    """Everything an entry point hands on. *pages*: the address under which people find ours."""

    gateways: Gateways
    pages: str = ""


async def connect(settings: Settings, runtime: Runtime | None = None) -> Client:
    """Raises RuntimeError when Temporal does not answer."""
    return await Client.connect(
        **temporal_connect_config(settings),
        data_converter=data_converter(settings.payload_ring),
        interceptors=[Following()],
        runtime=runtime,
    )


async def connect_patiently(settings: Settings) -> Client:
    """Processes start in any order: wait until Temporal answers."""
    runtime = _measured(settings.worker_metrics)
    while True:
        try:
            return await connect(settings, runtime)
        except (RuntimeError, RPCError):
            _log.info("waiting for Temporal", address=settings.temporal_address)
            await asyncio.sleep(_PATIENCE_SECONDS)


def _measured(address: str | None) -> Runtime | None:
    """One that tells monitoring at ``http://address/metrics`` how the workers fare."""
    if address is None:
        return None
    prometheus = PrometheusConfig(bind_address=address, durations_as_seconds=True)
    return Runtime(telemetry=TelemetryConfig(metrics=prometheus))


def open_database(settings: Settings, url: str) -> Database:
    return Database(
        url,
        settings.database_pool_size,
        settings.lookup_key,
        settings.record_ring,
        settings.database_patience_seconds,
    )


@asynccontextmanager
async def open_office(settings: Settings, database_url: str) -> AsyncIterator[Office]:
    """Reaches nobody outside. Its database is closed again when the context is."""
    database = open_database(settings, database_url)
    try:
        await hash_numbers(database)
        async with database.transaction() as connection:
            clock = Clock(await read_clock(connection))
        policy = load_policy(settings.policy)
        pace = Pace(settings.begins_a_second, settings.spread_minutes)
        yield Office(database, await connect_patiently(settings), policy, clock, pace=pace)
    finally:
        await database.close()


@asynccontextmanager
async def open_house(settings: Settings, database_url: str) -> AsyncIterator[House]:
    """An office with all ways to the outside."""
    async with open_office(settings, database_url) as office:
        yield House(
            database=office.database,
            client=office.client,
            policy=office.policy,
            clock=office.clock,
            gateways=choose(
                world_folder(settings),
                post_account(settings, office.policy),
                mail_account(settings),
                allows_loopback=settings.webhooks_on_this_machine,
            ),
            pages=settings.public_url or f"http://127.0.0.1:{settings.api_port}",
            pace=office.pace,
        )


async def hash_numbers(database: Database) -> None:
    """National ids that came before the key are hashed with it now; a new house seals them too."""
    async with database.transaction() as connection:
        await begin_where_nobody_is(connection)
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
                house.pages,
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
    async with carrying(house), telling(house, build_id):
        yield


@asynccontextmanager
async def telling(house: House, build_id: str | None = None) -> AsyncIterator[None]:
    """The workers alone: the messages are carried elsewhere."""
    stories, rounds = build_workers(house, build_id)
    async with stories, rounds:
        yield


@asynccontextmanager
async def carrying(office: Office) -> AsyncIterator[None]:
    """The relay and the caretaker; what they have begun is finished when the context closes."""
    stop = asyncio.Event()
    relay = Relay(office.database, office.client, office.policy, pace=office.pace)
    caretaker = Caretaker(office.database, office.client, office.policy)
    running = [asyncio.create_task(one.run(stop)) for one in (relay, caretaker)]
    try:
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


def mail_account(settings: Settings) -> MailAccount | None:
    """None when nobody is mailed."""
    if not settings.smtp_host:
        return None
    return MailAccount(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.mail_from or "",
        user=settings.smtp_user,
        password=settings.smtp_password,
    )


def world_folder(settings: Settings) -> Path:
    """Where the sandbox counterparts keep their state, and the real post its book."""
    return settings.state_folder / "world"
