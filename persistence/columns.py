"""Which columns a question asks for: each by its name, so that a step may add one.

A connection plans a question once. Asked with ``c.*`` its answer would be of another shape after
the step, and PostgreSQL refuses it then: "cached plan must not change result type".
"""

from persistence.models import Table


def every(table: type[Table], alias: str = "") -> str:
    """All columns this release knows of, as ``c."id", c."serial", …``."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f'{prefix}"{column.name}"' for column in table.__table__.columns)
