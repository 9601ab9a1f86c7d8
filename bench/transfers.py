"""Claims built, checked, sent to the recovery authority and received there: once each, under kills.

The work is done by a process of its own, which is killed again and again at whatever it is at. The
authority is the sandbox, with its own file: what it holds at the end is held against ours.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text

from bench.town import START, bench_policy, new_claim
from domain.letters import Letter
from domain.money import Money
from domain.recovery.books import Moved, compare
from gateways.recovery_authority.sandbox import RecoveryBehaviour, SandboxRecoveryAuthority
from persistence.claims.bulk_registration import register_all
from persistence.database import Database
from persistence.recovery.moves import our_books

# Each debtor has been reminded and told of the transfer, and the letters have arrived.
_PROVE = text("""
insert into letters (subject, key, claim_id, debtor_id, letter, days, requested_on, planned_on,
  deadline, state, channel, dispatched_on, delivered_on, facts)
select b.claim_id, l.letter, b.claim_id, b.debtor_id, l.letter, 14, l.day, l.day, l.day + 14,
  'delivered', 'digital-post', l.day, l.day, '{}'
from liabilities b, (values ('demand', cast(:due as date)),
  ('second-reminder', cast(:due as date) + 15), ('transfer-notice', cast(:due as date) + 30)
  ) l (letter, day)""")

CLAIMS, FEW = 5_000, 300
_AT_ONCE = 500
_KILLS = 4  # of each kind of work
_FIRST_DUE = timedelta(days=60)
_TO_RECEIPT = timedelta(days=2)


async def transfer_batch(url: str, *, is_small: bool) -> dict[str, Any]:
    """*url* is a database without claims. The time is that of the work, kills included."""
    claims = FEW if is_small else CLAIMS
    database = Database(url, 2)
    with TemporaryDirectory() as folder:
        authority = SandboxRecoveryAuthority(Path(folder))
        authority.behave(RecoveryBehaviour(days_between_payouts=1000, days_to_end=1000))
        await _register(database, claims)
        begun = time.perf_counter()
        kills = await _work(url, folder, START, "send", claims)
        kills += await _work(url, folder, START + _TO_RECEIPT, "hear", claims)
        seconds = time.perf_counter() - begun
        found = await _compare(database, authority, claims)
    await database.close()
    return {
        "transfers": claims,
        "transfer_claims_per_s": round(claims / seconds, 1),
        "transfer_s": round(seconds, 1),
        "transfer_kills": kills,
        **found,
    }


async def _register(database: Database, claims: int) -> None:
    policy = bench_policy(Letter.DEMAND)
    due = (START - _FIRST_DUE).date()
    for first in range(0, claims, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, claims))
        async with database.transaction() as connection:
            rows = [new_claim(number, due) for number in numbers]
            await register_all(connection, policy, rows, due, "bench")
    async with database.transaction() as connection:
        await connection.execute(_PROVE, {"due": due})


async def _work(url: str, folder: str, moment: datetime, work: str, claims: int) -> int:
    """Until a process has come to the end of it; returns how many were killed before."""
    facts = {"database_url": url, "folder": folder, "moment": moment.isoformat(), "work": work}
    command = [sys.executable, "-m", "bench.transfer_worker", json.dumps(facts)]
    pause = 2 + claims / 1000  # a process begins in one or two
    for kill in range(_KILLS + 1):
        child = await asyncio.to_thread(subprocess.Popen, command)
        try:
            ended = await asyncio.to_thread(child.wait, pause if kill < _KILLS else None)
        except subprocess.TimeoutExpired:
            child.kill()
            await asyncio.to_thread(child.wait)
            continue
        assert ended == 0, f"the worker ended with {ended}"
        return kill
    raise AssertionError("a process without a limit has come to its end")


async def _compare(
    database: Database, authority: SandboxRecoveryAuthority, claims: int
) -> dict[str, Any]:
    """What it holds twice, and what one of us holds and the other does not."""
    until = START + _TO_RECEIPT
    sent = Counter(
        action.reference for delivery in authority.deliveries() for action in delivery.actions
    )
    lines = await authority.statement(until.date(), until)
    theirs = {line.reference: Moved(came=Money(line.came_ore)) for line in lines}
    async with database.transaction() as connection:
        books = compare(await our_books(connection, until.date()), theirs)
    missing = claims - len(theirs) + len(books.differences)
    return {"duplicates": sum(n - 1 for n in sent.values()), "missing": missing}
