"""The post room's tray: what waits to leave, what has left, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import TaskKind
from persistence.models import GatewayCursor, LetterRow, Task
from persistence.outbox import tell

_TRAY = text("""
select l.id, l.subject, l.key, l.letter, l.days, l.planned_on, l.deadline, l.channel,
  d.national_id, d.name, d.address, c.id as claim_id, c.claim_type, c.description,
  c.payment_reference, c.balance_ore, c.ending, c.is_withdrawn, c.stage, c.transfer_notice_with,
  exists (select from holds h where h.claim_id = c.id and h.released_on is null
    and h.reason <> 'agreement' and (h.until is null or h.until >= :on)) as is_held,
  (select coalesce(sum(e.amount_ore), 0) from ledger_entries e where e.claim_id = c.id
    and e.kind = 'fee' and e.effective_on = l.planned_on) as fee_ore,
  (select jsonb_agg(jsonb_build_array(kind, ore) order by kind) from (
    select e.kind, sum(e.amount_ore - coalesce(v.covered, 0)) as ore from ledger_entries e
    left join (select debt_entry_id, sum(amount_ore) as covered from ledger_coverage
      group by debt_entry_id) v on v.debt_entry_id = e.id
    where e.claim_id = c.id and e.amount_ore > 0 group by e.kind) owed
    where ore > 0) as owed
from letters l join claims c on c.id = l.claim_id join debtors d on d.id = l.debtor_id
where l.state = 'requested' and l.planned_on <= :on and l.id > :after
order by l.id limit :limit""").columns(owed=JSONB)

_UNCONFIRMED = text("""
update letters set state = 'undelivered' where id in (
  select id from letters where state = 'dispatched' and dispatched_on < :before
  and not exists (select from tasks t where t.subject = 'letter-' || letters.id) limit 200)
returning id, claim_id""")


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that has just left. *is_late*: the story must hear of its new deadline."""

    id: int
    subject: str
    key: str
    deadline: date
    is_late: bool
    template: str
    title: str
    body: str
    sha256: str


async def read_tray(connection: AsyncConnection, on: date, after: int, limit: int) -> Sequence[Any]:
    """The letters that may leave on the day *on*, with what they have to say, after id *after*."""
    values = {"on": on, "after": after, "limit": limit}
    return (await connection.execute(_TRAY, values)).all()


async def mark_sent(connection: AsyncConnection, letters: Sequence[SentLetter], on: date) -> None:
    """Write down what left, and tell the stories whose letter left later than planned."""
    if not letters:
        return
    statement = (
        update(LetterRow)
        .where(LetterRow.id == bindparam("letter_id"), LetterRow.state == "requested")
        .values(
            state="dispatched",
            dispatched_on=on,
            deadline=bindparam("new_deadline"),
            template=bindparam("new_template"),
            title=bindparam("new_title"),
            body=bindparam("new_body"),
            sha256=bindparam("new_sha256"),
        )
    )
    rows = [
        {
            "letter_id": letter.id,
            "new_deadline": letter.deadline,
            "new_template": letter.template,
            "new_title": letter.title,
            "new_body": letter.body,
            "new_sha256": letter.sha256,
        }
        for letter in letters
    ]
    await connection.execute(statement, rows)
    for letter in letters:
        if letter.is_late:
            payload = {"key": letter.key, "deadline": letter.deadline.isoformat()}
            await tell(connection, story_of(letter.subject), "letter_sent", payload)


def story_of(subject: str) -> str:
    """The workflow id of the story that asked for the letter."""
    kind = "agreement" if subject.startswith("A-") else "claim"
    return f"{kind}-{subject}"


async def cancel_letters(connection: AsyncConnection, ids: Iterable[int]) -> None:
    await _set_state(connection, ids, state="cancelled")


async def mark_delivered(connection: AsyncConnection, ids: Iterable[int], on: date) -> None:
    await _set_state(connection, ids, state="delivered", delivered_on=on)


async def redirect_to_physical_post(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """The debtor cannot be reached digitally: the letter goes back in the tray, to be printed."""
    await _set_state(connection, ids, state="requested", channel="physical-post")


async def ask_about_undelivered(
    connection: AsyncConnection, ids: Iterable[int], on: date, due_on: date
) -> None:
    """Nothing escalates on a letter that has not arrived: a person finds the debtor."""
    await _set_state(connection, ids, state="undelivered")
    found = select(LetterRow.id, LetterRow.claim_id).where(LetterRow.id.in_(list(ids)))
    for row in (await connection.execute(found)).all():
        await _open_letter_task(connection, row.id, row.claim_id, on, due_on)


async def ask_about_unconfirmed(
    connection: AsyncConnection, before: date, on: date, due_on: date
) -> int:
    """Letters sent before *before* of which nobody has told what came."""
    rows = (await connection.execute(_UNCONFIRMED, {"before": before})).all()
    for row in rows:
        await _open_letter_task(connection, row.id, row.claim_id, on, due_on)
    return len(rows)


async def send_again(connection: AsyncConnection, letter_id: int, on: date) -> None:
    """Lay a letter that did not arrive back in the tray; the story hears its new deadline."""
    again = {"state": "requested", "channel": "physical-post"}
    await connection.execute(
        update(LetterRow).where(LetterRow.id == letter_id, LetterRow.planned_on <= on).values(again)
    )


async def read_cursor(connection: AsyncConnection, gateway: str) -> int:
    found = select(GatewayCursor.position).where(GatewayCursor.gateway == gateway)
    return (await connection.execute(found)).scalar() or 0


async def move_cursor(connection: AsyncConnection, gateway: str, position: int) -> None:
    statement = insert(GatewayCursor).values(gateway=gateway, position=position)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["gateway"], set_={"position": statement.excluded.position}
        )
    )


async def _set_state(connection: AsyncConnection, ids: Iterable[int], **values: Any) -> None:
    chosen = list(ids)
    if chosen:
        await connection.execute(update(LetterRow).where(LetterRow.id.in_(chosen)).values(**values))


async def _open_letter_task(
    connection: AsyncConnection, letter_id: int, claim_id: str, on: date, due_on: date
) -> None:
    values = {
        "subject": f"letter-{letter_id}",
        "key": "letter",
        "claim_id": claim_id,
        "kind": TaskKind.UNDELIVERED_LETTER.value,
        "department": "collection",
        "opened_on": on,
        "due_on": due_on,
        "facts": {"letter": letter_id},
    }
    await connection.execute(insert(Task).values(values).on_conflict_do_nothing())
