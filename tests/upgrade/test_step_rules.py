"""Steps since the first release are taken while the release before works: what they may not do.

squawk reads what each step really says to the database. When a step is refused here:

- add, fill and remove in three releases; never rename, retype or drop what is still read;
- an index on a table that has rows: in ``with op.get_context().autocommit_block():`` first
  ``drop index concurrently if exists …`` (one given up halfway is there, and invalid), then
  ``create index concurrently …``;
- a constraint on a table that has rows: ``not valid`` first, ``validate constraint`` in a
  transaction of its own;
- ``op.execute("set local lock_timeout = '4s'")`` before anything else.

A step that must break one of them stands in EXCUSED, with the reason why nobody waits for it.
"""

import subprocess
import sys
from pathlib import Path

import pytest
import pytest_asyncio
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from persistence.migrations import configuration, upgrade
from tests.conftest import _administrator

BASELINE = "0028"
"""The tables of the first release that a municipality runs (docs/decisions/0045)."""
EXCUSED: dict[tuple[str, str], str] = {}
"""By step and rule: why it is no harm."""
NOT_ASKED = {
    "prefer-robust-stmts",  # each step is one transaction, or drops first what it builds
    "require-statement-timeout",  # what may take long has no lock that others wait for
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-text-field",
    "prefer-timestamp-tz",
    "ban-drop-not-null",  # needed to expand; nothing may become null in the same release
}
SQUAWK = Path(sys.executable).with_name("squawk")
BRIEFLY = "set local lock_timeout = '4s';\n"


def steps_since(baseline):
    script = ScriptDirectory.from_config(configuration())
    newest_first = script.iterate_revisions("head", baseline)
    return [step.revision for step in reversed(list(newest_first))]


async def said_by(url, step):
    """All that the step says to the database, as one file that squawk can read."""
    said = []

    def hear(_connection, _cursor, statement, *_):
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        await upgrade(url, step)
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    return as_file(said)


def as_file(said):
    """In transactions, but for what stands outside of them."""
    own = [one for one in said if "alembic_version" not in one and is_change(one)]
    lines = ["begin"]
    for one in own:
        lines += ["commit", one, "begin"] if " concurrently " in one.lower() else [one]
    return ";\n".join([*lines, "commit"]) + ";\n"


def is_change(statement):
    return not statement.lower().startswith(("select ", "show ", "set lock_timeout"))


def refused(step, sql):
    """What squawk says against it, line by line."""
    command = [SQUAWK, "--pg-version", "16", "--reporter", "gcc", "--stdin-filepath", f"{step}.sql"]
    command += ["--exclude", ",".join(sorted(NOT_ASKED))]
    answer = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
    assert answer.returncode in {0, 1}, answer.stderr
    found = [line for line in answer.stdout.splitlines() if line.startswith(f"{step}.sql:")]
    return [line for line in found if (step, line.split(": ")[2].split()[0]) not in EXCUSED]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def at_baseline(postgres_url):
    """A database as the first release left it; the steps are taken on it, one after another."""
    async with _administrator(postgres_url) as administrator:
        await administrator.execute("create database at_baseline")
    url = make_url(postgres_url).set(database="at_baseline").render_as_string(hide_password=False)
    await upgrade(url, BASELINE)
    yield url
    async with _administrator(postgres_url) as administrator:
        await administrator.execute("drop database at_baseline with (force)")


async def test_no_step_since_the_first_release_keeps_others_waiting(at_baseline):
    wrong = []
    for step in steps_since(BASELINE):
        wrong += refused(step, await said_by(at_baseline, step))
    assert wrong == [], f"{__doc__}\n" + "\n".join(wrong)


BAD = {
    "changing-column-type": "alter table claims alter column source type varchar(20)",
    "adding-not-nullable-field": "alter table claims alter column source set not null",
    "adding-field-with-default": "alter table claims add column a uuid default gen_random_uuid()",
    "require-concurrent-index-creation": "create index ix on claims (source)",
    "constraint-missing-not-valid": "alter table claims add constraint c check (serial > 0)",
    "ban-drop-column": "alter table claims drop column source",
    "ban-drop-table": "drop table claims",
    "renaming-column": "alter table claims rename column source to origin",
    "renaming-table": "alter table claims rename to debts",
}
GOOD = (
    "alter table claims add column a text",
    "create table t (id bigint primary key); create index ix_t on t (id)",
    "alter table claims add constraint c check (serial > 0) not valid",
    "commit; create index concurrently ix on claims (source); begin",
)


@pytest.mark.parametrize("rule", sorted(BAD))
def test_what_would_keep_others_waiting_or_break_the_release_before_is_seen(rule):
    assert rule in "\n".join(refused("bad", f"begin;\n{BRIEFLY}{BAD[rule]};\ncommit;\n"))


@pytest.mark.parametrize("statement", GOOD)
def test_what_harms_nobody_is_let_through(statement):
    assert refused("good", f"begin;\n{BRIEFLY}{statement};\ncommit;\n") == []


def test_a_step_that_does_not_say_how_long_it_waits_is_refused():
    sql = "begin;\nalter table claims add column a text;\ncommit;\n"
    assert "require-lock-timeout" in "\n".join(refused("bad", sql))
