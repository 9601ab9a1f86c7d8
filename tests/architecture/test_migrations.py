"""The database grows in one line of numbered steps, and ends where the models say."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from persistence.migrations import FOLDER, configuration
from persistence.models import Table

STEPS = sorted(path.name for path in (FOLDER / "versions").glob("*.py"))


def test_the_steps_are_one_line():
    script = ScriptDirectory.from_config(configuration())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


@pytest.mark.parametrize(("number", "step"), enumerate(STEPS, start=1))
def test_each_step_has_the_number_after_the_one_before_it(number, step):
    assert re.fullmatch(rf"{number:04d}_[a-z]+(_[a-z]+)*\.py", step)
    revision = ScriptDirectory.from_config(configuration()).get_revision(f"{number:04d}")
    assert revision.path.endswith(step)
    assert revision.down_revision == (f"{number - 1:04d}" if number > 1 else None)


async def test_the_last_step_leads_to_what_the_models_say(database_url):
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(compare)
    await engine.dispose()
    assert differences == []


def compare(connection):
    options = {"compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), Table.metadata)
