"""A scratch database filled with far more than any act could write in the time of a bench."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from domain.policy import Policy
from persistence.database import Database


def kinds_of(policy: Policy) -> dict[str, Any]:
    """The claim types, their departments and how many they are, as values for a filling."""
    types = policy.claim_types
    departments = [kind.department for kind in types.values()]
    return {"types": list(types), "departments": departments, "kinds": len(types)}


async def fill_past_triggers(database: Database, filling: str, values: Mapping[str, Any]) -> None:
    """Run the statements of *filling*, a semicolon at the end of each, and analyse the tables.

    Rows go past the triggers, and must come with what those would have kept.
    """
    async with database.transaction() as connection:
        await connection.execute(text("set local session_replication_role = 'replica'"))
        for statement in re.split(r";\n", filling):
            if statement.strip():
                names = re.findall(r"(?<!:):([a-z]+)", statement)
                await connection.execute(text(statement), {name: values[name] for name in names})
    async with database.engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await free.execute(text("vacuum analyze"))
