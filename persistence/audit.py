"""The append-only trail of who looked and who acted; the database chains its hashes."""

from datetime import date
from typing import Any

from sqlalchemy import Insert, bindparam, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.looking import Purpose, PurposeMissing
from persistence.models import AuditRow, PurposeRow

LOOKED = "viewed"
"""The database adds the purpose to such a row that names none, as far as the house knows it."""

_PURPOSE = select(func.purpose_of_look(bindparam("subject"), bindparam("viewer")))
_DEBTORS = text("select debtors_of_subject(:subject) as id")


async def note(
    connection: AsyncConnection, subject: str, actor: str, act: str, **facts: Any
) -> None:
    """*facts* must hold no personal data beyond ids."""
    await connection.execute(noted(subject, actor, act, **facts))


def noted(subject: str, actor: str, act: str, **facts: Any) -> Insert:
    """The statement behind `note`, to ride along with another as a CTE."""
    given_by_trigger = {"seq": 0, "previous": "", "hash": ""}
    values = {"subject": subject, "actor": actor, "act": act, "facts": facts} | given_by_trigger
    return insert(AuditRow).values(values)


async def note_look(
    connection: AsyncConnection,
    subject: str,
    actor: str,
    purpose: Purpose | None = None,
    **facts: Any,
) -> None:
    """A person looks at a claim, a debtor or a letter; without *purpose* the house tells why.

    Raises PurposeMissing when it cannot: a page leads to where they say it.
    """
    known = purpose or await _known_purpose(connection, subject, actor)
    if known is None:
        raise PurposeMissing(subject)
    await note(connection, subject, actor, LOOKED, purpose=known, **facts)


async def choose_purpose(
    connection: AsyncConnection, subject: str, actor: str, purpose: Purpose, day: date
) -> None:
    """It holds for all claims of the subject's debtors, until the (real) *day* is over."""
    debtors = (await connection.execute(_DEBTORS, {"subject": subject})).scalars().all()
    for debtor in debtors:
        new = upsert(PurposeRow).values(user_id=actor, debtor_id=debtor, day=day, purpose=purpose)
        key = ["user_id", "debtor_id", "day"]
        await connection.execute(
            new.on_conflict_do_update(index_elements=key, set_={"purpose": purpose})
        )
    await note(connection, subject, actor, "purpose-chosen", purpose=purpose)


async def _known_purpose(connection: AsyncConnection, subject: str, actor: str) -> Purpose | None:
    values = {"subject": subject, "viewer": actor}
    found = (await connection.execute(_PURPOSE, values)).scalar()
    return Purpose(found) if found else None
