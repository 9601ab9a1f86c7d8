"""How an enquiry comes in, is asked about again, and is answered."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.calendar import today
from domain.decisions import TaskKind
from domain.enquiries import EnquiryChannel
from domain.errors import Fault, Invalid, NotFound
from domain.policy import Policy
from persistence.models import Enquiry, EnquiryMessage, Task
from persistence.tasks.deciding import NewDecision, decide
from persistence.trail.audit import note

_KIND = TaskKind.ENQUIRY.value
_ENQUIRY = select(Enquiry.id, Enquiry.debtor_id, Enquiry.claim_id, Enquiry.task_id).where(
    Enquiry.id == bindparam("enquiry")
)
_TASK = (
    select(Task.state, Task.due_on)
    .where(Task.id == bindparam("task"))
    .with_for_update(key_share=True)
)
_WHO = text("""
select d.id, d.name, d.status, (select c.id from claims c where c.id = :claim) as claim_id,
  exists (select from liabilities b where b.debtor_id = d.id and b.claim_id = :claim) as owes
from debtors d where d.id = coalesce(cast(:debtor as bigint),
  (select c.debtor_id from claims c where c.id = :claim))""")
_OPEN = text("""
insert into tasks (subject, key, claim_id, debtor_id, debtor_order, kind, state, department,
  opened_on, due_on, facts)
select :subject, 'enquiry-' || (select count(*) + 1 from tasks where subject = :subject),
  cast(:claim as text), d.id, in_danish_order(d.name), :kind, 'open',
  coalesce((select department from claims where id = :claim), 'collection'), :on, :due,
  jsonb_build_object('enquiry', cast(:enquiry as bigint), 'debtor', d.id)
from debtors d where d.id = :debtor returning id""")
_ATTACHED = text("""
select count(*) from attachments a join enquiries e on e.id = :enquiry
where a.id = any(:attachments) and (a.claim_id = e.claim_id or a.debtor_id = e.debtor_id)""")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What someone said or wrote, and how it reached us. *sender*: as they called themselves.

    *attachment_ids*: what came with it, laid with the claim or the debtor before.
    """

    channel: EnquiryChannel
    sender: str
    text: str
    received_on: date
    attachment_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NewEnquiry:
    """About a debtor, a claim, or both; a claim alone means its primary debtor."""

    debtor_id: int | None
    claim_id: str | None
    subject: str
    message: NewMessage


async def register_enquiry(
    connection: AsyncConnection, policy: Policy, new: NewEnquiry, actor: Actor, now: datetime
) -> int:
    """Lay it in the inbox; raises NotFound, NotAllowed, and Invalid for a day to come."""
    require(actor, Right.WORK_ON_TASKS)
    debtor_id = int((await about_whom(connection, new.debtor_id, new.claim_id)).id)
    values = {"debtor_id": debtor_id, "claim_id": new.claim_id, "subject": new.subject}
    enquiry = (await connection.execute(insert(Enquiry).values(values).returning(Enquiry))).one()
    await _begin(connection, policy, enquiry, new.message, actor, now)
    await note(connection, f"enquiry-{enquiry.id}", actor.id, "registered", debtor=debtor_id)
    return int(enquiry.id)


async def add_message(
    connection: AsyncConnection,
    policy: Policy,
    enquiry_id: int,
    message: NewMessage,
    actor: Actor,
    now: datetime,
) -> None:
    """They ask again: it belongs to the question that waits; after its answer it is a new one."""
    require(actor, Right.WORK_ON_TASKS)
    enquiry = await _read(connection, enquiry_id, is_locked=True)
    task = (await connection.execute(_TASK, {"task": enquiry.task_id})).one()
    if task.state == "open":
        due = await _keep(connection, policy, (enquiry_id, enquiry.task_id), message, actor, now)
        sooner = update(Task).where(Task.id == enquiry.task_id, Task.due_on > due)
        await connection.execute(sooner.values(due_on=due))
    else:
        await _begin(connection, policy, enquiry, message, actor, now)
    await note(connection, f"enquiry-{enquiry_id}", actor.id, "asked-again")


async def answer_enquiry(
    connection: AsyncConnection,
    policy: Policy,
    enquiry_id: int,
    answer: NewDecision,
    actor: Actor,
    now: datetime,
) -> None:
    """*answer*'s reasons are the letter's words, the phone note, or why none is needed."""
    enquiry = await _read(connection, enquiry_id)
    await decide(connection, policy, enquiry.task_id, answer, actor, now, today(now))


async def about_whom(
    connection: AsyncConnection, debtor_id: int | None, claim_id: str | None
) -> Any:
    """Id and name of whom an enquiry is about. Raises NotFound, Invalid."""
    values = {"debtor": debtor_id, "claim": claim_id}
    found = (await connection.execute(_WHO, values)).first()
    if claim_id is not None and (found is None or found.claim_id is None):
        raise NotFound("claim", claim_id)
    if found is None:
        raise NotFound("debtor", debtor_id or "")
    if claim_id is not None and not found.owes:
        raise Invalid(Fault("claim_id", "enquiry-of-another"))
    return found


async def _read(connection: AsyncConnection, enquiry_id: int, *, is_locked: bool = False) -> Any:
    found = _ENQUIRY.with_for_update(key_share=True) if is_locked else _ENQUIRY
    enquiry = (await connection.execute(found, {"enquiry": enquiry_id})).first()
    if enquiry is None:
        raise NotFound("enquiry", enquiry_id)
    return enquiry


async def _begin(
    connection: AsyncConnection,
    policy: Policy,
    enquiry: Any,
    message: NewMessage,
    actor: Actor,
    now: datetime,
) -> None:
    """A question with a task of its own."""
    values = {
        "subject": f"enquiry-{enquiry.id}",
        "claim": enquiry.claim_id,
        "debtor": enquiry.debtor_id,
        "enquiry": enquiry.id,
        "kind": _KIND,
        "on": today(now),
        "due": policy.answer_due(message.channel, message.received_on),
    }
    task_id = int((await connection.execute(_OPEN, values)).scalar_one())
    its_task = update(Enquiry).where(Enquiry.id == enquiry.id).values(task_id=task_id)
    await connection.execute(its_task)
    await _keep(connection, policy, (enquiry.id, task_id), message, actor, now)


async def _keep(
    connection: AsyncConnection,
    policy: Policy,
    place: tuple[int, int],
    message: NewMessage,
    actor: Actor,
    now: datetime,
) -> date:
    """Write the message down, to its enquiry and task; returns by when it shall be answered."""
    if message.received_on > today(now):
        raise Invalid(Fault("received_on", "day-in-the-future"))
    if message.attachment_ids:
        await _require_attached(connection, place[0], message.attachment_ids)
    due = policy.answer_due(message.channel, message.received_on)
    values = {
        "enquiry_id": place[0],
        "task_id": place[1],
        "channel": message.channel.value,
        "sender": message.sender,
        "text": message.text,
        "received_on": message.received_on,
        "due_on": due,
        "attachment_ids": list(message.attachment_ids),
        "registered_by": actor.id,
        "registered_at": now,
    }
    await connection.execute(insert(EnquiryMessage), values)
    return due


async def _require_attached(
    connection: AsyncConnection, enquiry_id: int, attachment_ids: tuple[int, ...]
) -> None:
    """They lie with the claim or the debtor that the enquiry is about."""
    values = {"enquiry": enquiry_id, "attachments": list(attachment_ids)}
    known = (await connection.execute(_ATTACHED, values)).scalar_one()
    if known < len(set(attachment_ids)):
        raise Invalid(Fault("attachment_ids", "enquiry-attachment-elsewhere"))
