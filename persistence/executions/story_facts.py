"""What the tables say of one story: where it stands, and what it has done."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound

_STORY = text("""
select c.id as claim_id, c.id as subject, c.stage as state, c.stage_since as since, c.waiting_for,
  c.next_on, c.ending is null as is_alive,
  exists (select from holds h where h.claim_id = c.id and h.released_on is null) as is_held
from claims c where 'claim-' || c.id = :story
union all
select (select min(k.claim_id) from agreement_claims k where k.agreement_id = g.id), g.id,
  'agreement', g.signed_on, '', null, g.state = 'active', false
from agreements g where 'agreement-' || g.id = :story""")
_ACTS = text("""
select key, kind, done_on, deadline from acts where subject = :subject order by id""")


async def read_story(connection: AsyncConnection, story: str) -> RowMapping:
    """Raises NotFound."""
    row = (await connection.execute(_STORY, {"story": story})).mappings().first()
    if row is None:
        raise NotFound("claim", story.partition("-")[2])
    return row


async def acts_of(connection: AsyncConnection, subject: str) -> Sequence[RowMapping]:
    """In their order."""
    return (await connection.execute(_ACTS, {"subject": subject})).mappings().all()
