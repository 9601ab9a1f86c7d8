"""What people are asked while claims rest: to file in an estate, and to look again."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import working_day_from
from domain.decisions import TaskKind
from domain.endings.suspension import Course, Interrupts, SuspensionRule, filing_due

# One of a claim is about it, and falls away with it; one of a debtor stands by the debtor.
_ASK = text("""
insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on,
  snoozed_until, debtor_id, facts)
select :subject, :key || coalesce('-' || nullif((select count(*) from tasks t
    where t.subject = :subject and t.kind = :kind), 0), ''), cast(:claim as text), :kind, 'open',
  coalesce((select department from claims where id = :claim), 'collection'), :on, :due,
  cast(:asleep as date), cast(:debtor as bigint), jsonb_build_object('suspension',
    cast(:number as bigint))""")
_OPEN = text("select kind from tasks where subject = :subject and state = 'open'")
_FILE_NO_MORE = text("""
update tasks set state = 'cancelled' where subject = :subject and kind = 'estate-claim'
  and state = 'open'""")
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
        await ask_again(connection, about, about.course.review_on, on)


async def ask_anew(connection: AsyncConnection, about: Asked, on: date) -> None:
    """Of a claim that came later: what nobody is asked about any more is asked again."""
    asked = await _asked_now(connection, about)
    if TaskKind.ESTATE_CLAIM not in asked and about.rule.interrupts is Interrupts.ESTATE:
        due = filing_due(about.rule, about.course.file_by, on)
        await _ask(connection, TaskKind.ESTATE_CLAIM, about, on, due)
    await keep_watch(connection, about, on)


async def keep_watch(connection: AsyncConnection, about: Asked, on: date) -> None:
    """Somebody looks again, where nobody is asked to yet."""
    asked = await _asked_now(connection, about)
    if TaskKind.SUSPENSION_REVIEW not in asked and about.course.review_on:
        await ask_again(connection, about, about.course.review_on, on)


async def file_no_more(connection: AsyncConnection, number: int) -> None:
    """The estate has ended: there is nothing to file in."""
    await connection.execute(_FILE_NO_MORE, {"subject": subject_of(number)})


async def _asked_now(connection: AsyncConnection, about: Asked) -> set[str]:
    subject = {"subject": subject_of(about.number)}
    return set((await connection.execute(_OPEN, subject)).scalars())


async def move_filing(
    connection: AsyncConnection, rule: SuspensionRule, number: int, by: date, on: date
) -> None:
    """The last day to file is known now."""
    values = {"subject": subject_of(number), "due": filing_due(rule, by, on)}
    await connection.execute(_MOVE, values)


async def ask_again(connection: AsyncConnection, about: Asked, day: date, on: date) -> None:
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
        "subject": subject_of(about.number),
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


def subject_of(number: int) -> str:
    return f"suspension-{number}"
