"""The house's long-running processes in production: the API, and the workers."""

from temporalio.client import Client

from api.app import create_app
from api.server import serve as serve_http
from cli.doors import database_url
from cli.logs import write_logs
from cli.stopping import stop_on_signals
from persistence.clock import read_clock
from persistence.database import Database
from policies.loading import load_policy
from settings import Settings, settings
from workers.assembly import connect, hash_numbers
from workers.clock import Clock
from workers.process import work as work_until


class TemporalLink:
    """Whether Temporal answers now; the API works without it, and says so."""

    def __init__(self, chosen: Settings) -> None:
        self._settings = chosen
        self._client: Client | None = None

    async def answers(self) -> bool:
        self._client = self._client or await connect(self._settings)
        return bool(await self._client.service_client.check_health())


def executions_at(ui: str | None, chosen: Settings) -> str | None:
    """Where Temporal's pages at *ui* show the workflows of our namespace."""
    return ui and f"{ui.rstrip('/')}/namespaces/{chosen.temporal_namespace}/workflows/"


async def serve(port: int | None) -> int:
    """The JSON API, until SIGTERM or Ctrl-C."""
    chosen = settings()
    url = database_url(chosen)
    write_logs(chosen.log_level)
    stop = stop_on_signals()
    database = Database(url, chosen.database_pool_size, chosen.lookup_key)
    try:
        await hash_numbers(database)
        async with database.transaction() as connection:
            clock = Clock(await read_clock(connection))
        app = create_app(
            database,
            load_policy(chosen.policy),
            clock.now,
            TemporalLink(chosen).answers,
            executions=executions_at(chosen.temporal_ui, chosen),
        )
        await serve_http(
            app,
            chosen.api_host,
            chosen.api_port if port is None else port,
            stop,
            lambda found: print(f"http://{chosen.api_host}:{found}/api/v1", flush=True),
        )
    finally:
        await database.close()
    return 0


async def work(build_id: str | None) -> int:
    """The workers, the relay and the rounds, until SIGTERM or Ctrl-C."""
    chosen = settings()
    url = database_url(chosen)
    write_logs(chosen.log_level)
    await work_until(chosen, url, build_id, stop_on_signals())
    return 0
