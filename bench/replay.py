"""The time machine on two years of a large town: how fast, in how much memory, and how exactly."""

import time
from datetime import date
from typing import Any

from sqlalchemy import text

from bench.ground import Ground, ground, own_peak_mb, prepare
from bench.past_lives import make_life
from bench.past_rows import write_lives
from domain.letters import Letter
from domain.policy import Policy
from domain.replaying.trial_figures import Period
from domain.replaying.trials import Findings
from domain.replaying.variants import Knobs, varied
from persistence.database import Database
from policies.loading import load_policy
from workers.time_machine import TimeMachine, batches

CLAIMS, FEW_CLAIMS = 100_000, 2_000
LIVES, MONTHS = 2_000, 24
PERIOD = Period(date(2024, 8, 1), date(2026, 7, 31))

# What a replay has to read at least.
_BARE = [
    text(f"select count(*), max(length(cast(t as text))) from {table} t")
    for table in (
        "claims",
        "liabilities",
        "acts",
        "letters",
        "tasks",
        "decisions",
        "ledger_entries",
    )
]


async def measure(standing: Ground, *, is_small: bool) -> dict[str, Any]:
    """Both policies over the same claims; the policy in force must differ from nothing."""
    database = Database(await prepare(standing), 2)
    policy = load_policy("skanderborg")
    claims = FEW_CLAIMS if is_small else CLAIMS
    lives = [make_life(policy, n, PERIOD.since, PERIOD.until) for n in range(min(LIVES, claims))]
    await write_lives(database, lives, claims)
    bare = await _bare(database)
    began = time.perf_counter()
    found = await _replay(database, policy)
    spent = time.perf_counter() - began
    await database.close()
    return {
        "replay_claims": found.claims,
        "replay_months": MONTHS,
        "replay_s": round(spent, 1),
        "replay_claim_months_per_s": round(found.claim_months / spent),
        "replay_peak_mb": round(own_peak_mb()),
        "replay_differing": found.differing,
        "replay_changed": found.changed,
        "replay_to_bare": round(spent / bare, 1),
    }


async def _replay(database: Database, policy: Policy) -> Findings:
    other = varied(policy, Knobs(days=21, without=Letter.SECOND_REMINDER))
    found = Findings()
    async for batch, _ in batches(database, TimeMachine(policy, other, PERIOD)):
        found.add(batch.findings)
    return found


async def _bare(database: Database) -> float:
    """Seconds in which the rows themselves are read, and nothing is done with them."""
    began = time.perf_counter()
    async with database.transaction() as connection:
        for statement in _BARE:
            await connection.execute(statement)
    return time.perf_counter() - began


async def run(*, is_small: bool) -> dict[str, Any]:
    with ground() as standing:
        return await measure(standing, is_small=is_small)
