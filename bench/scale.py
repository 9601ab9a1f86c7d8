"""What a claim costs in a small town and in a large one, and how fast a file of claims comes in.

The town is filled from files, as production is, and at each size some claims live whole lives:
out of a file, demanded, paid, closed. What they cost must not depend on how many sleep beside them.
"""

from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from temporalio.client import Client

from bench.ground import Ground, ground, prepare
from bench.scale_files import Taken, begin_bare, take_in
from bench.scale_lives import Costs, live_whole, story_costs
from domain.calendar import today
from persistence.database import Database
from workers.addressing import Pace
from workers.clock import real_now
from workflows.wire import DATA_CONVERTER

_AT_ONCE, _ASLEEP = 10**9, 1
"""First steps a second: all at once, or so few that who is asleep stays so while we measure."""

_FIRST_WARM, _WARM = 50_000_000, 20


@dataclass(frozen=True)
class _Size:
    """*sizes*: how many claims live; *lives*: how many are then lived whole beside them."""

    sizes: tuple[int, ...]
    lives: int
    bare: int
    brought_in: int


_WHOLE = _Size((1_000, 10_000, 100_000), lives=600, bare=2_000, brought_in=5_000)
_SMALL = _Size((100, 500), lives=60, bare=300, brought_in=300)


@dataclass(frozen=True)
class _Town:
    standing: Ground
    client: Client
    database: Database
    url: str
    on: date
    warmed: list[int] = field(default_factory=list)

    async def staff(self, begins: int) -> None:
        """A worker process anew: its memory is that of one task. It has learnt what it needs."""
        if "worker" in self.standing.children:
            self.standing.end_child("worker")
        address = self.standing.temporal.address
        facts = {"address": address, "database_url": self.url, "begins": str(begins)}
        self.standing.start_child("worker", "bench.scale_worker", **facts)
        self.warmed.append(_FIRST_WARM + _WARM * len(self.warmed))
        await take_in(self.standing, self.database, self.warmed[-1], _WARM, self.on)


async def run(*, is_small: bool) -> dict[str, Any]:
    """The figures of issue 8; the last line the command prints."""
    size = _SMALL if is_small else _WHOLE
    with ground() as standing:
        town = await _found(standing)
        found = await _bring_in(town, size)
        await town.database.close()
    with ground() as standing:
        town = await _found(standing)
        found |= await _grow(town, size)
        await town.database.close()
    return found


async def _found(standing: Ground) -> _Town:
    url = await prepare(standing)
    client = await Client.connect(standing.temporal.address, data_converter=DATA_CONVERTER)
    database = Database(url, 2)
    return _Town(standing, client, database, url, today(real_now()))


async def _bring_in(town: _Town, size: _Size) -> dict[str, Any]:
    """A file beside bare starts, A B A B, while first steps take their turns as in production."""
    bare, files = [], []
    await town.staff(Pace().begins_a_second)
    for n in range(2):
        bare.append(await begin_bare(town.standing, town.client, f"bare-{n}", size.bare))
        first = 1_000 + n * size.brought_in
        files.append(await take_in(town.standing, town.database, first, size.brought_in, town.on))
    pairs = list(zip(files, bare, strict=True))
    return {
        "claims_per_s": round(median(one.per_second for one in files), 1),
        "bare_per_s": round(median(one.per_second for one in bare), 1),
        "import_ratio_to_bare": round(median(f.per_second / b.per_second for f, b in pairs), 2),
        "import_cpu_ms": files[-1].cpu_ms_of,
        "bare_cpu_ms": round(bare[-1].cpu_ms, 1),
    }


async def _grow(town: _Town, size: _Size) -> dict[str, Any]:
    living, costs, fills = 0, list[Costs](), dict[int, Taken]()
    for wanted in size.sizes:
        await town.staff(_ASLEEP)
        coming = wanted - living
        fills[wanted] = await take_in(town.standing, town.database, living, coming, town.on)
        living = wanted
        await town.staff(_AT_ONCE)
        first = 10_000_000 + wanted
        costs.append(await live_whole(town.standing, town.database, first, size.lives, town.on))
    events, actions = await story_costs(town.client, costs[-1].a_claim)
    return {
        "cost_growth": round(costs[-1].cpu_ms / costs[0].cpu_ms, 2),
        "events_per_claim": events,
        "actions_per_claim": actions,
        "bytes_per_claim": costs[-1].temporal_bytes + costs[-1].sql_bytes,
        "temporal_bytes": costs[-1].temporal_bytes,
        "sql_bytes": costs[-1].sql_bytes,
        "cpu_ms_at": _at(size, [round(one.cpu_ms, 1) for one in costs]),
        "cpu_ms_of": costs[-1].cpu_ms_of,
        "bytes_at": _at(size, [one.temporal_bytes + one.sql_bytes for one in costs]),
        "fill_per_s_at": _at(size, [round(one.per_second, 1) for one in fills.values()]),
        "fill_cpu_ms_at": _at(size, [round(one.cpu_ms, 1) for one in fills.values()]),
        "peak_mb_at": _at(size, [one.peak_mb for one in fills.values()]),
    }


def _at(size: _Size, figures: list[Any]) -> dict[str, Any]:
    return dict(zip(map(str, size.sizes), figures, strict=True))
