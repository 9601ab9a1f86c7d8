"""A bank's file of many payments: how fast it is booked, in how much memory, beside a plain COPY.

The booking runs in a process of its own, so that its memory is its own. Each payment ends its claim
and leaves a message for the claim's story; carrying those is what `bench claims` measures.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from temporalio.testing import ActivityEnvironment

from activities.bank_files import BankFileActivities
from activities.files import RowsFrom, receive_file
from bench.town import START, bench_policy, new_claim
from domain.letters import Letter
from gateways.bank.sandbox_statement import SandboxPayment, write_camt053
from persistence.claims.bulk_registration import register_all
from persistence.database import Database
from persistence.models import Claim, OutboxRow, Payment

PAYMENTS, FEW = 10_000, 1_000
_TENTH = 10
_AT_ONCE = 500
_KILOBYTES = 1024
_ON = START.date()
_COPIED = ("payments", "ledger_entries", "ledger_coverage", "bank_lines", "outbox")


async def measure(url: str, payments: int) -> dict[str, Any]:
    """A tenth of the payments first, to see whether memory grows; then all of them."""
    few = await _lay(url, payments // _TENTH, first=1)
    small = await _book_apart(url, few)
    many = await _lay(url, payments, first=payments // _TENTH + 1)
    booked = await _book_apart(url, many)
    await _check(url, payments + payments // _TENTH)
    copied = await _seconds_to_copy(url) * payments / (payments + payments // _TENTH)
    return {
        "payments": payments,
        "payments_per_s": round(payments / booked["seconds"]),
        "booked_s": round(booked["seconds"], 1),
        "peak_mb": round(booked["peak_mb"]),
        "peak_mb_of_a_tenth": round(small["peak_mb"]),
        "copy_of_payments_s": round(copied, 2),
        "ratio_to_copy": round(booked["seconds"] / copied),
    }


async def _lay(url: str, payments: int, first: int) -> int:
    """Claims, and the bank's file that pays each of them in full; the file's number."""
    database = Database(url, 2)
    policy = bench_policy(Letter.DEMAND)
    try:
        for start in range(first, first + payments, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, first + payments))
            async with database.transaction() as connection:
                claims = [new_claim(number, _ON) for number in numbers]
                await register_all(connection, policy, claims, _ON, "bench")
        async with database.transaction() as connection:
            found = select(Claim.payment_reference, Claim.balance_ore).where(Claim.balance_ore > 0)
            owed = (await connection.execute(found.order_by(Claim.serial))).all()
        content = _statement([(row.payment_reference, row.balance_ore) for row in owed], first)
        name = f"camt053-{first}.xml"
        file_id, _ = await receive_file(database, "payments", name, content, "bench", _ON)
    finally:
        await database.close()
    return file_id


def _statement(slips: Sequence[tuple[str, int]], first: int) -> bytes:
    payments = [
        SandboxPayment(f"PAY-{number}", reference, ore, _ON, "Prøve ApS", "")
        for number, (reference, ore) in enumerate(slips, start=first)
    ]
    return write_camt053(_ON, 0, payments).encode()


async def _book_apart(url: str, file_id: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.payments", url, str(file_id)]
    run = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    figures: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return figures


async def _book(url: str, file_id: int) -> dict[str, float]:
    """The activities, as the file's workflow orders them."""
    database, environment = Database(url, 2), ActivityEnvironment()
    acts = BankFileActivities(database, bench_policy(Letter.DEMAND))
    began = time.perf_counter()
    await environment.run(acts.look_through, file_id)
    taken = await environment.run(acts.take_rows, RowsFrom(file_id, 0))
    while not taken.is_last:
        taken = await environment.run(acts.take_rows, RowsFrom(file_id, taken.rows_done))
    seconds = time.perf_counter() - began
    await database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES
    return {"seconds": seconds, "peak_mb": peak}


async def _check(url: str, payments: int) -> None:
    """Every øre is placed and every claim's story has its message."""
    database = Database(url, 2)
    async with database.transaction() as connection:
        rest = await connection.scalar(select(func.sum(Payment.unused_ore)))
        owed = await connection.scalar(select(func.sum(Claim.balance_ore)))
        told = select(func.count()).select_from(OutboxRow).where(OutboxRow.name == "settled")
        assert (rest, owed, await connection.scalar(told)) == (0, 0, payments)
    await database.close()


async def _seconds_to_copy(url: str) -> float:
    """Of all rows that came of it, into tables without index, key or trigger."""
    parts = make_url(url)
    connection = await asyncpg.connect(
        host=str(parts.query["host"]), user=parts.username, database=parts.database
    )
    seconds = 0.0
    try:
        with TemporaryDirectory() as folder:
            for table in _COPIED:
                file = Path(folder) / table
                await connection.copy_from_table(table, output=file)
                await connection.execute(f"create table copied_{table} (like {table})")
                began = time.perf_counter()
                await connection.copy_to_table(f"copied_{table}", source=file)
                seconds += time.perf_counter() - began
                await connection.execute(f"drop table copied_{table}")
    finally:
        await connection.close()
    return seconds


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_book(sys.argv[1], int(sys.argv[2])))))
