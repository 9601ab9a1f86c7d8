"""A letter in the tray as it would be if it left now, with all that would leave with it."""

from dataclasses import dataclass
from datetime import date

from jinja2 import TemplateError
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Fault, Invalid, NotFound
from domain.letters import Letter
from domain.merging import merge
from domain.policy import Policy
from letters.documents import Document
from letters.proofreading import faults_in
from letters.rendering import render
from persistence.post.tray import Tray, read_tray
from writing.contents import as_waiting, why_needless, write_content

_NEIGHBOURS = text("""
select o.id from letters l join letters o on o.debtor_id = l.debtor_id and o.channel = l.channel
where l.id = :letter and l.state = 'requested' and o.state = 'requested'
  and (o.planned_on <= greatest(:on, l.planned_on)) order by o.id""")


@dataclass(frozen=True, slots=True)
class Preview:
    """*why_not* says why it would not leave now, if it would not; *members* are what it tells of.

    *faults* is what is wrong with it: then it will not leave, and a person is asked.
    """

    document: Document
    members: tuple[int, ...]
    why_not: str | None
    faults: tuple[Fault, ...]


async def preview_letter(
    connection: AsyncConnection, policy: Policy, letter_id: int, on: date
) -> Preview:
    """Raises NotFound for a letter that does not lie in the tray, Invalid for one without words."""
    found = await connection.execute(_NEIGHBOURS, {"letter": letter_id, "on": on})
    tray = await read_tray(connection, list(found.scalars()), on)
    rows = {row["id"]: row for row in tray.letters}
    if letter_id not in rows:
        raise NotFound("letter", letter_id)
    together = _together(policy, tray, rows[letter_id], on)
    content = write_content(policy, tray, together, max(on, rows[letter_id]["planned_on"]))
    try:
        rendered = render(content)
    except (TemplateError, LookupError):
        raise Invalid(Fault("letter", "letter-incomplete", {"found": "", "limit": ""})) from None
    return Preview(
        rendered.document,
        tuple(row["id"] for row in together),
        _why_not(policy, tray, rows[letter_id], on),
        tuple(faults_in(content, rendered.document)),
    )


def _together(policy: Policy, tray: Tray, row: RowMapping, on: date) -> list[RowMapping]:
    """The letter with those it would leave with; alone where it would not leave itself."""
    rows = {one["id"]: one for one in tray.letters}
    free = [one for one in tray.letters if _why_not(policy, tray, one, on) is None]
    for sending in merge([as_waiting(one) for one in free], policy.post_rule(on).merges):
        if row["id"] in sending.ids:
            return [rows[id_] for id_ in sending.ids]
    return [row]


def _why_not(policy: Policy, tray: Tray, row: RowMapping, on: date) -> str | None:
    if row["is_held"] and Letter(row["letter"]).hangs_on_a_debt:
        return "on-hold"
    return why_needless(policy, tray, row, on)
