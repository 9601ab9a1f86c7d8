"""What the release before says to the database is still understood after all steps since."""

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.upgrade.recording import recorded
from tests.upgrade.test_step_rules import BASELINE

AMBIGUOUS = asyncpg.exceptions.IndeterminateDatatypeError


async def not_understood(url, statements):
    """By statement: why it could not be planned any more."""
    parts = make_url(url)
    connection = await asyncpg.connect(
        host=parts.query["host"], user=parts.username, database=parts.database
    )
    faults = {}
    try:
        for statement in statements:
            try:
                await connection.prepare(statement)
            except AMBIGUOUS:
                continue
            except asyncpg.PostgresError as fault:
                faults[statement] = str(fault)
    finally:
        await connection.close()
    return faults


async def test_every_statement_of_the_release_before_can_still_be_planned(database_url):
    statements = recorded(BASELINE)
    assert len(statements) > 100, "hardly anything was heard: tests/upgrade/recording.py"
    faults = await not_understood(database_url, statements)
    told = "\n\n".join(f"{fault}\n{statement}" for statement, fault in faults.items())
    assert faults == {}, f"The release before {BASELINE}'s next would stumble:\n{told}"


@pytest.mark.parametrize("change", ["drop column source cascade", "rename column source to origin"])
async def test_a_column_that_is_taken_away_is_missed(database_url, change):
    parts = make_url(database_url)
    connection = await asyncpg.connect(
        host=parts.query["host"], user=parts.username, database=parts.database
    )
    await connection.execute(f"alter table claims {change}")
    await connection.close()
    faults = await not_understood(database_url, recorded(BASELINE))
    assert any("source" in fault for fault in faults.values())
