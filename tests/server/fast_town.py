"""A town on a real server: facts by SQL, messages by the relay, and patience."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from domain.authority import HOUSE
from domain.calendar import today
from domain.decisions import Outcome
from domain.endings.write_off import NewWriteOff
from persistence.agreements.terms import NewAgreement
from persistence.claims.registration import register
from persistence.tasks.deciding import NewDecision, decide
from tests.builders import a_claim
from tests.stories.town import ANNA, BENT, move_in

_PATIENCE = 120  # seconds; Temporal gives a task that nobody answers to somebody else after ten
_STANDING = text("""
select 'act' as what, subject || ' ' || key as of, cast(deadline as text) as facts from acts
union all select 'letter ' || state, cast(id as text), concat(planned_on, ' ', dispatched_on)
  from letters
union all select 'message ' || name, target, concat(delivered_at, ' ', trouble) from outbox
union all select 'claim ' || stage, id, concat(waiting_for, ' ', next_on) from claims""")


class FastTown:
    def __init__(self, database, clock, policy):
        self.database, self.clock, self.policy = database, clock, policy

    @property
    def now(self):
        return self.clock.town_time(datetime.now(UTC))

    @property
    def today(self):
        return today(self.now)

    async def move_in(self):
        await move_in(self.database)

    async def open(self, **facts):
        claim = a_claim(due=self.today, **facts)
        async with self.database.transaction() as connection:
            return (await register(connection, self.policy, claim, self.today, HOUSE.id)).claim_id

    async def decide(self, claim_id, key, outcome, by=ANNA, **more):
        task = await self.value(
            "select id from tasks where subject = :s and key = :k", s=claim_id, k=key
        )
        if outcome is Outcome.WRITE_OFF:
            more.setdefault("write_off", NewWriteOff("lapse", self.today))
        decision = NewDecision(outcome, "Afgjort", **more)
        async with self.database.transaction() as connection:
            await decide(connection, self.policy, task, decision, by, self.now, self.today)

    async def agree(self, claim_id, key):
        wish = NewAgreement((claim_id,), self.today + timedelta(days=3), months=2)
        await self.decide(claim_id, key, Outcome.AGREEMENT, agreement=wish)

    async def write_off(self, claim_id, number):
        await self.decide(claim_id, f"dialogue-{number}", Outcome.GO_ON)
        await self.until(claim_id, f"assessment-{number}")
        await self.decide(claim_id, f"assessment-{number}", Outcome.WRITE_OFF)
        await self.until(claim_id, f"write-off-approval-{number}")
        await self.decide(claim_id, f"write-off-approval-{number}", Outcome.APPROVED, by=BENT)
        await self.until(claim_id, "close")

    async def until(self, subject, key):
        latest = time.monotonic() + _PATIENCE
        while time.monotonic() < latest:
            await self.send_post()
            if key in await self.acts(subject):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{key} never came: {await self.standing()}")

    async def standing(self):
        """Where everything is, for whoever asks why it does not go on."""
        async with self.database.transaction() as connection:
            rows = (await connection.execute(_STANDING)).all()
        return [f"town time {self.now}", *(tuple(row) for row in rows)]

    async def send_post(self):
        """The post goes at once, whatever the day."""
        async with self.database.transaction() as connection:
            await connection.execute(
                text(
                    "update letters set state = 'dispatched', dispatched_on = planned_on"
                    " where state = 'requested'"
                )
            )

    async def acts(self, subject):
        async with self.database.transaction() as connection:
            found = text("select key from acts where subject = :s order by id")
            return list((await connection.execute(found, {"s": subject})).scalars())

    async def value(self, query, **values):
        async with self.database.transaction() as connection:
            return (await connection.execute(text(query), values)).scalar()
