"""Acts that take long: their claims' rows are not to be had."""

import asyncio
from contextlib import asynccontextmanager

from sqlalchemy import text

from domain.authority import Actor, Role
from persistence.claims.withdrawing import withdraw

ANNA = Actor("anna", Role.SUPERVISOR)
_SOME = text("""
select id from claims where ending is null and not is_withdrawn and stage in ('demand', 'reminder')
order by serial limit :most for update skip locked""")
_HAVE = text("select id from claims where id = any(:claims) order by id for update")
_WHO = text("select pg_backend_pid()")
_IS_WAITING = text("select pg_blocking_pids(:who) <> '{}'")


@asynccontextmanager
async def patient_acts(database, town, count):
    """Claims withdrawn just now; as long as the context is open none of them can be closed.

    Whoever holds them stands in the queue before their stories can hear of it.
    """
    async with database.transaction() as holding:
        who = await holding.scalar(_WHO)
        async with database.transaction() as withdrawing:
            claims = (await withdrawing.execute(_SOME, {"most": count})).scalars().all()
            town.leave_alone(claims)
            for claim in claims:
                await withdraw(withdrawing, claim, "Registreret ved en fejl.", town.today, ANNA)
            queueing = asyncio.create_task(holding.execute(_HAVE, {"claims": claims}))
            await _until_waiting(database, who)
        await queueing
        town.promised.withdrawals.update(claims)
        yield claims


async def _until_waiting(database, who):
    async with database.transaction() as looking, asyncio.timeout(60):
        while not await looking.scalar(_IS_WAITING, {"who": who}):  # noqa: ASYNC110 - the server's
            await asyncio.sleep(0.05)
