"""What will go out and be asked in the coming days, if nobody pays and nobody decides anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.doors import Door
from cli.words import Words
from domain.calendar import TownClock
from domain.deadlines import dispatch_day
from domain.orders import AskPerson, Order, Transfer, WriteLetter
from domain.policy import Policy
from persistence.claims.reading import require_claim
from persistence.database import Database
from workers.foresight.circles import Asked, Rehearsed, rehearse
from workflows.rehearsal import RehearsedAct

_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Expected:
    """*on*: the day the letter leaves, the task is opened, the claim is handed over.

    *after*: the act whose time is out then, with the last day it gave; None when nothing came
    before.
    """

    on: date
    subject: str
    kind: str
    what: str
    deadline: date | None
    after: str | None
    until: date | None


async def show(days: int, claim_id: str | None, say: Words) -> int:
    async with Door.open() as door:
        if claim_id:
            async with door.database.transaction() as connection:
                await require_claim(connection, claim_id)
        expected = await forecast(door.database, door.policy, door.clock, door.now, days, claim_id)
    for line in _lines(expected, say):
        Console(highlight=False, width=_WIDTH).print(line)
    print(say("forecast-count", count=len(expected), days=days))
    return 0


async def forecast(
    database: Database,
    policy: Policy,
    clock: TownClock,
    now: datetime,
    days: int,
    claim_id: str | None = None,
) -> list[Expected]:
    """Everything the living stories would do until *days* days from *now*, in order of days."""
    asked = Asked(policy, clock, now, now + timedelta(days=days))
    async with database.transaction() as connection:
        expected = [
            one
            async for rehearsed in rehearse(connection, asked, claim_id)
            for one in _expected(_acts_of(rehearsed, claim_id), rehearsed.given)
        ]
    return sorted(expected, key=lambda e: (e.on, e.subject))


def _acts_of(rehearsed: Rehearsed, claim_id: str | None) -> list[RehearsedAct]:
    """Of the claim and the agreement over it, where one is named; of all else."""
    if claim_id is None:
        return rehearsed.acts
    over = {key for key, about in rehearsed.group.about.items() if claim_id in about.claims}
    return [act for act in rehearsed.acts if act.subject in {claim_id, *over}]


def _expected(
    acts: Sequence[RehearsedAct], given: dict[tuple[str, str], date | None]
) -> Iterator[Expected]:
    for act in acts:
        shown = _kind(act.order)
        if shown is None:
            continue
        after = act.order.after
        until = given.get((act.subject, after)) if after else None
        on = dispatch_day(act.on) if isinstance(act.order, WriteLetter) else act.on
        yield Expected(on, act.subject, *shown, act.deadline, after, until)


def _kind(order: Order) -> tuple[str, str] | None:
    match order:
        case WriteLetter(letter=letter):
            return "letter", letter.value
        case AskPerson(kind=kind):
            return "task", kind.value
        case Transfer():
            return "act", "transfer"
        case _:
            return None


def _lines(expected: Sequence[Expected], say: Words) -> Iterator[Any]:
    if not expected:
        return
    table = Table(box=None, pad_edge=False)
    for code in ("column-day", "column-claim", "column-what", "column-because"):
        table.add_column(say(code), no_wrap=code != "column-because")
    for one in expected:
        table.add_row(say.day(one.on), one.subject, what(one, say), because(one, say))
    yield table


def what(one: Expected, say: Words) -> str:
    if one.kind == "act":
        return say(f"forecast-{one.what}")
    return say(f"forecast-{one.kind}", name=say.name(one.kind, one.what))


def because(one: Expected, say: Words) -> str:
    """Why on that day: which time was out, and which time this gives."""
    if one.after is None:
        reason = say(f"forecast-first-{one.kind}")
    elif one.until is None:
        reason = say("forecast-after", what=_named(one.after, say))
    else:
        reason = say("forecast-after-day", what=_named(one.after, say), until=one.until)
    if one.deadline and one.kind == "letter":
        reason += " " + say("forecast-gives", deadline=one.deadline)
    return reason


def _named(key: str, say: Words) -> str:
    """The letter or task that the act *key* was, in the reader's words."""
    name = key.rstrip("0123456789").rstrip("-")
    for kind in ("letter", "task"):
        try:
            return say.name(kind, name)
        except KeyError:
            continue
    return key
