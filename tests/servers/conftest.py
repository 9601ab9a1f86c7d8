"""Folders for servers, short and reachable by whoever PostgreSQL runs as, and parents that die."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import psutil
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder():
    path = Path(mkdtemp(prefix="rettidig-servers-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def running():
    """Start a server object; whatever becomes of the test, it is stopped."""
    started = []

    def start(server):
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def another_process():
    """Run Python that prints the process number of a server it has started, and then waits."""
    processes = []

    def start(code):
        process = subprocess.Popen(
            [sys.executable, "-c", f"{code}\nprint(server.pid, flush=True)\ninput()"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process, int(process.stdout.readline())

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def has_ended(pid, patience=30):
    """Whether the process is gone, or goes within *patience* seconds."""
    latest = time.monotonic() + patience
    while time.monotonic() < latest:
        if _is_gone(pid):
            return True
        time.sleep(0.02)
    return False


def _is_gone(pid):
    """It may go between two looks at it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def kill(pid):
    os.kill(pid, 9)
    assert has_ended(pid)
