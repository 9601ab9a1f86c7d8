"""The event loop a process lives in."""

import gc
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

T = TypeVar("T")

# Stories lie in memory by the thousand and hardly ever in circles: to go through them all as often
# as Python does of itself is a twelfth of a worker's time.
_OBJECTS_BETWEEN_SEARCHES = (50_000, 20, 50)


def run(main: Coroutine[Any, Any, T]) -> T:
    gc.set_threshold(*_OBJECTS_BETWEEN_SEARCHES)
    return uvloop.run(main)
