"""A whole house of real processes, any of which can be killed and started again."""

import asyncio
import json
import socket
import sys
from pathlib import Path
from signal import SIGKILL

from persistence.migrations import upgrade
from servers.child import Child
from servers.postgres import PostgresServer
from servers.temporal import TemporalServer

ROOT = Path(__file__).parents[2]
SERVERS = ("postgres", "temporal")
PARTS = (*SERVERS, "relay", "worker", "api")  # in the order in which they are started


class Ours:
    """A Python process of the house; it dies with the test, however the test dies."""

    def __init__(self, name, folder, **facts):
        self.name, self.log, self.facts = name, folder / f"{name}.log", facts
        self.child = None

    def start(self):
        command = [sys.executable, "-m", f"tests.chaos.{self.name}", json.dumps(self.facts)]
        self.child = Child(command, log=self.log, folder=ROOT, farewell=SIGKILL)

    def kill(self):
        self.child.end()

    def stop(self):
        if self.child:
            self.child.end()

    @property
    def is_running(self):
        return self.child is not None and self.child.is_running


class House:
    def __init__(self, folder):
        self.folder, self.world = folder, folder / "world"
        self.postgres = PostgresServer(folder / "postgres")
        self.temporal = TemporalServer(folder / "temporal")
        self.api_port = _free_port()
        self.parts = {"postgres": self.postgres, "temporal": self.temporal}

    async def open(self):
        """The servers run, and the database has its tables; nobody works yet."""
        for name in SERVERS:
            await self.start(name)
        await upgrade(self.postgres.url)
        world = {
            "database_url": self.postgres.url,
            "temporal_address": self.temporal.address,
            "state_folder": str(self.folder),
        }
        self.parts["relay"] = Ours("relay", self.folder, **world)
        self.parts["worker"] = Ours("worker", self.folder, **world)
        api = {"database_url": self.postgres.url, "port": self.api_port}
        self.parts["api"] = Ours("api", self.folder, **api)

    async def start(self, *names):
        for name in sorted(names, key=PARTS.index):
            await asyncio.to_thread(self.parts[name].start)

    async def kill(self, name):
        """As ``kill -9`` does; dead when this returns."""
        await asyncio.to_thread(self.parts[name].kill)

    async def start_what_ended(self):
        """As a supervisor does with a process that found no server when it began."""
        for name, part in self.parts.items():
            if isinstance(part, Ours) and not part.is_running:
                await self.start(name)

    def close(self):
        for name in reversed(PARTS):
            if name in self.parts:
                self.parts[name].stop()


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
