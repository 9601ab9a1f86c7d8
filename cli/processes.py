"""The house's long-running processes in production: the API, and the workers."""

import asyncio
from datetime import timedelta

from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from temporalio.client import Client

from api.app import create_app
from api.doors.front_door import FrontDoor
from api.doors.identity import ClaimNames
from api.doors.pace import Pace, Paces
from api.doors.provider import Provider, ProviderSettings
from api.house import Outlets, TemporalPages
from api.server import serve as serve_http
from cli.doors import database_url
from cli.logs import write_logs
from cli.stopping import stop_on_signals
from cli.tracing import telling
from domain.policy import Policy
from persistence.clock import read_clock
from persistence.database import Database
from persistence.people.sessions import Lengths
from policies.loading import load_policy
from settings import Settings, settings
from traces.exporting import telling_traces
from traces.instruments import follow_questions, follow_requests
from workers.assembly import connect, hash_numbers, open_database
from workers.clock import Clock
from workers.process import carry as carry_until
from workers.process import work as work_until


class TemporalLink:
    """Whether Temporal answers now; the API works without it, and says so."""

    def __init__(self, chosen: Settings) -> None:
        self._settings = chosen
        self._client: Client | None = None

    async def answers(self) -> bool:
        self._client = self._client or await connect(self._settings)
        return bool(await self._client.service_client.check_health())


def front_door(chosen: Settings) -> FrontDoor:
    """As the operator has set it."""
    idle, longest = chosen.session_idle_minutes, chosen.session_hours
    return FrontDoor(
        _provider(chosen),
        chosen.public_url,
        Lengths(timedelta(minutes=idle), timedelta(hours=longest)),
        Pace(Paces(sign_ins=chosen.sign_ins_a_minute, writes=chosen.writes_a_minute)),
    )


def _provider(chosen: Settings) -> Provider | None:
    if not chosen.oidc_issuer or not chosen.oidc_client_id:
        return None
    names = ClaimNames(
        chosen.oidc_role_claim,
        chosen.oidc_department_claim,
        chosen.oidc_name_claim,
        chosen.oidc_roles,
        chosen.oidc_team_claim,
    )
    return Provider(
        ProviderSettings(
            chosen.oidc_issuer,
            chosen.oidc_client_id,
            chosen.oidc_client_secret,
            chosen.oidc_scope,
            names,
        )
    )


def outlets(chosen: Settings) -> Outlets:
    """How people and systems are told."""
    return Outlets(
        has_mail=chosen.smtp_host is not None,
        pages=chosen.public_url or "",
        allows_loopback=chosen.webhooks_on_this_machine,
    )


def executions_at(ui: str | None, chosen: Settings) -> TemporalPages:
    """Temporal's pages at *ui*, of our namespace, and what opens for them what is sealed."""
    workflows = ui and f"{ui.rstrip('/')}/namespaces/{chosen.temporal_namespace}/workflows/"
    return TemporalPages(workflows, chosen.payload_ring)


async def serve(port: int | None) -> int:
    """The JSON API, until SIGTERM or Ctrl-C."""
    chosen = settings()
    url = database_url(chosen)
    write_logs(chosen.log_level)
    stop = stop_on_signals()
    policy = load_policy(chosen.policy)
    with telling_traces(telling(chosen, policy, "api")) as provider:
        await _serve(chosen, url, policy, chosen.api_port if port is None else port, stop, provider)
    return 0


async def _serve(
    chosen: Settings,
    url: str,
    policy: Policy,
    port: int,
    stop: asyncio.Event,
    provider: TracerProvider | None,
) -> None:
    database = open_database(chosen, url)
    try:
        await hash_numbers(database)
        app = await _app(chosen, policy, database)
        if provider:
            follow_requests(app, provider)
            follow_questions(database.engine, provider)
        await _serve_on(app, chosen, port, stop)
    finally:
        await database.close()


async def _app(chosen: Settings, policy: Policy, database: Database) -> FastAPI:
    async with database.transaction() as connection:
        clock = Clock(await read_clock(connection))
    return create_app(
        database,
        policy,
        clock.now,
        TemporalLink(chosen).answers,
        front_door(chosen),
        executions=executions_at(chosen.temporal_ui, chosen),
        outlets=outlets(chosen),
    )


async def _serve_on(app: FastAPI, chosen: Settings, port: int, stop: asyncio.Event) -> None:
    """Says where it is found, once it is."""
    host = chosen.api_host
    await serve_http(
        app,
        host,
        port,
        stop,
        lambda found: print(f"http://{host}:{found}/api/v1", flush=True),
        chosen.trusted_proxies,
    )


async def work(build_id: str | None, *, carries: bool) -> int:
    """The workers and the rounds, and the relay if it *carries*, until SIGTERM or Ctrl-C."""
    chosen = settings()
    url = database_url(chosen)
    write_logs(chosen.log_level)
    told = telling(chosen, load_policy(chosen.policy), "worker", build_id)
    with telling_traces(told) as provider:
        await work_until(chosen, url, build_id, stop_on_signals(), provider, carries=carries)
    return 0


async def carry() -> int:
    """The relay and the caretaker, until SIGTERM or Ctrl-C."""
    chosen = settings()
    url = database_url(chosen)
    write_logs(chosen.log_level)
    with telling_traces(telling(chosen, load_policy(chosen.policy), "relay")) as provider:
        await carry_until(chosen, url, stop_on_signals(), provider)
    return 0
