"""``rettidig up``: the house without containers, by the same commands as in them."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from signal import SIGTERM

from cli.ending import FAILED
from cli.stopping import stop_on_signals
from cli.words import Words
from servers.child import Child
from servers.postgres import PostgresServer
from servers.temporal import TemporalServer
from settings import Settings, settings

FIRST = ("migrate",)
LASTING = (("serve",), ("relay",), ("worker", "--no-relay"))
_LONGEST_MIGRATION = 24 * 3600.0
_SECONDS_TO_FINISH = 30.0
_LOOK_SECONDS, _REST_SECONDS = 0.2, 1.0


async def stand(say: Words) -> int:
    """Until SIGTERM or Ctrl-C; a process that ends before is started again. 1: no tables made."""
    chosen, stop = settings(), stop_on_signals()
    logs = chosen.state_folder.resolve() / "log"
    logs.mkdir(parents=True, exist_ok=True)
    with _servers(chosen) as facts:
        processes = Processes(logs, facts)
        if trouble := await processes.run_first():
            print(say("up-failed", trouble=trouble), file=sys.stderr)
            return FAILED
        print(say("up", address=f"http://{chosen.api_host}:{chosen.api_port}", logs=logs))
        sys.stdout.flush()
        await asyncio.gather(*(processes.keep(command, stop) for command in LASTING))
    return 0


class Processes:
    """Each a command of ours with a log of its own; *facts* are laid into its environment."""

    def __init__(self, logs: Path, facts: dict[str, str]) -> None:
        self._logs, self._facts = logs, facts

    async def run_first(self) -> str:
        """What it said when it failed; nothing when all is well."""
        child = await asyncio.to_thread(self._start, FIRST)
        code = await asyncio.to_thread(child.wait, _LONGEST_MIGRATION)
        return "" if code == 0 else child.last_words()

    async def keep(self, command: tuple[str, ...], stop: asyncio.Event) -> None:
        """Running until *stop*; then what is under way is finished."""
        while not stop.is_set():
            child = await asyncio.to_thread(self._start, command)
            while child.is_running and not await _comes_within(_LOOK_SECONDS, stop):
                pass
            await asyncio.to_thread(child.end, SIGTERM, patience=_SECONDS_TO_FINISH)
            await _comes_within(_REST_SECONDS, stop)

    def _start(self, command: tuple[str, ...]) -> Child:
        environment = [f"{name}={value}" for name, value in self._facts.items()]
        return Child(
            [shutil.which("env") or "env", *environment, sys.executable, "-m", "cli", *command],
            log=self._logs / f"{command[0]}.log",
            folder=Path.cwd(),
            farewell=SIGTERM,
        )


async def _comes_within(seconds: float, stop: asyncio.Event) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()


@contextmanager
def _servers(chosen: Settings) -> Iterator[dict[str, str]]:
    """Those nobody has named run in the state folder, and are told of by variables: for a trial."""
    facts: dict[str, str] = {}
    folder = chosen.state_folder.resolve()
    with ExitStack() as standing:
        if not chosen.database_url:
            postgres = standing.enter_context(PostgresServer(folder / "postgres"))
            facts["RETTIDIG_DATABASE_URL"] = postgres.url
        if "temporal_address" not in chosen.model_fields_set:
            temporal = standing.enter_context(TemporalServer(folder / "temporal"))
            facts["RETTIDIG_TEMPORAL_ADDRESS"] = temporal.address
        yield facts
