"""One letter with all that is known of it: how it was sent, as what, and what came of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from persistence.models import LetterDocument

_LETTER = text("""
select l.id, l.letter, l.state, l.channel, l.claim_id, l.requested_on, l.planned_on, l.deadline,
  l.dispatched_on, l.delivered_on, l.goes_with, l.title, d.id as debtor_id, d.name, d.language,
  d.is_protected,
  (select array_agg(f.claim_id order by f.claim_id) from letters f where f.goes_with = l.id)
    as others,
  (select coalesce(jsonb_agg(jsonb_build_object('on', e.happened_on, 'event', e.event,
      'reason', e.reason, 'message', e.facts ->> 'message', 'at', e.facts ->> 'at')
      order by e.id), '[]'::jsonb)
    from letter_events e where e.letter_id = l.id) as events,
  (select coalesce(jsonb_agg(jsonb_build_object('message', o.message_id, 'on', o.written_on,
      'template', o.template, 'policy', o.policy_version, 'layout', o.layout,
      'sha256', o.pdf_sha256) order by o.written_on, o.message_id), '[]'::jsonb)
    from letter_documents o where o.letter_id = coalesce(l.goes_with, l.id)
      and o.pdf is not null) as sent
from letters l join debtors d on d.id = l.debtor_id where l.id = :letter
""").columns(events=JSONB, sent=JSONB)
_DAY = text("""
select (select letters from post_forecasts where day = :day) as foreseen,
  (select count(*) from letters where planned_on <= :day and state = 'requested') as waiting,
  (select count(*) from letters where dispatched_on = :day) as sent""")


@dataclass(frozen=True, slots=True)
class PostDay:
    """*foreseen*: on the eve, if anyone looked; *waiting* in the tray; *sent* so far. Letters."""

    foreseen: int | None
    waiting: int
    sent: int


async def read_letter(connection: AsyncConnection, letter_id: int) -> RowMapping:
    """Raises NotFound."""
    found = (await connection.execute(_LETTER, {"letter": letter_id})).mappings().first()
    if found is None:
        raise NotFound("letter", letter_id)
    return found


async def read_sent(connection: AsyncConnection, message_id: str) -> Any:
    """The document and the PDF that left under *message_id*. Raises NotFound."""
    found = select(LetterDocument.document, LetterDocument.pdf, LetterDocument.letter_id)
    sent = found.where(LetterDocument.message_id == message_id, LetterDocument.pdf.is_not(None))
    row = (await connection.execute(sent)).first()
    if row is None:
        raise NotFound("letter", message_id)
    return row


async def read_day(connection: AsyncConnection, day: date) -> PostDay:
    row = (await connection.execute(_DAY, {"day": day})).one()
    return PostDay(row.foreseen, row.waiting, row.sent)
