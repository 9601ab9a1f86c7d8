"""What the console shows: where all claims are, and what came and went."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import today
from persistence.claims.reading import count_claims
from persistence.tasks.inbox import count_tasks

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

_BANK_DAYS = text("""
select s.last_day as day, f.name,
  count(*) filter (where l.outcome = 'payment') as payments,
  coalesce(sum(l.amount_ore) filter (where l.outcome = 'payment'), 0)::bigint as ore,
  count(*) filter (where l.outcome = 'charge-back') as bounced,
  (select count(*) from payments p where p.file_id = f.id and p.unused_ore > 0) as unplaced
from bank_statements s join files f on f.id = s.file_id left join bank_lines l on l.file_id = f.id
where f.state = 'done'
group by s.last_day, f.id order by s.last_day desc limit 5""")


@dataclass(frozen=True, slots=True)
class BankDay:
    """What a day's statement brought: *ore* of *payments*, some of which may yet be unplaced."""

    day: date
    name: str
    payments: int
    ore: int
    bounced: int
    unplaced: int


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
    bank_days: tuple[BankDay, ...] = ()  # the latest first

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
    days = await connection.execute(_BANK_DAYS)
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
        bank_days=tuple(BankDay(**row) for row in days.mappings()),
    )
