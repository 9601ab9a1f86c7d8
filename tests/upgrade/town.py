"""A town of a thousand claims: lived in during a whole upgrade, then brought to its end."""

import asyncio

from tests.chaos.people import People

_AT_ONCE = 16
_ANSWERS_A_LOOK = 10  # a claim that is called back may wait for a person first
_LOOK_EVERY = 1.0
_PATIENCE = 240  # seconds; nobody waits so long unless something is broken
_STILL = "select id, stage, waiting_for, balance_ore, is_withdrawn from claims where ending is null"
_LIVING = "select id from claims where ending is null order by serial"


class Town(People):
    """Its people, as everywhere in the tests of faults; here they are also many at once."""

    async def register_many(self, count):
        await self._all(self.register() for _ in range(count))

    async def decide(self):
        await self.let_the_post_go()
        await super().decide()

    async def let_the_post_go(self):
        """A thousand claims that came in on one day make more letters than the brake expects."""
        await self.client.ask("POST", "/post-room/release", "anna")

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
            for _ in range(_ANSWERS_A_LOOK):
                await self.decide()
            living = await findings.values(_LIVING)
            await self._all(self.end(claim) for claim in living)
            return not living

        try:
            await until(is_over, "an end of every claim")
        except AssertionError:
            raise AssertionError(await findings.rows(_STILL)) from None

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
