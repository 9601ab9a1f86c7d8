"""A town of a thousand claims: lived in during a whole upgrade, then brought to its end."""

import asyncio
from collections import Counter

from tests.chaos.people import People

_AT_ONCE = 16
_LOOK_EVERY = 1.0
_PATIENCE = 300  # seconds in which nothing has moved; so long only what is broken takes
_STILL = """
select c.id, c.stage, c.waiting_for, c.balance_ore, c.is_withdrawn, array_agg(t.kind) as asked
from claims c left join tasks t on t.claim_id = c.id and t.state = 'open'
where c.ending is null group by c.id order by c.serial limit 20"""
_LIVING = """
select id, balance_ore, is_withdrawn from claims where ending is null order by serial"""


class Town(People):
    """Its people, as everywhere in the tests of faults; here they are also many at once.

    *most*: so many live there, and no more come.
    """

    def __init__(self, *given, most, **more):
        super().__init__(*given, **more)
        self.most, self.set_aside = most, set()
        self.refused = Counter()  # answers to tasks, by what stood in their way

    async def register(self):
        if len(self.living) < self.most:
            await super().register()

    async def register_many(self, count):
        await self._all(self.register() for _ in range(count))

    def set_some_aside(self, count):
        """Nobody does anything with them until the end."""
        self.set_aside = {self.living.pop() for _ in range(count)}

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
        """Pay or withdraw, again and again, until every claim has ended.

        Who is called back from the recovery authority, or has a letter that cannot be delivered,
        may wait for a person first.
        """
        self.set_aside = set()
        await self.release_all()

        async def count():
            await self.answer_all()
            living = await findings.rows(_LIVING)
            await self._all(self.end(*row) for row in living)
            return len(living)

        try:
            await until_none(count, "an end of every claim")
        except AssertionError as fault:
            still = [str(row) for row in await findings.rows(_STILL)]
            fault.add_note("\n".join([*still, str(self.refused)]))
            raise

    async def answer_all(self):
        await self.let_the_post_go()
        tasks = (await self.client.ask("GET", "/tasks?limit=200", "anna")).json()["items"]
        await self._all(self.answer(task) for task in tasks)

    async def answer(self, task):
        if task["claim_id"] in self.set_aside:
            return
        answer = await super().answer(task)
        if not answer.is_success:
            self.refused[task["kind"], answer.json()["code"]] += 1

    async def end(self, claim, owed, is_withdrawn):
        if is_withdrawn:
            return
        if owed <= 0 or self.random.random() < 0.3:
            await self.call_off(claim)
        else:
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
    """The machine may have other things to do: the deadline is generous."""

    async def count():
        return int(not await is_so())

    await until_none(count, what)


async def until_none(count, what):
    """Until *count* answers 0; as long as it answers less than before nobody loses patience."""
    loop = asyncio.get_running_loop()
    left, since = None, loop.time()
    while now := await count():
        if left is None or now < left:
            left, since = now, loop.time()
        assert loop.time() < since + _PATIENCE, f"never came: {what}; {now} left"
        await asyncio.sleep(_LOOK_EVERY)
