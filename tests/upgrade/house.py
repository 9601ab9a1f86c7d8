"""A house of real processes in two releases, each started with the commands an operator gives."""

import asyncio
import os
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM
from subprocess import DEVNULL

import httpx

from servers.child import Child
from servers.postgres import PostgresServer
from servers.temporal import TemporalServer
from tests.chaos.house import ROOT, _free_port

ENV = "/usr/bin/env"
_PATIENCE = 120  # seconds


@dataclass(frozen=True)
class Release:
    """*folder* has its code; *module* is what its commands are given to."""

    build: str
    folder: Path = ROOT
    module: str = "cli"


class House:
    def __init__(self, folder):
        self.folder, self.world = folder, folder / "world"
        self.postgres = PostgresServer(folder / "postgres", durable=False)
        self.temporal = TemporalServer(folder / "temporal", durable=False)
        self.running = {}

    def open(self):
        self.postgres.start()
        self.temporal.start()

    def close(self):
        for child in self.running.values():
            child.end()
        self.temporal.stop()
        self.postgres.stop()

    async def command(self, release, *words):
        """Its exit code, and what it said."""
        given = [*self._command(release), *words, "--english"]
        answer = await asyncio.to_thread(
            subprocess.run, given, cwd=release.folder, capture_output=True, text=True, check=False
        )
        return answer.returncode, answer.stdout + answer.stderr

    async def must(self, release, *words):
        code, said = await self.command(release, *words)
        assert code == 0, f"{words}: {said[-2000:]}"
        return said

    @asynccontextmanager
    async def being_told(self, release, *words):
        """The command runs while the context is open, and is then broken off by Ctrl-C."""
        given = [*self._command(release), *words]
        running = await asyncio.create_subprocess_exec(*given, cwd=release.folder, stdout=DEVNULL)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):  # it may have come to its end
                running.send_signal(SIGINT)
            await running.wait()

    async def knows(self, release, word):
        """Whether the release has such a command."""
        code, _ = await self.command(release, word, "--help")
        return code == 0

    def start_worker(self, release, *options):
        self._start(release, "worker", "--build-id", release.build, *options)

    def start_relay(self, release):
        self._start(release, "relay")

    async def start_api(self, release):
        """Its address, once it answers."""
        port = _free_port()
        self._start(release, "serve", "--port", str(port))
        address = f"http://127.0.0.1:{port}/api/v1"
        async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(_PATIENCE):
            while not await _answers(http, f"{address}/health"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return address

    async def stop(self, release, what):
        """As an operator does: it may finish what is under way, and its end is clean.

        Nothing when it does not run: a release may have no such process.
        """
        child = self.running.pop((release.build, what), None)
        if child is None:
            return
        assert child.is_running, child.last_words()
        await asyncio.to_thread(child.end, SIGTERM, patience=40)
        assert child.wait(0) == 0, child.last_words()

    def bugs(self):
        """What the processes said of what must never be; of the doors' answers 500 among it."""
        logs = sorted(self.folder.glob("*.log"))
        return [
            f"{log.name}: {line.strip()}"
            for log in logs
            for line in log.read_text(errors="replace").splitlines()
            if '"level": "error"' in line
        ]

    def _start(self, release, what, *options):
        command = [*self._command(release), what, *options]
        log = self.folder / f"{what}-{release.build}.log"
        self.running[release.build, what] = Child(
            command, log=log, folder=release.folder, farewell=SIGKILL
        )

    def _command(self, release):
        address = self.temporal.address
        facts = {
            "RETTIDIG_DATABASE_URL": self.postgres.url,
            "RETTIDIG_TEMPORAL_ADDRESS": address,
            "TEMPORAL_ADDRESS": address,
            "RETTIDIG_STATE_FOLDER": str(self.folder),
            "RETTIDIG_WRITES_A_MINUTE": "1000000",
            "PYTHONPATH": str(release.folder),
            "HOME": os.environ.get("HOME", "/"),
        }
        told = [f"{name}={value}" for name, value in facts.items()]
        return [ENV, *told, sys.executable, "-m", release.module]


async def _answers(http, address):
    try:
        return (await http.get(address)).is_success
    except httpx.TransportError:
        return False
