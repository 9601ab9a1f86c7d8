"""Takes over the claims of a town in the middle of their lives, once."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from sqlalchemy import text

from cli.demo.inventing import invent_claim
from cli.demo.lives import Life
from cli.demo.people import seeded
from cli.demo.walks import WALKS, Walk
from domain.authority import HOUSE
from domain.calendar import is_working_day
from domain.policy import ClaimType, Policy
from persistence.claims.registration import register
from persistence.database import Database
from workers.past import Past

_AT_ONCE = 6
# A story that has not begun needs no news, for it begins from its record; one that has ended
# before it began needs nothing.
_NO_NEWS = text("""
update outbox set delivered_at = now() where delivered_at is null
and (name not in ('start-claim', 'start-agreement')
  or target in (select 'claim-' || id from claims where ending is not null)
  or target in (select 'agreement-' || id from agreements where state <> 'active'))""")


class Seeding:
    """Done again after it was broken off, it goes on and repeats nothing."""

    def __init__(self, database: Database, policy: Policy, today: date) -> None:
        self._database, self._policy, self._today = database, policy, today
        self._past = Past(database, policy)
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self.total = sum(walk.count for walk in WALKS)

    async def run(self, tell: Callable[[int], None]) -> None:
        """*tell* is called with how many claims are done."""
        lives = [asyncio.create_task(self._live(n, walk)) for n, walk in _numbered()]
        try:
            for done, life in enumerate(asyncio.as_completed(lives), start=1):
                await life
                tell(done)
        finally:
            for task in lives:
                task.cancel()
            await asyncio.gather(*lives, return_exceptions=True)
        async with self._database.transaction() as connection:
            await connection.execute(_NO_NEWS)

    async def _live(self, number: int, walk: Walk) -> None:
        async with self._at_once:
            await walk.live(await self._register(number, walk))

    async def _register(self, number: int, walk: Walk) -> Life:
        random = seeded("claim", number)
        claim_type = self._type_of(number, walk)
        on = self._registered_on(claim_type, walk, partial(random.randint, 0))
        claim = invent_claim(random, self._policy, number, on, claim_type=claim_type)
        async with self._database.transaction() as connection:
            taken = await register(connection, self._policy, claim, on, HOUSE.id)
        return Life(
            self._database, self._policy, self._past, random, claim, taken.claim_id, on, self._today
        )

    def _type_of(self, number: int, walk: Walk) -> ClaimType:
        types = walk.types or sorted(self._policy.claim_types)
        return self._policy.claim_types[types[number % len(types)]]

    def _registered_on(
        self, claim_type: ClaimType, walk: Walk, up_to: Callable[[int], int]
    ) -> date:
        if walk.more_days is None:
            return self._today
        letters = sum(step.days + 2 for step in claim_type.steps.on(self._today) or ())
        back = up_to(letters) if walk.more_days < 0 else letters + 6 + up_to(walk.more_days)
        day = self._today - timedelta(days=back)
        while not is_working_day(day):
            day -= timedelta(days=1)
        return day


def _numbered() -> Iterator[tuple[int, Walk]]:
    number = 0
    for walk in WALKS:
        for _ in range(walk.count):
            number += 1
            yield number, walk
