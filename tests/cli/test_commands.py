"""The commands against real servers, each in a process of its own, as an operator gives them."""

import asyncio
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from persistence.database import Database

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def rettidig(environment, *arguments):
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


async def given(environment, *arguments):
    """The command's answer, while this loop's own work goes on."""
    return await asyncio.to_thread(rettidig, environment, *arguments)


@contextmanager
def process(environment, tmp_path, *arguments):
    """A long-running command; its end by SIGTERM must be clean."""
    log = (tmp_path / f"{arguments[0]}.log").open("w+")
    command = [sys.executable, "-m", "cli", *arguments]
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=log, stderr=log, text=True
    )
    try:
        yield running, Path(log.name)
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=40) == 0, Path(log.name).read_text()
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
        log.close()


async def value(environment, query, **values):
    database = Database(environment["RETTIDIG_DATABASE_URL"], 1)
    try:
        async with database.transaction() as connection:
            return (await connection.execute(text(query), values)).scalar()
    finally:
        await database.close()


async def first_claim(environment):
    for _ in range(1200):  # two minutes: the machine may have other things to do
        found = await value(
            environment,
            "select c.id from claims c join acts a on a.subject = c.id"
            " where c.reference = 'D-2026-0001' and a.key = 'courtesy-notice'",
        )
        if found:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("no claim has begun its story")


async def test_a_file_of_claims_is_read_once_and_its_claims_live(house, tmp_path):
    with process(house, tmp_path, "worker"):
        answer = await given(house, "import-claims", str(EXAMPLES / "claims.csv"))
        assert answer.returncode == 0, answer.stderr + answer.stdout
        assert "42" in answer.stdout
        again = await given(house, "import-claims", str(EXAMPLES / "claims.csv"))
        assert again.returncode == 0
        assert await value(house, "select count(*) from claims") == 42
        claim = await first_claim(house)
        await shown_and_foreseen(house, claim)
        await rebuilt(house, claim)
        turned = await given(house, "turn-pages", "--english")
        assert turned.returncode == 0, turned.stderr
        assert "42 sleeping stories" in turned.stdout


async def shown_and_foreseen(house, claim):
    shown = await given(house, "show-claim", claim, "--english")
    assert shown.returncode == 0, shown.stderr
    assert claim in shown.stdout
    assert "090950-xxxx" in shown.stdout
    assert "090950-2514" not in shown.stdout
    expected = await given(house, "forecast", "--days", "3000", "--claim", claim, "--english")
    assert expected.returncode == 0, expected.stderr
    assert "Task: dialogue with the debtor" in expected.stdout
    assert re.search(r"\d+ \w+ 20\d\d", expected.stdout)


async def rebuilt(house, claim):
    """Ended and begun again, it does nothing twice; one that runs is not lost."""
    acts = "select string_agg(key || id, ',' order by id) from acts where subject = :c"
    before = await value(house, acts, c=claim)
    answer = await given(house, "rebuild", claim)
    assert answer.returncode == 0, answer.stderr
    assert "demand, courtesy-notice" in answer.stdout
    lost = await given(house, "rebuild", "--all-lost", "--english")
    assert lost.returncode == 0, lost.stderr
    assert "0 of 42" in lost.stdout
    assert await value(house, acts, c=claim) == before


async def test_refused_rows_are_told_with_row_field_and_reason_in_both_languages(house, tmp_path):
    path = str(EXAMPLES / "claims-with-errors.csv")
    with process(house, tmp_path, "worker"):
        danish = await given(house, "import-claims", path)
        english = await given(house, "import-claims", path, "--english")
        empty = tmp_path / "empty.csv"
        empty.touch()
        nothing = await given(house, "import-claims", str(empty))
    assert danish.returncode == english.returncode == 2
    assert re.search(r"^Række \d+ \[[^\]]+\] afvist: .+", danish.stdout, re.MULTILINE)
    assert re.search(r"^Row \d+ \[[^\]]+\] refused: .+", english.stdout, re.MULTILINE)
    assert nothing.returncode == 1
    assert "Intet" in nothing.stdout


