"""The time machine as an operator asks for it, in a process of its own."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bench.past_lives import make_life
from bench.past_rows import write_lives
from persistence.database import Database
from policies.loading import load_policy

ROOT = Path(__file__).parents[2]
LIVES = 40


@pytest.fixture
async def database(database_url):
    """Two years of lives, the last of them a month ago."""
    database, policy = Database(database_url, 2), load_policy("skanderborg")
    until = date.today().replace(day=1) - timedelta(days=1)
    first = until - timedelta(days=700)
    lives = [make_life(policy, number, first, until) for number in range(LIVES)]
    await write_lives(database, lives, LIVES)
    yield database
    await database.close()


async def rettidig(database, *arguments):
    environment = os.environ | {"RETTIDIG_DATABASE_URL": database.url}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "cli", "replay", *arguments]
    return await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


async def test_the_policy_in_force_makes_what_happened_and_says_so(database):
    told = await rettidig(database, "--months", "24", "--english")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "exactly what happened" in told.stdout
    danish = await rettidig(database)
    assert "præcis det, der skete" in danish.stdout


async def test_a_row_that_no_policy_makes_is_named_and_the_command_fails(database):
    claim = "select subject from acts where kind = 'letter' and key = 'first-reminder' limit 1"
    forged = (
        f"insert into acts (subject, key, kind, done_on, facts) select ({claim}),"
        " 'dialogue-9', 'task', '2026-01-05', '{}' returning subject"
    )
    async with database.transaction() as connection:
        subject = (await connection.execute(text(forged))).scalar_one()
    told = await rettidig(database, "--english")
    assert told.returncode == 1
    assert f"{subject}: dialogue-9" in told.stdout


async def test_another_policy_is_set_beside_it(database, tmp_path):
    policy = (ROOT / "policies" / "skanderborg.toml").read_text(encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(policy.replace("amount = 250\n", "amount = 150\n"), encoding="utf-8")
    told = await rettidig(database, "--against", str(other), "--json")
    assert told.returncode == 0, told.stdout + told.stderr
    figures = json.loads(told.stdout)["figures"]
    fees = {side: sum(of["fees-ore"] for of in figures[side].values()) for side in figures}
    assert fees["history"] == fees["in-force"] > fees["other"] > 0
    shown = await rettidig(database, "--against", str(other), "--english")
    assert "We assume" in shown.stdout
    assert "Difference" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--months", "6"), "12"),
        (("--months", "99"), "36"),
        (("--policy", "atlantis"), "atlantis"),
        (("--against", "atlantis"), "atlantis"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_a_sentence(database, arguments, sentence):
    told = await rettidig(database, *arguments, "--english")
    assert told.returncode == 1
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr


async def test_a_broken_policy_is_refused_with_its_line_and_reason(database, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text('version = "x"\nmunicipality = \n', encoding="utf-8")
    told = await rettidig(database, "--against", str(broken), "--english")
    assert told.returncode == 1
    assert "broken.toml" in told.stderr
    assert "2" in told.stderr
    assert "Traceback" not in told.stderr
