"""What came of letters that have left, and what is done about those that did not arrive."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.deadlines import deadline_after
from domain.decisions import TaskKind
from persistence.database import literally
from persistence.models import GatewayCursor, LetterRow
from persistence.post.tray import tell_new_time

_MESSAGE = re.compile(r"letter-([0-9]{1,18})(-p[0-9]*)?")
_MEMBERS = text("select id from letters where id = any(:ids) or goes_with = any(:ids) order by id")

# One that never left goes the way it was to go. A day is given when a person lays it back.
_LAY_BACK = text("""
update letters set state = 'requested', template = null, title = null, body = null, sha256 = null,
  channel = case when cast(:on as date) is null or (select bool_or(w.template is not null)
    from letters w where w.id = any(:ids)) then 'physical-post' else channel end,
  dispatched_on = null, goes_with = null, planned_on = coalesce(cast(:on as date), planned_on)
where id = any(:ids) and state <> 'cancelled'
  and (state = 'undelivered' or cast(:on as date) is null)""")

_ATTEMPTS = """
select l.id, l.channel, l.state, (select count(*) from tasks t
  where t.subject = 'letter-' || l.id and t.state = 'decided') as resends
from letters l where """

# A receipt may come before we have written down that the letter left; and where a kill kept us from
# writing it down, after we thought that nothing had left and cancelled it.
_EXPECTED = text(f"""{_ATTEMPTS} l.id = any(:ids)
  and (l.state <> 'cancelled' or (l.body is not null and l.dispatched_on is null))
order by l.id for no key update of l""")

# Written, but not marked as sent: a kill or an outage came in between. One that was cancelled
# since may have left with others.
_DOUBTFUL = text(f"""{_ATTEMPTS} l.body is not null and l.channel = :channel
  and l.debtor_id = any(:debtors) and (l.state = 'requested' or l.state = 'cancelled' and exists
    (select from letters f where f.goes_with = l.id and f.state = 'requested'))""")

# Each time a person has had a letter sent again, what comes of it is a question of its own.
_UNDELIVERED = text("""
with followers as (
  update letters set state = 'undelivered' where goes_with = any(:ids) and state <> 'cancelled'
), lost as (
  update letters set state = 'undelivered' where id = any(:ids) and state <> 'cancelled'
  returning id, claim_id
)
insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, facts)
select 'letter-' || l.id, 'letter' || coalesce('-' || nullif(n.asked, 0), ''), l.claim_id,
  :kind, 'open', 'collection', :on, :due,
  jsonb_build_object('letter', l.id, 'reason', cast(:reason as text))
from lost l cross join lateral (select count(*) as asked from tasks t
  where t.subject = 'letter-' || l.id and t.state = 'decided') n
where not exists (select from tasks t where t.subject = 'letter-' || l.id and t.state = 'open')
on conflict do nothing""")

_DELIVERED = text("""
update letters l set state = 'delivered', delivered_on = d.day
from unnest(cast(:ids as bigint[]), cast(:days as date[])) as d (id, day)
where (l.id = d.id or l.goes_with = d.id)
  and l.state in ('requested', 'dispatched', 'undelivered', 'cancelled')""")

_SILENT = text("""
select id from letters where state = 'dispatched' and channel = :channel
  and goes_with is null and dispatched_on < :before order by id limit :limit
  for no key update skip locked""")


async def expected_receipts(connection: AsyncConnection, ids: Collection[int]) -> dict[str, Any]:
    """By message id: the letters among *ids* of which news counts; older attempts do not."""
    return _by_message((await connection.execute(_EXPECTED, {"ids": list(ids)})).all())


async def doubtful_letters(
    connection: AsyncConnection, channel: str, debtors: Sequence[int]
) -> dict[str, Any]:
    """By message id: letters to *debtors* that were written before something died."""
    values = {"channel": channel, "debtors": list(debtors)}
    return _by_message((await connection.execute(_DOUBTFUL, values)).all())


def _by_message(attempts: Sequence[Any]) -> dict[str, Any]:
    return {message_id(row.id, row.channel, row.resends): row for row in attempts}


def message_id(letter_id: int, channel: str, resends: int) -> str:
    """Each attempt to reach the debtor has its own; the same attempt again is the same message."""
    if channel == "digital-post":
        return f"letter-{letter_id}"
    return f"letter-{letter_id}-p{resends + 1 if resends else ''}"


def letter_of(message_id: str) -> int | None:
    """The letter that `message_id` means; None for something we never sent."""
    match = _MESSAGE.fullmatch(message_id)
    return int(match[1]) if match else None


async def mark_delivered(connection: AsyncConnection, days: dict[int, date]) -> None:
    """*days*: by letter, the day on which it came to the debtor's hand."""
    if not days:
        return
    values = {"ids": list(days), "days": list(days.values())}
    await connection.execute(_DELIVERED, values)


