"""Both databases backed up and restored by the commands of docs/operations.md."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

from servers.binaries import bin_folders, choose_binaries
from tests.chaos.house import ROOT


def dump(postgres, path):
    """As ``pg_dump --format=custom``: one moment, while everybody works."""
    _program(postgres, "pg_dump", "--format=custom", f"--file={path}", "postgres")


def restore(postgres, path):
    """Into an empty database."""
    options = ("--exit-on-error", "--single-transaction", "--dbname=postgres")
    _program(postgres, "pg_restore", *options, path)


def _program(postgres, name, *options):
    program = choose_binaries(bin_folders(), postgres.folder / "data").folder / name
    whom = ["--host", postgres.url.partition("host=")[2], "--username", "postgres"]
    subprocess.run([program, *whom, *options], check=True, capture_output=True, text=True)


def copy_stories(temporal, path):
    """Temporal's own database, of one moment, while it runs."""
    with (
        closing(sqlite3.connect(temporal.folder / "temporal.db", timeout=60)) as source,
        closing(sqlite3.connect(path)) as copy,
    ):
        source.backup(copy)


def put_back_stories(temporal, path):
    """Over whatever is there; the server stands still."""
    for remains in temporal.folder.glob("temporal.db*"):
        remains.unlink()
    if path is not None:
        shutil.copyfile(path, temporal.folder / "temporal.db")


async def command(house, *words):
    """What ``rettidig`` says to *words*, in the house as it is now; it must end well."""
    surroundings = [
        f"RETTIDIG_DATABASE_URL={house.postgres.url}",
        f"TEMPORAL_ADDRESS={house.temporal.address}",
        f"RETTIDIG_STATE_FOLDER={house.folder}",
    ]
    line = ["/usr/bin/env", *surroundings, sys.executable, "-m", "cli", *words, "--english"]
    process = await asyncio.create_subprocess_exec(
        *line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    told, trouble = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, (words, told.decode()[-2000:], trouble.decode()[-2000:])
    return told.decode()
