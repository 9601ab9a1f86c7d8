"""What the newest look at a story's execution found, and which stories are worth one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.executions.troubles import Trouble
from persistence.columns import every
from persistence.models import StoryLook

# As long as a story has the same trouble it has had it since it was first seen.
_KEEP = text("""
insert into story_looks (story, seen_at, status, trouble, troubled_since, facts)
values (:story, :now, :status, :trouble, :since, :facts)
on conflict (story) do update set seen_at = excluded.seen_at, status = excluded.status,
  trouble = excluded.trouble, facts = excluded.facts,
  troubled_since = case when story_looks.trouble = excluded.trouble
    then story_looks.troubled_since else excluded.troubled_since end""").bindparams(
    bindparam("facts", type_=JSONB)
)
_READ = text(f"select {every(StoryLook)} from story_looks where story = :story")
# One that is about to start is not missed.
_LIVING = text("""
select story from (
  select 'claim-' || id as story from claims where ending is null
  union all select 'agreement-' || id from agreements where state = 'active'
) s where story > :after and not exists (select from outbox o where o.target = s.story
  and o.delivered_at is null and (o.name like 'start%' or o.name like 'reopen%'))
order by story limit :limit""")
_ASK = text("""
insert into story_steps (story, act, reason, state, asked_by, asked_at, attempts)
select story, 'look', '', 'asked', :by, :now, 0 from unnest(cast(:stories as text[])) as story
on conflict (story) where state = 'asked' and act = 'look' and batch_id is null do nothing""")
_UNSEEN = text("""
select story from unnest(cast(:stories as text[])) as story
where not exists (select from story_looks k where k.story = story and k.trouble = :trouble)""")
_SUSPECT = text("""
select story from story_looks where trouble is not null
union
select 'claim-' || id from claims where ending is null and next_on < :overdue
order by 1 limit :limit""")
_FORGET = text("""
delete from story_steps where act = 'look' and batch_id is null and state <> 'asked'
  and ended_at < :before""")
_FORGET_ENDED = text("""
delete from story_looks where seen_at < :before
  and (story like 'claim-%' and exists (select from claims c
      where c.id = substr(story, 7) and c.ending is not null)
    or story like 'agreement-%' and exists (select from agreements g
      where g.id = substr(story, 11) and g.state <> 'active'))""")


@dataclass(frozen=True, slots=True)
class Seen:
    """*facts* hold keys, days and kinds of failures: nothing about a person."""

    status: str
    trouble: str | None
    facts: dict[str, Any]

    def without_trouble(self) -> "Seen":
        """An execution that has ended is as it should be when its claim has."""
        return replace(self, trouble=None)


async def keep_look(connection: AsyncConnection, story: str, seen: Seen, now: datetime) -> None:
    """What was found at the town's time *now* takes the place of what was found before."""
    values = {
        "story": story,
        "now": now,
        "status": seen.status,
        "trouble": seen.trouble,
        "since": now if seen.trouble else None,
        "facts": seen.facts,
    }
    await connection.execute(_KEEP, values)


async def read_look(connection: AsyncConnection, story: str) -> RowMapping | None:
    return (await connection.execute(_READ, {"story": story})).mappings().first()


async def ask_looks(
    connection: AsyncConnection, stories: Sequence[str], by: str, now: datetime
) -> None:
    """One that is asked for already is not asked for again."""
    await connection.execute(_ASK, {"stories": list(stories), "by": by, "now": now})


async def ask_first_looks(
    connection: AsyncConnection, stories: Sequence[str], trouble: Trouble, now: datetime
) -> None:
    """At those of *stories* that no look has found with *trouble* yet."""
    values = {"stories": list(stories), "trouble": trouble.value}
    unseen = (await connection.execute(_UNSEEN, values)).scalars().all()
    await ask_looks(connection, unseen, HOUSE.id, now)


async def living_after(connection: AsyncConnection, after: str, limit: int) -> Sequence[str]:
    """The workflow ids of stories that should be running, in their order."""
    values = {"after": after, "limit": limit}
    return (await connection.execute(_LIVING, values)).scalars().all()


async def suspects(connection: AsyncConnection, overdue: date, limit: int) -> Sequence[str]:
    """Stories that had a trouble when last seen, or that should have done something by now."""
    values = {"overdue": overdue, "limit": limit}
    return (await connection.execute(_SUSPECT, values)).scalars().all()


async def forget_looks(connection: AsyncConnection, before: datetime) -> None:
    """Of ended stories, and that a look was once asked for."""
    await connection.execute(_FORGET, {"before": before})
    await connection.execute(_FORGET_ENDED, {"before": before})
