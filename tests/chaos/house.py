"""A whole house of real processes, any of which can be killed, cut off, and started again."""

import asyncio
import json
import random
import socket
import sys
from pathlib import Path
from signal import SIGKILL

from persistence.migrations import upgrade
from servers.child import Child
from servers.postgres import PostgresServer
from servers.temporal import TemporalServer
from tests.chaos.disk import Disk
from tests.chaos.wire import Wire

ROOT = Path(__file__).parents[2]
SERVERS = ("postgres", "temporal")
PARTS = (*SERVERS, "relay", "worker", "api")  # in the order in which they are started
WIRES = (
    ("api", "postgres"),
    ("relay", "postgres"),
    ("worker", "postgres"),
    ("relay", "temporal"),
    ("worker", "temporal"),
)
_DATABASE_MEGABYTES, _WORLD_MEGABYTES = 400, 20
PATIENCE = 5  # seconds without an answer after which a connection to the database is given up


class Ours:
    """A Python process of the house; it dies with the test, however the test dies.

    *surroundings*: variables of its environment beyond our own.
    """

    def __init__(self, name, folder, surroundings=(), **facts):
        self.name, self.log, self.facts = name, folder / f"{name}.log", facts
        self.surroundings, self.child = surroundings, None

    def start(self):
        python = ["/usr/bin/env", *self.surroundings, sys.executable]
        command = [*python, "-m", f"tests.chaos.{self.name}", json.dumps(self.facts)]
        self.child = Child(command, log=self.log, folder=ROOT, farewell=SIGKILL)

    def kill(self):
        self.child.end()

    def stop(self):
        if self.child:
            self.child.end()

    @property
    def is_running(self):
        return self.child is not None and self.child.is_running

    @property
    def pid(self):
        return self.child.pid if self.is_running else None


class House:
    """Each of our processes reaches each server by a wire of its own.

    *surroundings*: variables of the environment, of relay and worker.
    """

    def __init__(self, folder, surroundings=()):
        self.folder, self.world = folder, folder / "world"
        self.surroundings = surroundings
        self.postgres = PostgresServer(folder / "postgres")
        self.temporal = TemporalServer(folder / "temporal")
        self.api_port = _free_port()
        self.parts = {"postgres": self.postgres, "temporal": self.temporal}
        self.disks = {}
        rng = random.Random(self.api_port)
        self.wires = {pair: Wire(getattr(self, f"call_{pair[1]}"), rng) for pair in WIRES}

    def mount_disks(self):
        """Before anything is written there; none where the machine does not let us."""
        for name, folder, megabytes in (
            ("postgres", self.postgres.folder, _DATABASE_MEGABYTES),
            ("world", self.world, _WORLD_MEGABYTES),
        ):
            disk = Disk(folder, megabytes)
            if not disk.mount():
                return
            self.disks[name] = disk

    async def open(self):
        """The servers run, and the database has its tables; nobody works yet."""
        for name in SERVERS:
            await self.start(name)
        await upgrade(self.postgres.url)
        for wire in self.wires.values():
            await wire.lay()
        self.furnish()

    def furnish(self):
        for name in ("relay", "worker"):
            facts = {
                "database_url": self.url_for(name),
                "temporal_address": f"127.0.0.1:{self.wires[name, 'temporal'].port}",
                "state_folder": str(self.folder),
                "patience": PATIENCE,
            }
            self.parts[name] = Ours(name, self.folder, self.surroundings, **facts)
        api = {"database_url": self.url_for("api"), "port": self.api_port, "patience": PATIENCE}
        self.parts["api"] = Ours("api", self.folder, **api)

    def url_for(self, name):
        port = self.wires[name, "postgres"].port
        return f"postgresql+asyncpg://postgres@127.0.0.1:{port}/postgres"

    async def call_postgres(self):
        return await asyncio.open_unix_connection(socket_of(self.postgres))

    async def call_temporal(self):
        host, port = self.temporal.address.split(":")
        return await asyncio.open_connection(host, int(port))

    async def start(self, *names):
        for name in sorted(names, key=PARTS.index):
            await asyncio.to_thread(self.parts[name].start)

    async def kill(self, *names):
        """As ``kill -9`` does; dead when this returns."""
        for name in names:
            await asyncio.to_thread(self.parts[name].kill)

    async def start_what_ended(self):
        """As a supervisor does with a process that found no server when it began, or no room."""
        for name, part in self.parts.items():
            if isinstance(part, Ours) and not part.is_running:
                await self.start(name)
        if self.postgres.pid is None and "postgres" in self.parts:
            await self.start("postgres")

    async def close(self):
        for name in reversed(PARTS):
            if name in self.parts:
                await asyncio.to_thread(self.parts[name].stop)
        for wire in self.wires.values():
            await wire.remove()
        for disk in self.disks.values():
            disk.unmount()


def socket_of(server):
    """Where a PostgreSQL of ours listens."""
    return f"{server.url.partition('host=')[2]}/.s.PGSQL.5432"


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
