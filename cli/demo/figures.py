"""What the console shows: where all claims are, and what came and went."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import today
from persistence.inbox import count_tasks
from persistence.reading import count_claims

_FLOW = text("""
select (select count(*) from letters where dispatched_on is not null) as letters,
  (select count(*) from letters where dispatched_on is not null and channel = 'physical-post')
    as on_paper,
  (select count(*) from payments) as payments,
  (select coalesce(sum(amount_ore), 0)::bigint from payments) as paid_ore,
  (select count(*) from files where state = 'done') as files,
  (select count(*) from files where state = 'refused') as files_refused,
  (select name from files order by id desc limit 1) as last_file,
  (select count(*) from outbox where delivered_at is null) as untold,
  (select count(*) from claims) as claims,
  (select count(*) from debtors) as debtors,
  (select count(*) from agreements where state = 'active') as agreements,
  (select count(*) from holds where released_on is null) as holds""")


@dataclass(frozen=True, slots=True)
class Group:
    claims: int = 0
    ore: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """*stages* with what is still owed, *endings* with what was once claimed."""

    at: datetime
    stages: dict[str, Group]
    endings: dict[str, Group]
    tasks: dict[str, int]
    flow: dict[str, int | str | None] = field(default_factory=dict)

    @property
    def open_tasks(self) -> int:
        return sum(self.tasks.values())

    def count(self, name: str) -> int:
        value = self.flow[name]
        assert isinstance(value, int)
        return value


async def read_figures(connection: AsyncConnection, at: datetime) -> Figures:
    claims = await count_claims(connection)
    tasks = await count_tasks(connection, today(at))
    flow = (await connection.execute(_FLOW)).mappings().one()
    return Figures(
        at=at,
        stages={
            row["stage"]: Group(row["claims"], int(row["balance_ore"]))
            for row in claims
            if row["ending"] is None
        },
        endings={
            row["ending"]: Group(row["claims"], int(row["principal_ore"]))
            for row in claims
            if row["ending"] is not None
        },
        tasks={row["kind"]: row["tasks"] for row in tasks},
        flow=dict(flow),
    )
