"""What people are asked while claims rest: to file in an estate, and to look again."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.calendar import working_day_from
from domain.claim import HoldReason
from domain.decisions import Outcome, TaskKind
from domain.policy import Policy
from domain.suspension import Course, Interrupts, SuspensionRule, filing_due, is_in_time
from persistence.answers import NewDecision
from persistence.audit import note
from persistence.holding import release_hold

# One of a claim is about it, and falls away with it; one of a debtor stands by the debtor.
_ASK = text("""
insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on,
  snoozed_until, debtor_id, facts)
select :subject, :key || coalesce('-' || nullif((select count(*) from tasks t
    where t.subject = :subject and t.kind = :kind), 0), ''), cast(:claim as text), :kind, 'open',
  coalesce((select department from claims where id = :claim), 'collection'), :on, :due,
  cast(:asleep as date), cast(:debtor as bigint), jsonb_build_object('suspension',
    cast(:number as bigint))""")
_SUSPENSION = text("select * from suspensions where id = :id for no key update")
_FILED = text("update suspensions set filed_on = :on where id = :id")
_LOOK_AGAIN = text("update suspensions set review_on = :day where id = :id")
_HOLDS = text("""
select id from holds where suspension_id = :id and released_on is null order by claim_id""")
_MOVE = text("""
update tasks set due_on = :due where subject = :subject and kind = 'estate-claim'
  and state = 'open'""")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: a suspension of a claim, or of all a debtor owes."""

    number: int
    rule: SuspensionRule
    course: Course
    debtor_id: int | None
    claim_id: str | None


async def ask_about(connection: AsyncConnection, about: Asked, on: date) -> None:
    """To file the claim where there is an estate; to look again where no end is named."""
    if about.rule.interrupts is Interrupts.ESTATE:
        due = filing_due(about.rule, about.course.file_by, on)
        await _ask(connection, TaskKind.ESTATE_CLAIM, about, on, due)
    if about.course.review_on:
        await _ask_again(connection, about, about.course.review_on, on)


async def move_filing(
    connection: AsyncConnection, rule: SuspensionRule, number: int, by: date, on: date
) -> None:
    """The last day to file is known now."""
    values = {"subject": _subject(number), "due": filing_due(rule, by, on)}
    await connection.execute(_MOVE, values)


async def answer_estate_claim(
    connection: AsyncConnection,
    _: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """Filed on the day of the answer. What is filed too late interrupts nothing."""
    row = await _suspension(connection, task)
    act = "estate-claim-not-filed"
    if decision.outcome is Outcome.FILED:
        await connection.execute(_FILED, {"id": row["id"], "on": on})
        act = "estate-claim-filed" if is_in_time(row["file_by"], on) else "estate-claim-late"
    await note(connection, _subject(row["id"]), actor.id, act)


async def answer_review(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """Goes on resting until somebody looks the next time, or goes on."""
    row = await _suspension(connection, task)
    if row["ended_on"]:
        return
    if decision.outcome is Outcome.RESUME:
        holds = (await connection.execute(_HOLDS, {"id": row["id"]})).scalars().all()
        for hold in holds:
            await release_hold(connection, policy, hold, on, actor)
        return
    rule = policy.endings.suspension(HoldReason(row["reason"]), on)
    assert rule, "it was asked by its rule"
    day = decision.look_again_on or on
    await connection.execute(_LOOK_AGAIN, {"id": row["id"], "day": day})
    claim = task.claim_id
    about = Asked(row["id"], rule, Course(None, day), row["debtor_id"], claim)
    await _ask_again(connection, about, day, on)


async def _ask_again(connection: AsyncConnection, about: Asked, day: date, on: date) -> None:
    """Out of sight until the day, and to be answered on it."""
    due = working_day_from(day)
    asleep = day if day > on + timedelta(days=1) else None
    await _ask(connection, TaskKind.SUSPENSION_REVIEW, about, on, due, asleep)


async def _ask(
    connection: AsyncConnection,
    kind: TaskKind,
    about: Asked,
    on: date,
    due: date,
    asleep: date | None = None,
) -> None:
    values = {
        "subject": _subject(about.number),
        "key": kind.value,
        "claim": about.claim_id,
        "kind": kind.value,
        "on": on,
        "due": due,
        "asleep": asleep,
        "debtor": about.debtor_id,
        "number": about.number,
    }
    await connection.execute(_ASK, values)


async def _suspension(connection: AsyncConnection, task: Any) -> RowMapping:
    found = await connection.execute(_SUSPENSION, {"id": task.facts["suspension"]})
    return found.mappings().one()


def _subject(number: int) -> str:
    return f"suspension-{number}"
