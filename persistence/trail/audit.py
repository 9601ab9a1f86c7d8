"""The append-only trail of who looked and who acted; the database chains its hashes."""

from typing import Any

from sqlalchemy import Insert, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.looking import Purpose, PurposeMissing
from persistence.models import AuditRow

LOOKED = "viewed"
"""The database adds the purpose to such a row that names none, as far as the house knows it."""

_KNOWN = text("""
select purpose_of_look(:subject, :actor) as purpose,
  exists (select from debtors_of_subject(:subject)) as is_somebodys""")
_CHOOSE = text("""
insert into purposes (user_id, debtor_id, day, purpose)
select :actor, d.id, (now() at time zone 'Europe/Copenhagen')::date, :purpose
from debtors d where d.id in (select debtors_of_subject(:subject))
on conflict (user_id, debtor_id, day) do update set purpose = excluded.purpose""")


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
    connection: AsyncConnection, subject: str, actor: str, purpose: Purpose
) -> None:
    """It holds for all claims of the subject's debtors, until the real day is over."""
    values = {"subject": subject, "actor": actor, "purpose": purpose.value}
    await connection.execute(_CHOOSE, values)
    await note(connection, subject, actor, "purpose-chosen", purpose=purpose)


async def _known_purpose(connection: AsyncConnection, subject: str, actor: str) -> Purpose | None:
    """What is nobody's has nobody to be asked about."""
    values = {"subject": subject, "actor": actor}
    found = (await connection.execute(_KNOWN, values)).one()
    if found.purpose:
        return Purpose(found.purpose)
    return None if found.is_somebodys else Purpose.NOT_STATED
