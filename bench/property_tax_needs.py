"""What a cluster must have for a busy summer: reckoned from what each act was measured to cost."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one act, in processor milliseconds by who spends them; *writes*: to PostgreSQL's disk."""

    temporal: float
    worker: float
    postgres: float
    writes: int


# Estimates: what `bench scale` measured of a whole life on two busy cores (docs/scaling.md),
# divided among its acts by workflow tasks. Writes are reckoned: Temporal's, four a task, and ours.
COSTS = {
    "starts": Cost(temporal=20, worker=8, postgres=1.5, writes=8),
    "timers": Cost(temporal=10, worker=6, postgres=1.0, writes=6),
    "settled": Cost(temporal=15, worker=8, postgres=1.2, writes=9),
    "letters": Cost(temporal=0, worker=6, postgres=0.6, writes=1),
}
TEMPORAL_BYTES, SQL_BYTES = 32_000, 5_000
"""Of one claim's life."""

_BUSY = 0.6  # of what there is, so that a bad minute has room
_A_SHARD = 100  # acts a second: what the one shard of the demo's server takes
_FEWEST_SHARDS = 512  # Temporal's own advice for a production cluster on PostgreSQL


def needs_of(happenings: Mapping[str, Counter[datetime]], claims: int) -> dict[str, Any]:
    """For the busiest minute: in whole processors, processes, shards and writes a second."""
    cores = {who: _worst(happenings, who) / 1000 for who in ("temporal", "worker", "postgres")}
    return {
        "temporal_cores": ceil(cores["temporal"] / _BUSY),
        "worker_processes": ceil(cores["worker"] / _BUSY),
        "postgres_cores": ceil(cores["postgres"] / _BUSY),
        "writes_per_s": round(_worst(happenings, "writes")),
        "shards": _shards(_worst(happenings, None)),
        "temporal_gb": round(claims * TEMPORAL_BYTES / 1e9),
        "sql_gb": round(claims * SQL_BYTES / 1e9),
    }


def _worst(happenings: Mapping[str, Counter[datetime]], of: str | None) -> float:
    """The most of something in any minute, a second; *of* None counts acts."""
    minutes = Counter[datetime]()
    for name, cost in COSTS.items():
        for minute, count in happenings[name].items():
            minutes[minute] += count * (getattr(cost, of) if of else 1)
    return max(minutes.values()) / 60


def _shards(acts: float) -> int:
    """A power of two, fixed for ever: with four times the room that the worst minute needs."""
    wanted = max(_FEWEST_SHARDS, ceil(4 * acts / _A_SHARD))
    return 1 << (wanted - 1).bit_length()
