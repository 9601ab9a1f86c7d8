"""The doctor looks at a real house: a healthy one, and one that lacks what it needs."""

import asyncio
import re

import asyncpg
import pytest
from sqlalchemy import text

from persistence.database import Database
from tests.cli.test_commands import given, process


async def change(environment, statement):
    database = Database(environment["RETTIDIG_DATABASE_URL"], 1)
    try:
        async with database.transaction() as connection:
            await connection.execute(text(statement))
    finally:
        await database.close()


async def looked_at(environment):
    answer = await given(environment, "doctor", "--english")
    assert answer.stderr == ""
    return answer.returncode, " ".join(answer.stdout.split())


async def test_a_house_at_work_is_well_and_says_what_is_worth_knowing(house, tmp_path):
    with process(house, tmp_path, "worker"):
        for _ in range(60):
            code, told = await looked_at(house)
            if code == 0:
                break
            await asyncio.sleep(1)
    assert code == 0, told
    assert "✗" not in told
    assert re.search(r"✓ \d+ workers ask for rettidig-stories", told)
    assert "✓ The round post-room last went" in told
    assert "! Keys for what Temporal keeps." in told
    assert 'Set RETTIDIG_PAYLOAD_KEYS; "rettidig new-key" makes a key.' in told
    assert " 0 wrong, " in told


async def test_without_a_worker_it_says_that_people_wait_and_for_what(house):
    await change(
        house,
        "insert into outbox (target, name, payload, attempts, created_at)"
        " values ('claim-x', 'nudged', '{}', 0, now() - interval '20 minutes')",
    )
    code, told = await looked_at(house)
    assert code == 1
    assert "✗ 0 workers ask for rettidig-stories." in told
    assert re.search(r"✗ 1 messages to stories wait, the oldest for \d{4,} seconds", told)
    assert "✗ The round watch." in told


async def test_without_temporal_the_rest_is_still_looked_at(house):
    absent = house | {"TEMPORAL_ADDRESS": "127.0.0.1:1", "RETTIDIG_TEMPORAL_ADDRESS": "127.0.0.1:1"}
    code, told = await looked_at(absent)
    assert code == 1
    assert "✗ Temporal at 127.0.0.1:1." in told
    assert "Decisions wait; nothing is lost." in told
    assert "✓ The tables are at step" in told


async def test_tables_of_another_version_are_told_before_anything_that_needs_them(house):
    await change(house, "update alembic_version set version_num = '0001'")
    code, told = await looked_at(house)
    assert code == 1
    assert "✗ The tables are at step 0001 of" in told
    assert 'Run "rettidig migrate".' in told
    assert "messages to stories" not in told


@pytest.mark.parametrize(
    ("name", "said"), [("", "The tables are at step -"), ("_gone", "does not answer")]
)
async def test_an_empty_database_and_none_at_all_are_two_things(house, postgres_url, name, said):
    url = house["RETTIDIG_DATABASE_URL"].replace("+asyncpg", "")
    parts = url.partition("?")
    other = f"{parts[0]}_bare{name}{parts[1]}{parts[2]}"
    if not name:
        connection = await asyncpg.connect(url)
        await connection.execute(f'create database "{parts[0].rpartition("/")[2]}_bare"')
        await connection.close()
    code, told = await looked_at(house | {"RETTIDIG_DATABASE_URL": other})
    assert code == 1
    assert said in told
