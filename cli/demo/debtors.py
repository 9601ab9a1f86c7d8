"""The town's debtors: some pay in time, some late, some in part, some never; always the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.demo.grounds import FIRST_MORNING
from cli.demo.inbox import write_claims
from cli.demo.inventing import invent_claim
from cli.demo.people import seeded
from domain.calendar import is_working_day, today
from domain.policy import Policy
from gateways.bank.sandbox import SandboxBank
from persistence.database import Database
from persistence.models import GatewayCursor

_NAME = "demo-town"
_ANSWER_WITHIN_DAYS = 60
_FIRST_WEEKLY_NUMBER = 10_000
_CLAIMS_A_WEEK = 14
_MONDAY = 0

_WROTE = text("""
select distinct on (l.claim_id, l.key) l.claim_id, l.key, l.letter, l.dispatched_on, l.deadline,
  c.balance_ore, c.payment_reference, d.name
from letters l join claims c on c.id = l.claim_id join debtors d on d.id = c.debtor_id
where l.dispatched_on between :since and :on and c.ending is null and c.agreement_id is null
  and c.balance_ore > 0 and c.stage <> 'recovery' and l.subject = l.claim_id
order by l.claim_id, l.key, l.id""")
_DUE = text("""
select c.id as claim_id, g.id || '-' || i.number as key, g.id as agreement, i.number, i.due_on,
  least(i.amount_ore, c.balance_ore) as balance_ore, c.payment_reference, d.name
from instalments i join agreements g on g.id = i.agreement_id and g.state = 'active'
join lateral (select * from claims c where c.agreement_id = g.id and c.balance_ore > 0
  order by c.id limit 1) c on true
join debtors d on d.id = c.debtor_id
where i.due_on between :since and :ahead""")
_PROMISED = text("""
select c.id as claim_id, 'promise-' || n.id as key, n.look_again_on,
  c.balance_ore, c.payment_reference, d.name
from decisions n join tasks t on t.id = n.task_id join claims c on c.id = t.claim_id
join debtors d on d.id = c.debtor_id
where n.outcome in ('promise', 'distraint-made') and n.look_again_on between :on and :ahead
  and c.ending is null and c.balance_ore > 0 and c.agreement_id is null""")

# How many pay after each letter, and how long they take; nothing but a picture of a town.
_SHARE_PAYING = {
    "demand": 0.46,
    "courtesy-notice": 0.24,
    "first-reminder": 0.2,
    "second-reminder": 0.2,
    "transfer-notice": 0.15,
    "distraint-notice": 0.25,
}
_SHARE_LATE, _SHARE_PART, _SHARE_WITHOUT_REFERENCE, _SHARE_TOO_MUCH = 0.15, 0.07, 0.03, 0.02
_SHARE_BOUNCING, _BOUNCES_AFTER = 0.02, timedelta(days=3)
_SHARE_KEEPING_PROMISE = 0.6
_SHARE_BREAKING_AGREEMENT, _SHARE_LATE_INSTALMENT = 0.25, 0.1


@dataclass(frozen=True, slots=True)
class Paying:
    """Someone who goes to the bank on the day *on*."""

    on: date
    id: str
    reference: str | None
    ore: int
    payer: str
    text: str


class Town:
    """Lives one day at a time; which days it has lived is kept in the database."""

    def __init__(self, database: Database, policy: Policy, world: Path, inbox: Path) -> None:
        self._database, self._policy, self._inbox = database, policy, inbox
        self._bank = SandboxBank(world)

    async def live_until(self, end: date) -> None:
        """Every day before *end* that has not been lived: payments, then the bank's file."""
        async with self._database.transaction() as connection:
            day = await _next_day(connection)
        while day < end:
            await self._live(day)
            day += timedelta(days=1)

    async def _live(self, day: date) -> None:
        if is_working_day(day):
            async with self._database.transaction() as connection:
                payments = [p for p in await self._payments(connection, day) if p.on == day]
            for paying in payments:
                self._bank.pay(
                    paying.id, paying.reference, paying.ore, day, paying.payer, paying.text
                )
                self._bounce(paying, day)
            self._bank.write_statement(day, self._inbox)
        if day.weekday() == _MONDAY:
            self._send_claims(day)
        async with self._database.transaction() as connection:
            await _remember(connection, day)

    def _bounce(self, paying: Paying, day: date) -> None:
        """Some payers' banks take the money back some days later."""
        if seeded("bounce", paying.id).random() < _SHARE_BOUNCING:
            self._bank.bounce(paying.id, _to_working_day(day + _BOUNCES_AFTER))

    async def _payments(self, connection: AsyncConnection, day: date) -> list[Paying]:
        ahead, since = day + timedelta(days=3), day - timedelta(days=_ANSWER_WITHIN_DAYS)
        days = {"on": day, "since": since, "ahead": ahead}
        paying: list[Paying] = []
        for row in await connection.execute(_WROTE, {"on": day, "since": since}):
            paying += _after_letter(row)
        for row in await connection.execute(_DUE, {"since": since, "ahead": ahead}):
            paying += _instalment(row)
        for row in await connection.execute(_PROMISED, {"on": day, "ahead": days["ahead"]}):
            paying += _promise(row)
        return list({one.id: one for one in paying}.values())

    def _send_claims(self, day: date) -> None:
        """What the town's own systems have to claim this week."""
        first = _FIRST_WEEKLY_NUMBER + day.toordinal() * _CLAIMS_A_WEEK
        claims = [
            invent_claim(seeded("week", number), self._policy, number, day)
            for number in range(first, first + _CLAIMS_A_WEEK)
        ]
        write_claims(self._inbox / f"claims-{day}.csv", claims)


