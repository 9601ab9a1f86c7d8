"""What was on a person's screen: kept once, named by the look and by the decision made at it."""

from sqlalchemy import RowMapping, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Fault, Invalid, NotFound
from domain.looking import Purpose
from domain.screens import Screen, mark_of, write_screen
from persistence.models import AuditRow, ScreenRow
from persistence.trail.audit import LOOKED, note_look

_SHOWN = (
    select(AuditRow.id)
    .where(
        AuditRow.subject == bindparam("subject"),
        AuditRow.actor == bindparam("actor"),
        AuditRow.act == LOOKED,
        AuditRow.facts["screen"].astext == bindparam("screen"),
    )
    .limit(1)
)
_OF_DECISION = text("""
select d.id, d.outcome, d.reasons, d.decided_by, d.decided_for, d.decided_at, t.id as task_id,
  t.kind, t.claim_id, t.subject, u.name, coalesce(a.facts->>'role', u.role) as role,
  o.name as for_name, a.at, s.sha256, s.content, l.at as shown_at, l.facts->>'purpose' as purpose
from decisions d join tasks t on t.id = d.task_id join users u on u.id = d.decided_by
left join users o on o.id = d.decided_for
left join audit a on a.subject = t.subject and a.act = 'decided' and a.actor = d.decided_by
  and (a.facts->>'task')::bigint = t.id
left join screens s on s.sha256 = a.facts->>'screen'
left join lateral (select v.at, v.facts from audit v where v.subject = t.subject
    and v.actor = d.decided_by and v.act = 'viewed' and v.facts->>'screen' = s.sha256
    and v.seq < a.seq order by v.seq desc limit 1) l on true
where d.id = :decision""")


async def keep_screen(connection: AsyncConnection, screen: Screen) -> str:
    """Its mark, by which a decision names it; the same screen is kept once."""
    content = write_screen(screen)
    mark = mark_of(content)
    new = insert(ScreenRow).values(sha256=mark, content=content).on_conflict_do_nothing()
    await connection.execute(new)
    return mark


async def note_shown(
    connection: AsyncConnection, screen: Screen, actor: str, purpose: Purpose | None = None
) -> str:
    """Keep what is shown, and write down that *actor* saw it; its mark. Raises PurposeMissing."""
    mark = await keep_screen(connection, screen)
    await note_look(connection, screen.subject, actor, purpose, screen=mark)
    return mark


async def require_shown(connection: AsyncConnection, mark: str, subject: str, actor: str) -> None:
    """Raises Invalid unless that screen of *subject* was shown to *actor*."""
    values = {"subject": subject, "actor": actor, "screen": mark}
    if (await connection.execute(_SHOWN, values)).first() is None:
        raise Invalid(Fault("screen", "screen-not-shown"))


async def read_decision_screen(connection: AsyncConnection, decision_id: int) -> RowMapping:
    """The decision, who made it for whom, and the screen's content, if one was named.

    Raises NotFound.
    """
    found = await connection.execute(_OF_DECISION, {"decision": decision_id})
    row = found.mappings().first()
    if row is None:
        raise NotFound("decision", decision_id)
    return row
