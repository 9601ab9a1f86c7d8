"""Who is told of a distraint hearing, and by which letter: debtors, and owners who owe nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import COPENHAGEN
from domain.deadlines import dispatch_day
from domain.errors import Fault
from domain.letters import Letter
from persistence.post.correspondence import Occasion, write_to_debtors

_CALL = text("""
select d.claim_id, h.number, h.starts_at, h.place, h.expected_ore, h.court_fee_ore,
  (select concat_ws(', ', 'BFE ' || p.number, nullif(p.address, '')) from distraint_properties p
    where p.distraint_id = d.id and p.is_found order by p.id desc limit 1) as estate
from distraints d join distraint_hearings h on h.distraint_id = d.id
where d.id = :distraint order by h.number desc limit 1""")
_TELL_OWNERS = text("""
insert into letters (subject, key, claim_id, debtor_id, letter, days, requested_on, planned_on,
  deadline, state, channel, facts)
select d.claim_id, :key, d.claim_id, o.debtor_id, :letter, 0, :on, :planned, :deadline,
  'requested', 'digital-post', :facts
from distraint_owners o join distraints d on d.id = o.distraint_id
where o.distraint_id = :distraint and o.struck_on is null and not exists (select from liabilities b
  where b.claim_id = d.claim_id and b.debtor_id = o.debtor_id and b.discharged_on is null)
on conflict do nothing""").bindparams(bindparam("facts", type_=JSONB))
_TAKE_BACK = text("""
update letters set state = 'cancelled' where subject = :claim and state = 'requested'
  and starts_with(key, :stem) and template is null
  and (cast(:debtor as bigint) is null or debtor_id = :debtor)""")
# Whoever has had a notice of it, or may have one on the way, comes in vain unless told.
_TELL_OFF = text("""
insert into letters (subject, key, claim_id, debtor_id, letter, days, requested_on, planned_on,
  deadline, state, channel, facts)
select distinct on (l.debtor_id) l.subject, :key, l.claim_id, l.debtor_id, :letter, 0,
  cast(:on as date), cast(:planned as date), cast(:planned as date), 'requested', 'digital-post',
  cast(:facts as jsonb)
from letters l where l.subject = :claim and starts_with(l.key, :stem)
  and (l.dispatched_on is not null or l.template is not null)
on conflict do nothing""").bindparams(bindparam("facts", type_=JSONB))


_NOTICES = text("""
select count(*) filter (where dispatched_on is null) as missing, count(*) as letters
from letters where subject = :claim and key = :key and letter = 'distraint-notice'
  and state <> 'cancelled'""")


@dataclass(frozen=True, slots=True)
class Call:
    """One hearing as it now stands, in the facts that its letters are written from."""

    distraint_id: int
    row: RowMapping

    @property
    def key(self) -> str:
        return f"{self.stem}{self.row['number']}"

    @property
    def stem(self) -> str:
        return f"hearing-{self.distraint_id}-"

    @property
    def day(self) -> date:
        day: date = self.row["starts_at"].astimezone(COPENHAGEN).date()
        return day

    @property
    def facts(self) -> dict[str, Any]:
        row, at = self.row, self.row["starts_at"].astimezone(COPENHAGEN)
        told = {name: row[name] for name in ("place", "expected_ore", "court_fee_ore")}
        told |= {"distraint": self.distraint_id, "time": at.strftime("%H.%M")}
        return {"hearing": told | {"day": self.day.isoformat(), "estate": row["estate"] or ""}}


async def read_call(connection: AsyncConnection, distraint_id: int) -> Call:
    found = await connection.execute(_CALL, {"distraint": distraint_id})
    return Call(distraint_id, found.mappings().one())


async def tell_all(connection: AsyncConnection, distraint_id: int, on: date) -> None:
    """A notice of the hearing as it now stands to each who owes the claim, and to each owner."""
    call = await read_call(connection, distraint_id)
    occasion = Occasion(Letter.DISTRAINT_NOTICE, call.key, on, call.facts, call.day)
    await write_to_debtors(connection, call.row["claim_id"], occasion)
    await tell_owners(connection, distraint_id, on)


async def tell_owners(connection: AsyncConnection, distraint_id: int, on: date) -> None:
    """The owners who owe nothing and have no notice of the hearing yet."""
    call = await read_call(connection, distraint_id)
    values = {
        "distraint": distraint_id,
        "key": call.key,
        "letter": Letter.OWNER_NOTICE.value,
        "on": on,
        "planned": dispatch_day(on),
        "deadline": call.day,
        "facts": call.facts,
    }
    await connection.execute(_TELL_OWNERS, values)


async def take_back_unsent(
    connection: AsyncConnection, claim_id: str, distraint_id: int, debtor_id: int | None = None
) -> None:
    """Notices that have not left do not leave any more; *debtor_id*: those to one alone."""
    stem = f"hearing-{distraint_id}-"
    values = {"claim": claim_id, "stem": stem, "debtor": debtor_id}
    await connection.execute(_TAKE_BACK, values)


async def tell_it_is_off(connection: AsyncConnection, distraint_id: int, on: date) -> None:
    """Whoever has been told of it is told that it is not held."""
    call = await read_call(connection, distraint_id)
    values = {
        "claim": call.row["claim_id"],
        "stem": call.stem,
        "key": f"hearing-off-{distraint_id}",
        "letter": Letter.HEARING_OFF.value,
        "on": on,
        "planned": dispatch_day(on),
        "facts": call.facts,
    }
    await connection.execute(_TELL_OFF, values)


async def faults_of_time(
    connection: AsyncConnection, proceeding: Any, now: datetime
) -> Iterator[Fault]:
    """Nothing is taken before the hour that was told, nor from one who was not told."""
    if proceeding.starts_at > now:
        return iter([Fault("outcome", "hearing-not-yet")])
    key = f"hearing-{proceeding.id}-{proceeding.number}"
    values = {"claim": proceeding.claim_id, "key": key}
    notices = (await connection.execute(_NOTICES, values)).one()
    is_told = notices.letters and not notices.missing
    return iter(() if is_told else [Fault("outcome", "notice-not-sent")])
