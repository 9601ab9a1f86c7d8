"""What letters say and look like: written before they are offered, kept for good once they left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import LargeBinary, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.models import LetterDocument

# What was written and never offered is written over.
_KEEP = text("""
with written as (
  select * from unnest(cast(:ids as bigint[]), :messages, :templates, :titles, :bodies, :hashes,
    cast(:documents as jsonb[])) as w (id, message, template, title, body, sha256, document)
), marked as (
  update letters l set template = w.template, title = w.title, body = w.body, sha256 = w.sha256
  from written w where l.id = w.id
)
insert into letter_documents
  (message_id, letter_id, template, policy_version, written_on, document, sha256)
select message, id, template, :policy, :on, document, sha256 from written
on conflict (message_id) do update set template = excluded.template, document = excluded.document,
  policy_version = excluded.policy_version, written_on = excluded.written_on,
  sha256 = excluded.sha256
where letter_documents.pdf is null""").bindparams(
    *(
        bindparam(name, type_=ARRAY(Text))
        for name in ("messages", "templates", "titles", "bodies", "hashes")
    ),
    bindparam("documents", type_=ARRAY(JSONB)),
)

# Each letter's last day is the one that stands in the letter it goes with.
_JOIN = text("""
update letters l set deadline = greatest(l.deadline, j.deadline), goes_with = j.leader
from unnest(cast(:ids as bigint[]), cast(:leaders as bigint[]), cast(:deadlines as date[]))
  as j (id, leader, deadline)
where l.id = j.id""")

_PRINTED = text("""
update letter_documents o set layout = p.layout, pdf = p.pdf, pdf_sha256 = p.sha256
from unnest(:messages, :layouts, :pdfs, :hashes) as p (message, layout, pdf, sha256)
where o.message_id = p.message and o.pdf is null""").bindparams(
    *(bindparam(name, type_=ARRAY(Text)) for name in ("messages", "layouts", "hashes")),
    bindparam("pdfs", type_=ARRAY(LargeBinary)),
)


_DROP = text("""
with dropped as (delete from letter_documents where letter_id = any(:ids) and pdf is null)
update letters set template = null, title = null, body = null, sha256 = null, goes_with = null
where (id = any(:ids) or goes_with = any(:ids)) and state = 'requested'""")


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter as it will stand in the debtor's hand, under its number in the post.

    *members* are the letters that leave as this one, itself among them, and *deadline* is the
    debtor's last day by it.
    """

    id: int
    message_id: str
    template: str
    title: str
    body: str
    sha256: str
    document: dict[str, Any]
    members: tuple[int, ...]
    deadline: date


@dataclass(frozen=True, slots=True)
class Print:
    message_id: str
    layout: str
    pdf: bytes
    sha256: str


async def keep_texts(
    connection: AsyncConnection, letters: Sequence[WrittenLetter], policy: str, on: date
) -> None:
    """Keep what is about to be offered: whatever dies, what the debtor has is what we have."""
    if not letters:
        return
    values = {
        "ids": [one.id for one in letters],
        "messages": [one.message_id for one in letters],
        "templates": [one.template for one in letters],
        "titles": [one.title for one in letters],
        "bodies": [one.body for one in letters],
        "hashes": [one.sha256 for one in letters],
        "documents": [one.document for one in letters],
        "policy": policy,
        "on": on,
    }
    await connection.execute(_KEEP, values)
    members = [(id_, one) for one in letters for id_ in one.members]
    joined = {
        "ids": [id_ for id_, _ in members],
        "leaders": [None if id_ == one.id else one.id for id_, one in members],
        "deadlines": [one.deadline for _, one in members],
    }
    await connection.execute(_JOIN, joined)


async def keep_prints(connection: AsyncConnection, prints: Sequence[Print]) -> None:
    """From now on these are what was sent."""
    if prints:
        values = {
            "messages": [one.message_id for one in prints],
            "layouts": [one.layout for one in prints],
            "pdfs": [one.pdf for one in prints],
            "hashes": [one.sha256 for one in prints],
        }
        await connection.execute(_PRINTED, values)


async def unprinted(
    connection: AsyncConnection, message_ids: Sequence[str]
) -> dict[int, tuple[str, dict[str, Any]]]:
    """By letter: its number in the post, and what was written and perhaps offered under it."""
    found = select(LetterDocument.letter_id, LetterDocument.message_id, LetterDocument.document)
    found = found.where(LetterDocument.message_id.in_(message_ids), LetterDocument.pdf.is_(None))
    rows = (await connection.execute(found)).all()
    return {row.letter_id: (row.message_id, row.document) for row in rows}


async def drop_texts(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """These have not left: they are written anew, from fresh facts, and with whom fits then."""
    if ids:
        await connection.execute(_DROP, {"ids": list(ids)})