async def _next_day(connection: AsyncConnection) -> date:
    found = text("select position from gateway_cursors where gateway = :name")
    last = (await connection.execute(found, {"name": _NAME})).scalar()
    return date.fromordinal(last + 1) if last else today(FIRST_MORNING)


async def _remember(connection: AsyncConnection, day: date) -> None:
    values = {"gateway": _NAME, "position": day.toordinal()}
    new = insert(GatewayCursor).values(values)
    await connection.execute(
        new.on_conflict_do_update(index_elements=["gateway"], set_={"position": day.toordinal()})
    )


def _after_letter(row: Any) -> Iterator[Paying]:
    chance = seeded(row.claim_id, row.key)
    if chance.random() >= _SHARE_PAYING.get(row.letter, 0):
        return
    days = max((row.deadline - row.dispatched_on).days, 1)
    wait = days + chance.randint(1, 6) if chance.random() < _SHARE_LATE else chance.randint(1, days)
    yield _paying(row, chance, row.dispatched_on + timedelta(days=wait))


def _instalment(row: Any) -> Iterator[Paying]:
    habit, chance = seeded(row.agreement), seeded(row.key)
    if habit.random() < _SHARE_BREAKING_AGREEMENT and row.number > habit.randint(0, 3):
        return
    wait = 7 if chance.random() < _SHARE_LATE_INSTALMENT else -chance.randint(0, 2)
    on = _to_working_day(row.due_on + timedelta(days=wait))
    yield Paying(on, row.key, row.payment_reference, row.balance_ore, row.name, "")


def _promise(row: Any) -> Iterator[Paying]:
    chance = seeded(row.key)
    if chance.random() < _SHARE_KEEPING_PROMISE:
        on = _to_working_day(row.look_again_on - timedelta(days=2))
        yield Paying(on, row.key, row.payment_reference, row.balance_ore, row.name, "som aftalt")


def _paying(row: Any, chance: Random, on: date) -> Paying:
    draw, ore, reference, said = chance.random(), row.balance_ore, row.payment_reference, ""
    if draw < _SHARE_PART:
        ore = max(ore // 2, 1)
    elif draw < _SHARE_PART + _SHARE_WITHOUT_REFERENCE:
        reference, said = None, "betaling til kommunen"
    elif draw < _SHARE_PART + _SHARE_WITHOUT_REFERENCE + _SHARE_TOO_MUCH:
        ore += 10_000
    return Paying(_to_working_day(on), f"{row.claim_id}-{row.key}", reference, ore, row.name, said)


def _to_working_day(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
