"""Acts that take long: their claims' rows are not to be had."""

import asyncio
from contextlib import asynccontextmanager

from sqlalchemy import text

from domain.authority import Actor, Role
from persistence.claims.withdrawing import withdraw

ANNA = Actor("anna", Role.SUPERVISOR)
_HAVE = text("select id from claims where id = any(:claims) order by id for update")
_WHO = text("select pg_backend_pid()")
_IS_WAITING = text("select pg_blocking_pids(:who) <> '{}'")


@asynccontextmanager
async def patient_acts(database, town):
    """What was set aside is withdrawn, and as long as the context is open cannot be closed.

    Whoever holds it stands in the queue before the stories can hear of it. Which claims.
    """
    claims = sorted(town.set_aside)
    async with database.transaction() as holding:
        who = await holding.scalar(_WHO)
        async with database.transaction() as withdrawing:
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
