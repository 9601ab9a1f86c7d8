"""What this release says to the database, kept for the next one: its steps must leave it working.

Before a release whose steps follow: ``RETTIDIG_STATEMENTS=1 pytest -p tests.upgrade.recording …``
over the tests that are to be heard; what was heard before stays.
"""

import gzip
import os
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event

from persistence.migrations import configuration

FOLDER = Path(__file__).with_name("statements")
END = "\n;;\n"
_OURS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_NOT_THE_HOUSES = ("alembic_version", "information_schema", "pg_", "FROM (VALUES")
_heard: set[str] = set()


def file_of(step):
    return FOLDER / f"{step}.sql.gz"


def recorded(step):
    return gzip.decompress(file_of(step).read_bytes()).decode().split(END)


@event.listens_for(Engine, "before_cursor_execute")
def _hear(_connection, _cursor, statement, _values, context, _many):
    is_compiled = getattr(context, "compiled", None) is not None
    if is_compiled and statement.lstrip().upper().startswith(_OURS):
        _heard.add(statement.strip())


def pytest_sessionfinish():
    if os.environ.get("RETTIDIG_STATEMENTS") != "1":
        return
    step = ScriptDirectory.from_config(configuration()).get_current_head()
    before = set(recorded(step)) if file_of(step).exists() else set()
    kept = sorted(s for s in _heard | before if not any(word in s for word in _NOT_THE_HOUSES))
    FOLDER.mkdir(exist_ok=True)
    file_of(step).write_bytes(gzip.compress(END.join(kept).encode(), mtime=0))
