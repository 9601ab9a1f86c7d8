"""Notes on claims and debtors: written once, corrected by later ones, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import RIGHTS, Actor, Right, Role, may, require
from domain.errors import Fault, Invalid, NotFound
from domain.file_notes import LONGEST_NOTE, MOST_MENTIONS, FileOwner, NoteKind, read_prose
from persistence.claims.reading import require_claim
from persistence.models import Debtor, FileNote, NoteMention, User
from persistence.trail.audit import note

_READERS = [role.value for role in Role if Right.SEE_CLAIMS in RIGHTS[role]]
_SHOWN = """
n.id, n.claim_id, n.debtor_id, n.kind, n.text, n.author, u.name as author_name, n.written_on,
  n.written_at, n.corrects_id,
  (select max(c.id) from file_notes c where c.corrects_id = n.id) as corrected_by,
  (select coalesce(jsonb_agg(jsonb_build_object('id', m.user_id, 'name', v.name,
      'has_seen', m.seen_at is not null) order by v.name, v.id), '[]'::jsonb)
    from note_mentions m join users v on v.id = m.user_id where m.note_id = n.id) as mentions,
  (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name) order by a.id),
      '[]'::jsonb) from attachments a where a.note_id = n.id) as attachments
from file_notes n join users u on u.id = n.author"""
_OF_CLAIM = text(f"select {_SHOWN} where n.claim_id = :claim order by n.id desc").columns(
    mentions=JSONB, attachments=JSONB
)
_OF_DEBTOR = text(f"""
select {_SHOWN} where n.debtor_id = :debtor or cast(:with_claims as boolean) and n.claim_id in
  (select b.claim_id from liabilities b where b.debtor_id = :debtor)
order by n.id desc""").columns(mentions=JSONB, attachments=JSONB)
_ASKED = text(f"""
select {_SHOWN} join note_mentions k on k.note_id = n.id and k.user_id = :user
order by (k.seen_at is not null), n.id desc limit :limit""").columns(
    mentions=JSONB, attachments=JSONB
)
_UNSEEN = text("select count(*) from note_mentions where user_id = :user and seen_at is null")
_SEE = text("""
update note_mentions m set seen_at = now() from file_notes n where n.id = m.note_id
  and m.user_id = :user and m.seen_at is null
  and (n.claim_id = :claim or n.debtor_id = cast(:debtor as bigint))""")


@dataclass(frozen=True, slots=True)
class NewNote:
    """*mentions* are ids of colleagues; *corrects* is an earlier note in the same file."""

    kind: NoteKind
    text: str
    mentions: tuple[str, ...] = ()
    corrects: int | None = None


async def write_note(
    connection: AsyncConnection, owner: FileOwner, new: NewNote, actor: Actor, on: date
) -> int:
    """Lay the note in the file; whom it mentions will find it. Raises Invalid, NotFound."""
    require_writer(actor)
    words = read_prose("text", new.text, LONGEST_NOTE)
    await require_owner(connection, owner)
    await _require_same_file(connection, owner, new.corrects)
    await _require_colleagues(connection, new.mentions)
    values = {
        "claim_id": owner.claim_id,
        "debtor_id": owner.debtor_id,
        "kind": new.kind.value,
        "text": words,
        "author": actor.id,
        "written_on": on,
        "corrects_id": new.corrects,
    }
    written = insert(FileNote).values(values).returning(FileNote.id)
    number = int((await connection.execute(written)).scalar_one())
    if rows := [{"note_id": number, "user_id": user} for user in sorted(set(new.mentions))]:
        await connection.execute(insert(NoteMention), rows)
    await note(connection, owner.audit_subject, actor.id, "note-written", note=number)
    return number


def require_writer(actor: Actor) -> None:
    """Who works on cases writes in their files; who only reads, or sees no claims, does not."""
    require(actor, Right.SEE_CLAIMS)
    require(actor, Right.ANSWER_TASKS)


def may_write(actor: Actor) -> bool:
    return may(actor, Right.SEE_CLAIMS) and may(actor, Right.ANSWER_TASKS)


async def require_owner(connection: AsyncConnection, owner: FileOwner) -> None:
    """Raises NotFound when there is no such claim or debtor."""
    if owner.claim_id:
        await require_claim(connection, owner.claim_id)
        return
    found = select(Debtor.id).where(Debtor.id == owner.debtor_id)
    if not (await connection.execute(found)).first():
        raise NotFound("debtor", owner.debtor_id)


async def _require_same_file(
    connection: AsyncConnection, owner: FileOwner, corrects: int | None
) -> None:
    if corrects is None:
        return
    found = select(FileNote.claim_id, FileNote.debtor_id).where(FileNote.id == corrects)
    row = (await connection.execute(found)).first()
    if row is None or tuple(row) != (owner.claim_id, owner.debtor_id):
        raise Invalid(Fault("corrects", "note-in-another-file"))


async def _require_colleagues(connection: AsyncConnection, mentions: Sequence[str]) -> None:
    """Only who may read the note can be asked to."""
    if len(mentions) > MOST_MENTIONS:
        raise Invalid(Fault("mentions", "list-too-long", {"limit": str(MOST_MENTIONS)}))
    if set(mentions) - {row["id"] for row in await colleagues(connection)}:
        raise Invalid(Fault("mentions", "note-mentions-nobody"))


async def colleagues(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Who can be mentioned, by name: all who may see the claim."""
    found = select(User.id, User.name).where(User.role.in_(_READERS)).order_by(User.name, User.id)
    return (await connection.execute(found)).mappings().all()


async def read_notes(
    connection: AsyncConnection, owner: FileOwner, *, with_claims: bool = False
) -> Sequence[RowMapping]:
    """The newest first. *with_claims*: of a debtor, also those on all claims they owe."""
    if owner.claim_id:
        found = await connection.execute(_OF_CLAIM, {"claim": owner.claim_id})
    else:
        values = {"debtor": owner.debtor_id, "with_claims": with_claims}
        found = await connection.execute(_OF_DEBTOR, values)
    return found.mappings().all()


async def notes_that_mention(
    connection: AsyncConnection, user: str, limit: int = 100
) -> Sequence[RowMapping]:
    """What *user* is asked to look at, what they have not seen first."""
    found = await connection.execute(_ASKED, {"user": user, "limit": limit})
    return found.mappings().all()


async def count_unseen(connection: AsyncConnection, user: str) -> int:
    """How many notes ask *user* to look and have waited in vain so far."""
    return int((await connection.execute(_UNSEEN, {"user": user})).scalar_one())


async def see_notes(connection: AsyncConnection, owner: FileOwner, user: str) -> None:
    """*user* has the file before them: what in it mentions them is seen."""
    values = {"user": user, "claim": owner.claim_id, "debtor": owner.debtor_id}
    await connection.execute(_SEE, values)
