"""A town of a thousand claims: lived in during a whole upgrade, then brought to its end."""

import asyncio

from tests.chaos.people import People

_AT_ONCE = 16
_LOOK_EVERY = 1.0
_PATIENCE = 240  # seconds; nobody waits so long unless something is broken
_LIVING = "select id from claims where ending is null order by serial"


class Town(People):
    """Its people, as everywhere in the tests of faults; here they are also many at once."""

    async def register_many(self, count):
        await self._all(self.register() for _ in range(count))

    async def _all(self, chores):
        gate = asyncio.Semaphore(_AT_ONCE)

        async def gated(chore):
            async with gate:
                await chore

        await asyncio.gather(*map(gated, chores))

    async def end_all(self, findings):
        """Pay or withdraw, again and again, until every claim has ended."""
        await self.release_all()

        async def is_over():
            living = await findings.values(_LIVING)
            await self._all(self.end(claim) for claim in living)
            return not living

        await until(is_over, "an end of every claim")

    async def end(self, claim):
        found = (await self.client.ask("GET", f"/claims/{claim}", "anna")).json()
        if found["ending"]:
            return
        owed = found["balance"]["total_ore"]
        is_theirs = claim in self.promised.withdrawals
        if not is_theirs and (owed <= 0 or self.random.random() < 0.3):
            await self.call_off(claim)
        elif owed > 0 and not is_theirs:
            await self.pay_off(claim, owed)

    async def call_off(self, claim):
        body = {"reasons": "Registreret ved en fejl."}
        answer = await self.client.ask("POST", f"/claims/{claim}/withdraw", "anna", body)
        if answer.is_success:
            self.promised.withdrawals.add(claim)

    async def pay_off(self, claim, owed):
        reference = f"P-{next(self.numbers):05d}"
        body = {
            "source_reference": reference,
            "amount_ore": owed,
            "paid_on": self.today.isoformat(),
        }
        answer = await self.client.ask("POST", f"/claims/{claim}/payments", "sys", body)
        assert answer.is_success, answer.text
        self.promised.payments[reference] = (claim, owed)


async def until(is_so, what):
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await is_so():  # noqa: ASYNC110 - other processes are waited for
                await asyncio.sleep(_LOOK_EVERY)
    except TimeoutError:
        raise AssertionError(f"never came: {what}") from None
