"""What a bench stands on: real servers, and the processor time each process has used."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from persistence.migrations import upgrade
from servers.postgres import PostgresServer
from servers.temporal import TemporalServer

_KILOBYTES = 1024


def own_peak_mb() -> float:
    """The most memory that this process has had by now, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES


class Ground:
    """A durable PostgreSQL and a durable Temporal in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.postgres = PostgresServer(folder / "postgres")
        self.temporal = TemporalServer(folder / "temporal")
        self.folder = folder
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start_child(self, name: str, module: str, **facts: str) -> None:
        """A worker process of its own, as production has; *facts* go over its command line."""
        command = [sys.executable, "-m", module, json.dumps(facts)]
        log = (self.folder / f"{name}.log").open("wb")
        self.children[name] = subprocess.Popen(command, stdout=log, stderr=log)

    def end_child(self, name: str) -> None:
        child = self.children.pop(name)
        child.terminate()
        child.wait(timeout=20)

    def seconds_used(self) -> dict[str, float]:
        """Processor seconds so far: server, postgres, each child, and this driver."""
        pids = {"server": self.temporal.pid, "postgres": self.postgres.pid}
        pids |= {name: child.pid for name, child in self.children.items()}
        used = {name: _tree_seconds(pid) for name, pid in pids.items() if pid}
        own = psutil.Process().cpu_times()
        return used | {"driver": own.user + own.system}

    def stop(self) -> None:
        for name in list(self.children):
            self.end_child(name)
        self.temporal.stop()
        self.postgres.stop()


def _tree_seconds(pid: int) -> float:
    """Of a process, its living children, and those it has buried."""
    root = psutil.Process(pid)
    times = root.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in root.children(recursive=True):
        own = child.cpu_times()
        total += own.user + own.system
    return float(total)


@contextmanager
def ground() -> Iterator[Ground]:
    """Servers on loopback, gone with all they wrote when the bench ends."""
    with TemporaryDirectory(prefix="rettidig-bench-") as folder:
        standing = Ground(Path(folder))
        try:
            standing.postgres.start()
            standing.temporal.start()
            yield standing
        finally:
            standing.stop()


async def prepare(standing: Ground) -> str:
    """The database's URL, migrated."""
    await upgrade(standing.postgres.url)
    return standing.postgres.url
