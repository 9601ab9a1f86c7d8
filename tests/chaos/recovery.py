"""How long the house takes to be at work again after a fault: told, and never a verdict."""

import json
import os
import time
from contextlib import contextmanager
from pathlib import Path

_SUMMARY = "RETTIDIG_CHAOS_SUMMARY"


@contextmanager
def recovery_told(fault, **where):
    """Prints one line of JSON; also into the file that ``RETTIDIG_CHAOS_SUMMARY`` names.

    From the moment the fault is over, or was struck when it never is, until the context ends.
    """
    begun = time.monotonic()
    yield
    told = {"fault": fault, **where, "recovered_after_s": round(time.monotonic() - begun, 2)}
    line = json.dumps(told, ensure_ascii=False)
    print(line)  # noqa: T201  # what the suite is asked for, beside its verdict
    if summary := os.environ.get(_SUMMARY):
        with Path(summary).open("a") as file:
            file.write(line + "\n")
