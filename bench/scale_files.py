"""A file of claims on its way in: written, kept, read and begun, and what that took."""

import asyncio
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import text
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy

from bench.bare import BareClaim
from bench.ground import Ground
from bench.town import TYPE, new_clock
from bench.workers import BARE_QUEUE
from domain.authority import HOUSE
from persistence.database import Database
from persistence.files.received import keep_file

_HEAD = "fagsystem;løbenummer;kravtype;cpr_cvr;navn;beløb;periode_fra;periode_til;forfaldsdato"
_LOOK_EVERY, _PATIENCE = 0.1, 3600
_AT_ONCE = 200
_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)  # of a company number's digits, modulus 11
_IS_IN = text("""
select f.state, f.rows_taken, not exists (select from outbox where delivered_at is null) as is_begun
from files f where f.id = :id""")


@dataclass(frozen=True)
class Taken:
    """What *claims* of one kind cost; *used*: processor seconds by process."""

    claims: int
    seconds: float
    used: dict[str, float]
    peak_mb: float = 0

    @property
    def per_second(self) -> float:
        return self.claims / self.seconds

    @property
    def cpu_ms(self) -> float:
        return 1000 * sum(self.used.values()) / self.claims

    @property
    def cpu_ms_of(self) -> dict[str, float]:
        """By process."""
        return {name: round(1000 * spent / self.claims, 1) for name, spent in self.used.items()}


class Meter:
    """The time and the processor seconds since it was made."""

    def __init__(self, standing: Ground) -> None:
        self._standing = standing
        self._before, self._began = standing.seconds_used(), time.perf_counter()

    def read(self, claims: int) -> Taken:
        seconds, after = time.perf_counter() - self._began, self._standing.seconds_used()
        used = {name: spent - self._before.get(name, 0) for name, spent in after.items()}
        return Taken(claims, seconds, used, peak_mb(self._standing))


def peak_mb(standing: Ground) -> float:
    """The most memory its worker has had by now, in megabytes; 0 when none runs."""
    worker = standing.children.get("worker")
    if worker is None:
        return 0
    status = Path(f"/proc/{worker.pid}/status").read_text()
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)


def a_file(first: int, claims: int, on: date) -> bytes:
    """Each claim has a company of its own, of a number that is nobody's."""
    rows = (
        f"bench;B-{n:08d};{TYPE};{_nobody(n)};Prøve ApS;1200,00;{on};{on};{on}"
        for n in range(first, first + claims)
    )
    return "\r\n".join((_HEAD, *rows, "")).encode()


def _nobody(number: int) -> str:
    """A company's number with its check digit, from where none has been given out."""
    candidates = (f"{first}{number % 1_000_000:06d}" for first in "98")
    return next(f"{one}{check}" for one in candidates if (check := _check_digit(one)) < 10)


def _check_digit(digits: str) -> int:
    return -sum(int(d) * weight for d, weight in zip(digits, _WEIGHTS, strict=True)) % 11


async def take_in(standing: Ground, database: Database, first: int, claims: int, on: date) -> Taken:
    """Until every claim of the file is in SQL and its story is begun.

    Raises AssertionError when a row was refused.
    """
    content = a_file(first, claims, on)
    meter = Meter(standing)
    async with database.transaction() as connection:
        name = f"krav-{first}.csv"
        file_id, _ = await keep_file(connection, "claims", name, content, HOUSE.id, on)
    del content
    async with asyncio.timeout(_PATIENCE):
        while not await _is_in(database, file_id, claims):  # noqa: ASYNC110  # others do it
            await asyncio.sleep(_LOOK_EVERY)
    return meter.read(claims)


async def _is_in(database: Database, file_id: int, claims: int) -> bool:
    async with database.transaction() as connection:
        row = (await connection.execute(_IS_IN, {"id": file_id})).one()
    assert row.state == "received" or row.rows_taken == claims, "no row is refused"
    return row.state == "done" and bool(row.is_begun)


async def begin_bare(standing: Ground, client: Client, name: str, count: int) -> Taken:
    """`StartWorkflowExecution` and nothing else: no worker, no facts."""
    gate, clock, meter = asyncio.Semaphore(_AT_ONCE), new_clock(), Meter(standing)

    async def begin(number: int) -> None:
        async with gate:
            await client.start_workflow(
                BareClaim.run,
                clock,
                id=f"{name}-{number}",
                task_queue=f"{BARE_QUEUE}-nobody",
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )

    await asyncio.gather(*(begin(number) for number in range(count)))
    return meter.read(count)
