"""The servers a demo stands on, and the town's time, which goes on from where it stopped."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from domain.calendar import COPENHAGEN, TownClock
from domain.errors import Fault, Invalid
from sealing.keys import new_key
from servers.postgres import PostgresServer
from servers.temporal import TemporalServer
from settings import Settings

FIRST_MORNING = datetime(2026, 3, 2, 9, tzinfo=COPENHAGEN)  # a Monday
_DAY = timedelta(days=1)
_SEARCH_ATTRIBUTES: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Plan:
    """How the visitor wants the demo. *minutes* None: until they press Ctrl-C."""

    state: Path
    day_seconds: float = 2.0
    minutes: float | None = None
    has_robot: bool = True
    port: int = 8600
    ui_port: int | None = None

    @property
    def inbox(self) -> Path:
        return self.state / "inbox"

    @property
    def world(self) -> Path:
        return self.state / "world"

    @property
    def pages(self) -> str:
        """The address of the demo's pages, as mails tell it."""
        return f"http://127.0.0.1:{self.port}"

    def real_length(self, town: timedelta) -> float:
        """In seconds."""
        return town / _DAY * self.day_seconds


class Grounds:
    def __init__(self, plan: Plan) -> None:
        self.postgres = PostgresServer(plan.state / "postgres")
        self.temporal = TemporalServer(plan.state / "temporal", ui_port=plan.ui_port)
        self._plan = plan

    def settings(self) -> Settings:
        """As an operator would set them for these servers."""
        return Settings(
            database_url=self.postgres.url,
            database_pool_size=12,
            lookup_key=_kept(self._plan.state / "lookup-key", partial(secrets.token_hex, 32)),
            payload_keys=_kept(self._plan.state / "payload-keys", partial(new_key, "demo")),
            record_keys=_kept(self._plan.state / "record-keys", partial(new_key, "demo")),
            state_folder=self._plan.state,
            temporal_address=self.temporal.address,
            temporal_namespace="default",
            api_port=self._plan.port,
            webhooks_on_this_machine=True,
            smtp_host=None,  # The town has mailboxes of its own.
            post_platform=None,  # Invented people get no letters, whatever the environment says.
        )


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The town's own key, made when it first starts, in a file that only its owner can read."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make())
    return path.read_text().strip()


@asynccontextmanager
async def standing(plan: Plan) -> AsyncIterator[Grounds]:
    """Both servers run while the context is open; both are gone when it has closed."""
    plan.state.mkdir(parents=True, exist_ok=True)
    grounds = Grounds(plan)
    try:
        await _finish(grounds.postgres.start, grounds.temporal.start)
        yield grounds
    finally:
        await _finish(grounds.temporal.stop, grounds.postgres.stop)


async def _finish(*steps: object) -> None:
    """Side by side in threads, each to its end even when we are called off meanwhile."""
    running = asyncio.gather(*(asyncio.to_thread(step) for step in steps if callable(step)))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await running
        raise


class KeptTime:
    """The town's time in a file, so that the town sleeps while nobody looks."""

    def __init__(self, state: Path) -> None:
        self._path = state / "town-time"

    def read(self) -> datetime | None:
        if not self._path.exists():
            return None
        try:
            return datetime.fromisoformat(self._path.read_text().strip())
        except ValueError:
            raise Invalid(Fault(str(self._path), "town-time-unreadable")) from None

    def write(self, town: datetime) -> None:
        draft = self._path.with_suffix(".part")
        draft.write_text(town.isoformat())
        draft.replace(self._path)

    def clock(self, plan: Plan, now: datetime) -> TownClock:
        """On from where the town stopped, or from its first morning."""
        return TownClock(now, self.read() or FIRST_MORNING, _DAY.total_seconds() / plan.day_seconds)