async def mark_found(connection: AsyncConnection, days: dict[int, date]) -> None:
    """As `mark_delivered`, for letters thought lost or not yet gone: the story waits for them."""
    await mark_delivered(connection, days)
    subjects = [f"letter-{id_}" for id_ in sorted(days)]
    close = text("update tasks set state = 'cancelled' where subject = any(:of) and state = 'open'")
    await connection.execute(close, {"of": subjects})
    ids = await _members(connection, days)
    left = update(LetterRow).where(LetterRow.id.in_(ids), LetterRow.dispatched_on.is_(None))
    await connection.execute(left.values(dispatched_on=LetterRow.delivered_on))
    await tell_new_time(connection, ids)


async def _members(connection: AsyncConnection, ids: Collection[int]) -> list[int]:
    """The letters themselves, and those that left as one with them."""
    return list((await connection.execute(_MEMBERS, {"ids": list(ids)})).scalars())


async def mark_left(connection: AsyncConnection, days: dict[int, date]) -> None:
    """Cancelled, but gone before that: it did not arrive, and need not any more."""
    for id_, on in days.items():
        left = update(LetterRow).where(LetterRow.id == id_, LetterRow.state == "cancelled")
        await connection.execute(left.values(dispatched_on=on))


async def turn_to_physical_post(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """The debtor cannot be reached digitally: the letter goes back in the tray, to be printed."""
    if ids:
        values = {"ids": await _members(connection, ids), "on": None}
        await connection.execute(_LAY_BACK, values)


async def ask_about_undelivered(
    connection: AsyncConnection, ids: Sequence[int], reason: str, on: date, due_on: date
) -> None:
    """Nothing escalates on a letter that has not arrived: a person finds the debtor."""
    if ids:
        kind = TaskKind.UNDELIVERED_LETTER.value
        values = {"ids": list(ids), "kind": kind, "reason": reason, "on": on, "due": due_on}
        await connection.execute(_UNDELIVERED, values)


async def silent_letters(
    connection: AsyncConnection, channel: str, before: date, limit: int
) -> Sequence[int]:
    """Letters that left before *before* and of which nobody has told what came."""
    values = {"channel": channel, "before": before, "limit": limit}
    return (await connection.execute(_SILENT, values)).scalars().all()


async def send_again(connection: AsyncConnection, letter_id: int, on: date) -> None:
    """Lay a letter that did not arrive back in the tray; the story hears its new deadline."""
    ids = await _members(connection, [letter_id])
    await connection.execute(_LAY_BACK, {"ids": ids, "on": on})


async def accept_as_delivered(connection: AsyncConnection, letter_id: int, on: date) -> None:
    """A person has seen to it that the debtor knows: the debtor's time runs from the day *on*."""
    ids = await _members(connection, [letter_id])
    found = select(LetterRow.id, LetterRow.deadline, LetterRow.days).where(
        LetterRow.id.in_(ids), LetterRow.state == "undelivered"
    )
    for letter in (await connection.execute(found)).all():
        values = {
            "state": "delivered",
            "delivered_on": on,
            "deadline": max(letter.deadline, deadline_after(on, letter.days)),
        }
        one = update(LetterRow).where(LetterRow.id == letter.id)
        await connection.execute(one.values(values))
    await tell_new_time(connection, ids)


async def tray_of_day(connection: AsyncConnection, day: date) -> list[int]:
    """The letters that lie in the tray to leave on *day*, or lie there since before."""
    found = select(LetterRow.id).where(LetterRow.state == "requested", LetterRow.planned_on <= day)
    return list((await connection.execute(found)).scalars())


async def tray_of_debtors(
    connection: AsyncConnection, debtor_ids: Collection[int], until: date
) -> list[int]:
    """As `tray_of_day`, of some debtors."""
    found = select(LetterRow.id).where(
        LetterRow.debtor_id == any_(bindparam("debtors", type_=ARRAY(BigInteger))),
        LetterRow.state == literally("requested"),
        LetterRow.planned_on <= until,
    )
    values = {"debtors": sorted(debtor_ids)}
    return list((await connection.execute(found, values)).scalars())


async def sent_on(connection: AsyncConnection, day: date) -> int:
    """How many letters left on *day*; those that left as one count as one."""
    found = select(func.count()).select_from(LetterRow)
    left = found.where(LetterRow.dispatched_on == day, LetterRow.goes_with.is_(None))
    return (await connection.execute(left)).scalar_one()


async def read_cursor(connection: AsyncConnection, gateway: str, *, is_locked: bool = False) -> int:
    """The number of the last thing the counterpart told that we have heeded."""
    found = select(GatewayCursor.position).where(GatewayCursor.gateway == gateway)
    if is_locked:
        start = insert(GatewayCursor).values(gateway=gateway, position=0)
        await connection.execute(start.on_conflict_do_nothing())
        found = found.with_for_update()
    return (await connection.execute(found)).scalar() or 0


async def move_cursor(connection: AsyncConnection, gateway: str, position: int) -> None:
    statement = update(GatewayCursor).where(GatewayCursor.gateway == gateway)
    await connection.execute(statement.values(position=position))
