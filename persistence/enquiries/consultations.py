"""How a department is asked about a claim, and how its answer comes back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.attachments import NewAttachment
from domain.authority import Actor, Right, require
from domain.calendar import today, working_days_after
from domain.errors import AlreadyDecided, ClaimHasEnded, Fault, Invalid, NotFound
from domain.file_notes import FileOwner
from domain.policy import Policy
from persistence.files.attachments import lay
from persistence.models import Claim, Consultation, Task
from persistence.trail.audit import note

_CLAIM = (
    select(Claim.id, Claim.ending)
    .where(Claim.id == bindparam("claim"))
    .with_for_update(key_share=True)
)
_CLAIM_OF = (
    select(Claim.id, Claim.ending)
    .join(Consultation, Consultation.claim_id == Claim.id)
    .where(Consultation.id == bindparam("consultation"))
    .with_for_update(of=Claim, key_share=True)
)
_CONSULTATION = (
    select(Consultation).where(Consultation.id == bindparam("consultation")).with_for_update()
)
_CANCEL = text("""
update tasks set state = 'cancelled' where state = 'open' and kind = 'consultation'
  and subject = 'consultation-' || cast(:consultation as text)""").bindparams(
    bindparam("consultation", type_=BigInteger)
)

# Whoever has the inbox open sees that the task waits, or waits no more.
_ANNOUNCE = text("""
select pg_notify('inbox', json_build_object('task', t.id, 'kind', t.kind, 'what', 'changed',
  'holder', t.claimed_by)::text) from tasks t where t.id = :task and t.state = 'open'""")

# The task that asked tells its owner itself; where there is none any more, the asker is told.
_TELL = text("""
insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, claimed_by,
  facts)
select 'consultation-' || q.id, 'answered', q.claim_id, 'consultation', 'open', q.department,
  :on, :due, q.asked_by, jsonb_build_object('consultation', q.id)
from consultations q where q.id = :consultation and not exists
  (select from tasks t where t.id = q.task_id and t.state = 'open' and t.claimed_by is not null)
on conflict do nothing""")
_OVERDUE = text("""
insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, facts)
select 'consultation-' || q.id, 'overdue', q.claim_id, 'consultation', 'open', q.department,
  :on, :due, jsonb_build_object('consultation', q.id)
