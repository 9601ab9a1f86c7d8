"""How the house is besieged: one or two parts die at a time, and it must get to work again."""

import asyncio
from itertools import combinations

from tests.chaos.house import PARTS
from tests.chaos.recovery import recovery_told

_PATIENCE = 120  # seconds; nobody waits so long unless something is broken
_LOOK_EVERY = 0.25
_ENOUGH = 5


def victims(rng, rounds):
    """Each part once alone, and pairs, in an order that is the seed's own."""
    singles = [(part,) for part in PARTS]
    pairs = rng.sample(list(combinations(PARTS, 2)), rounds - len(singles))
    chosen = [rng.sample(names, len(names)) for names in singles + pairs]
    return rng.sample(chosen, len(chosen))


class Siege:
    def __init__(self, house, findings, people, rng):
        self.house, self.findings, self.people, self.rng = house, findings, people, rng

    async def rage(self, rounds):
        for names in victims(self.rng, rounds):
            await self.see_work_done()
            await self.pause(2)
            for name in names:
                await self.house.kill(name)
                await self.pause(0.3)
            await self.pause(1.5)
            with recovery_told("kill -9", of="+".join(sorted(names))):
                await self.house.start(*names)
                await self.findings.database.engine.dispose()  # its connections may be dead
                await self.see_work_done(1)
        await self.see_work_done()

    async def pause(self, longest):
        await asyncio.sleep(longest * self.rng.random())

    async def see_work_done(self, enough=_ENOUGH):
        """Until the API has answered, and stories have acted: that takes servers, relay, worker."""
        await self.people.client.ask("GET", "/tasks?limit=1", "anna")
        enough += await self.acts_of_stories()
        async with asyncio.timeout(_PATIENCE):
            while await self.acts_of_stories() < enough:
                await self.house.start_what_ended()
                await asyncio.sleep(_LOOK_EVERY)

    async def acts_of_stories(self):
        by_stories = "select count(*) from acts where not facts ? 'sent_by'"
        [count] = await self.findings.values(by_stories)
        return count

    async def see_rest(self):
        """Until nothing moves any more by itself."""
        found = await self.findings.restless()
        try:
            async with asyncio.timeout(_PATIENCE):
                while found:
                    await asyncio.sleep(_LOOK_EVERY)
                    found = await self.findings.restless()
        except TimeoutError:
            raise AssertionError(f"never came to rest: {found}") from None