async def test_the_api_is_served_and_says_whether_temporal_answers(house, tmp_path):
    with process(house, tmp_path, "serve", "--port", "0") as (_, log):
        for _ in range(200):
            if found := re.search(r"http://\S+/api/v1", log.read_text()):
                break
            await asyncio.sleep(0.1)
        assert found, log.read_text()
        async with httpx.AsyncClient(trust_env=False) as http:
            ready = (await http.get(f"{found[0]}/ready")).json()
    assert ready == {"database": True, "temporal": True}


async def someone_with_all_rights_changes(environment):
    database = Database(environment["RETTIDIG_DATABASE_URL"], 1)
    async with database.transaction() as connection:
        await connection.execute(text("set local session_replication_role = 'replica'"))
        await connection.execute(text("update audit set actor = 'bent' where seq = 1"))
    await database.close()


async def test_a_broken_audit_trail_is_told(house):
    await value(
        house,
        "with new as (insert into audit (subject, seq, actor, act, facts, previous, hash)"
        " values ('x', 0, 'anna', 'viewed', '{}', '', ''), ('x', 0, 'anna', 'viewed', '{}', '', '')"
        " returning 1) select count(*) from new",
    )
    whole = await given(house, "verify-audit", "--english")
    assert (whole.returncode, whole.stdout.strip()) == (0, "The audit trail is unbroken.")
    await someone_with_all_rights_changes(house)
    broken = await given(house, "verify-audit", "--english")
    assert broken.returncode == 1
    assert "x: row 1" in broken.stdout


def test_without_a_database_the_commands_say_what_to_set(house):
    bare = {k: v for k, v in house.items() if k != "RETTIDIG_DATABASE_URL"}
    for command in ("serve", "worker", "migrate", "verify-audit"):
        answer = rettidig(bare, command)
        assert answer.returncode == 1
        assert answer.stderr.count("\n") == 1
        assert "RETTIDIG_DATABASE_URL" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("show-claim", "2026-999999"), "Det findes ikke her: kravet 2026-999999."),
        (("rebuild", "2026-999999"), "Det findes ikke her: kravet 2026-999999."),
        (("import-claims", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_what_goes_wrong_is_one_sentence_without_a_traceback(house, arguments, reason):
    answer = rettidig(house, *arguments)
    assert answer.returncode == 1
    assert reason in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_temporal_that_is_away_is_told(house):
    away = house | {"RETTIDIG_TEMPORAL_ADDRESS": "127.0.0.1:1", "TEMPORAL_ADDRESS": "127.0.0.1:1"}
    answer = rettidig(away, "turn-pages", "--english")
    assert answer.returncode == 1
    assert "Temporal does not answer" in answer.stderr


def test_migrating_twice_changes_nothing(house):
    assert [rettidig(house, "migrate").returncode for _ in range(2)] == [0, 0]


async def test_a_wrong_policy_is_told_with_its_line_and_the_reason(house, tmp_path):
    wrong = tmp_path / "wrong.toml"
    right = (ROOT / "policies" / "skanderborg.toml").read_text(encoding="utf-8")
    wrong.write_text("colour = 'blå'\n" + right, encoding="utf-8")
    environment = house | {"RETTIDIG_POLICY": str(wrong)}
    danish = await given(environment, "forecast", "--days", "3")
    assert danish.returncode == 1
    assert "linje 1, colour: Nøglen »colour« kendes ikke" in danish.stderr
    english = await given(environment, "forecast", "--days", "3", "--english")
    assert "line 1, colour: The key “colour” is unknown" in english.stderr


async def test_the_letters_of_a_day_are_listed_or_it_is_said_that_there_are_none(house):
    none = await given(house, "letters", "--day", "1999-12-31")
    assert none.returncode == 0, none.stderr
    assert "Ingen breve gik eller blev holdt tilbage" in none.stdout
    wrong = await given(house, "letters", "--day", "i går", "--english")
    assert wrong.returncode == 1
    assert "--day" in wrong.stderr


async def test_the_texts_of_all_letters_are_proofread(house):
    read = await given(house, "release-letters", "--check", "--english")
    assert read.returncode == 0, read.stderr
    assert "All letters have been read in Danish and English" in read.stdout