from consultations q join claims c on c.id = q.claim_id
where q.state = 'open' and q.due_on < :on and c.ending is null
on conflict do nothing returning id""")


@dataclass(frozen=True, slots=True)
class NewConsultation:
    """*task_id*: the task that waits for the answer, if one does."""

    claim_id: str
    task_id: int | None
    department: str
    question: str
    due_on: date


async def ask_department(
    connection: AsyncConnection, policy: Policy, new: NewConsultation, actor: Actor, now: datetime
) -> int:
    """Raises NotFound, NotAllowed, ClaimHasEnded, and Invalid with its faults."""
    require(actor, Right.WORK_ON_TASKS)
    claim = (await connection.execute(_CLAIM, {"claim": new.claim_id})).first()
    if claim is None:
        raise NotFound("claim", new.claim_id)
    if claim.ending:
        raise ClaimHasEnded(f"claim {new.claim_id}")
    await _check(connection, policy, new, today(now))
    values = {
        "claim_id": new.claim_id,
        "task_id": new.task_id,
        "department": new.department,
        "question": new.question.strip(),
        "due_on": new.due_on,
        "asked_by": actor.id,
        "asked_at": now,
    }
    asked = insert(Consultation).values(values).returning(Consultation.id)
    number = int((await connection.execute(asked)).scalar_one())
    await connection.execute(_ANNOUNCE, {"task": new.task_id})
    await note(connection, new.claim_id, actor.id, "department-asked", consultation=number)
    return number


async def answer_consultation(
    connection: AsyncConnection,
    policy: Policy,
    number: int,
    answer: str,
    actor: Actor,
    now: datetime,
) -> None:
    """The first answer counts. Another department's question does not exist for the actor.

    Raises NotFound, NotAllowed, Invalid, AlreadyDecided (also when recalled), ClaimHasEnded.
    """
    require(actor, Right.ANSWER_CONSULTATIONS)
    consultation = await _open(connection, number, actor)
    if not answer.strip():
        raise Invalid(Fault("answer", "consultation-answer-missing"))
    await _close(connection, consultation, actor, now, state="answered", answer=answer.strip())
    on = today(now)
    due = working_days_after(on, policy.exception_days)
    await connection.execute(_TELL, {"consultation": number, "on": on, "due": due})
    claim = consultation.claim_id
    await note(connection, claim, actor.id, "department-answered", consultation=number)


async def attach_to_consultation(
    connection: AsyncConnection, number: int, file: NewAttachment, actor: Actor, now: datetime
) -> int:
    """Lay a file with the claim, as a part of the answer to come; returns its number."""
    require(actor, Right.ANSWER_CONSULTATIONS)
    consultation = await _open(connection, number, actor)
    owner = FileOwner(consultation.claim_id)
    attachment_id, _ = await lay(connection, owner, file, actor, today(now))
    kept = [*consultation.attachment_ids, attachment_id]
    longer = update(Consultation).where(Consultation.id == number)
    await connection.execute(longer.values(attachment_ids=sorted(set(kept))))
    return attachment_id


async def recall_consultation(
    connection: AsyncConnection, number: int, reason: str, actor: Actor, now: datetime
) -> None:
    """The question is withdrawn. Raises NotFound, NotAllowed, Invalid, AlreadyDecided."""
    require(actor, Right.WORK_ON_TASKS)
    consultation = await _open(connection, number, None)
    if not reason.strip():
        raise Invalid(Fault("reason", "reasons-missing"))
    told = {"state": "recalled", "recall_reason": reason.strip()}
    await _close(connection, consultation, actor, now, **told)
    claim = consultation.claim_id
    await note(connection, claim, actor.id, "question-recalled", consultation=number)


async def mark_seen(connection: AsyncConnection, number: int, actor: Actor, now: datetime) -> None:
    """The asker has read the answer."""
    unseen = (
        update(Consultation)
        .where(Consultation.id == number, Consultation.asked_by == actor.id)
        .where(Consultation.state == "answered", Consultation.seen_at.is_(None))
    )
    await connection.execute(unseen.values(seen_at=now))


async def open_overdue_tasks(connection: AsyncConnection, on: date, due: date) -> int:
    """A person must look at what a department has not answered in time; once for each question."""
    return len((await connection.execute(_OVERDUE, {"on": on, "due": due})).all())


async def _check(
    connection: AsyncConnection, policy: Policy, new: NewConsultation, on: date
) -> None:
    faults = []
    if new.department not in policy.departments:
        known = ", ".join(policy.departments)
        faults.append(Fault("department", "choice-unknown", {"known": known}))
    if new.due_on < on:
        faults.append(Fault("due_on", "day-is-past"))
    if not new.question.strip():
        faults.append(Fault("question", "consultation-question-missing"))
    if new.task_id is not None and not await _is_asking(connection, new):
        faults.append(Fault("task_id", "consultation-task-unfit"))
    if faults:
        raise Invalid(*faults)


async def _is_asking(connection: AsyncConnection, new: NewConsultation) -> bool:
    """Whether the task is open, and about the claim."""
    about = (Task.id == new.task_id, Task.claim_id == new.claim_id, Task.state == "open")
    return (await connection.execute(select(Task.id).where(*about))).first() is not None


async def _open(connection: AsyncConnection, number: int, of: Actor | None) -> Any:
    """The claim locked first, as everywhere. *of*: whose department it must be, if anyone's."""
    values = {"consultation": number}
    claim = (await connection.execute(_CLAIM_OF, values)).first()
    found = (await connection.execute(_CONSULTATION, values)).first() if claim else None
    if claim is None or found is None or (of and found.department != of.department):
        raise NotFound("consultation", number)
    if found.state != "open":
        raise AlreadyDecided(f"consultation {number}")
    if of and claim.ending:
        raise ClaimHasEnded(f"claim {claim.id}")
    return found


async def _close(
    connection: AsyncConnection, consultation: Any, actor: Actor, now: datetime, **told: str
) -> None:
    """Nobody waits any more: neither the task that asked nor a person who looked after it."""
    closed = update(Consultation).where(Consultation.id == consultation.id)
    await connection.execute(closed.values(closed_by=actor.id, closed_at=now, **told))
    await connection.execute(_CANCEL, {"consultation": consultation.id})
    await connection.execute(_ANNOUNCE, {"task": consultation.task_id})
