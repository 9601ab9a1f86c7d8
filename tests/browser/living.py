"""A town whose days can be let pass: its clock stands near still, but for the days that are."""

import asyncio
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import asyncpg

from tests.browser.conftest import ROOT, end, wait_for
from tests.browser.town import Town

STILL, QUICK = 3600, 1.0
"""Seconds that a day takes."""


class LivingTown(Town):
    """It goes on where it stopped, at another pace."""

    def start(self, day=STILL):
        port = self.address.rpartition(":")[2]
        command = [sys.executable, "-m", "cli", "demo", "--state", str(self.folder)]
        said = self.folder / "out"
        with said.open("w") as out:
            demo = subprocess.Popen(
                [*command, "--port", port, "--day", str(day), "--no-robot"],
                cwd=ROOT, stdout=out, stderr=out,
            )  # fmt: skip
        object.__setattr__(self, "demo", demo)
        wait_for(self.address, demo, self.folder)

    def stop(self):
        end(self.demo)

    def let_days_pass(self, has_come, most=300):
        """Until *has_come* says that what is awaited is there; at most so many seconds."""
        self.stop()
        self.start(QUICK)
        latest = time.monotonic() + most
        while not has_come():
            assert time.monotonic() < latest, (self.folder / "out").read_text()[-2000:]
            time.sleep(0.3)
        self.stop()
        self.start()

    def change(self, statement, *values):
        """Straight in its database, as if it had come so."""

        async def run():
            host = str(self.folder / "postgres" / "data")
            database = await asyncpg.connect(host=host, user="postgres", database="postgres")
            await database.execute(statement, *values)
            await database.close()

        with ThreadPoolExecutor(1) as elsewhere:  # here the browser's loop runs
            elsewhere.submit(asyncio.run, run()).result()
