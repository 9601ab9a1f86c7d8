"""The API in a process of its own, for a bench to ask."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.ground import Ground


@contextmanager
def serving(standing: Ground, url: str) -> Iterator[int]:
    """The API in a process of its own, and the port it is on."""
    command = [sys.executable, "-m", "bench.inbox_server", json.dumps({"database_url": url})]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        standing.children["api"] = process
        try:
            yield int(process.stdout.readline())
        finally:
            standing.end_child("api")
