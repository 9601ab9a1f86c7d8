"""Both databases are backed up, destroyed, and restored on a machine that has nothing else."""

import asyncio
import shutil
from copy import deepcopy
from dataclasses import replace

import pytest

from persistence.database import Database
from servers.postgres import PostgresServer
from servers.temporal import TemporalServer
from tests.chaos import backups
from tests.chaos.findings import RELEASED
from tests.chaos.people import Promised
from tests.chaos.recovery import recovery_told
from tests.chaos.town import open_town

SKIPPED = 100_000
_GIVEN = """select coalesce((select max(id) from letters), 0),
  coalesce((select max(id) from recovery_actions), 0)"""


@pytest.mark.timeout(300)
async def test_the_restore_drill():
    async with open_town() as town:
        async with town.at_work():
            for _ in range(3):
                await town.see_work_done()
            promised, given, taken = await back_up(town)
            for _ in range(2):
                await town.see_work_done()
        since = await town.findings.rows(_GIVEN)
        messages = town.findings.messages() - taken
        assert since > given, "nothing would be lost"
        with recovery_told("both databases lost, restored elsewhere"):
            await destroy_and_restore(town)
            await forget_what_was_lost(town, promised)
            await town.house.start("relay", "worker", "api")
            await town.siege.see_work_done(1)
        async with town.at_work():
            await town.see_work_done()
            assert " 0 wrong" in await backups.command(town.house, "doctor")
        town.findings.lose(*zip(*given, *since, strict=True), messages)
        await town.check()
        await backups.command(town.house, "reconcile")


async def back_up(town):
    """While everybody works.

    Gives what the API had said yes to before, the numbers given by then, and the world's messages.
    """
    house, promised = town.house, deepcopy(town.people.promised)
    taken = town.findings.messages()
    given = await town.findings.rows(_GIVEN)
    await asyncio.to_thread(backups.dump, house.postgres, house.folder / "postgres.dump")
    await asyncio.to_thread(backups.copy_stories, house.temporal, house.folder / "stories.db")
    return promised, given, taken


async def destroy_and_restore(town):
    """By the commands, and in the order, of "Backup" in docs/operations.md."""
    house = town.house
    await house.kill("api", "relay", "worker", "temporal", "postgres")
    await town.database.close()
    await asyncio.to_thread(raise_elsewhere, house)
    town.database = town.findings.database = Database(house.postgres.url, patience=30)
    await backups.command(house, "migrate")
    assert "unbroken" in await backups.command(house, "verify-audit")
    await backups.command(house, "rebuild", "--all", "--skip-numbers", str(SKIPPED))


def raise_elsewhere(house):
    """On a machine that has only the two backups, and the sandboxes of the world."""
    for server in (house.postgres, house.temporal):
        shutil.rmtree(server.folder)
    port = int(house.temporal.address.rpartition(":")[2])
    house.postgres = PostgresServer(house.folder / "elsewhere" / "postgres")
    house.temporal = TemporalServer(house.temporal.folder, port=port)
    house.parts |= {"postgres": house.postgres, "temporal": house.temporal}
    house.postgres.start()
    backups.restore(house.postgres, house.folder / "postgres.dump")
    house.temporal.folder.mkdir()
    backups.put_back_stories(house.temporal, house.folder / "stories.db")
    house.temporal.start()


async def forget_what_was_lost(town, backed_up):
    """What was backed up is there, and people go on with that."""
    people, restored = town.people, await promised_by(town.findings)
    for kind in ("claims", "payments", "holds"):
        assert getattr(backed_up, kind).items() <= getattr(restored, kind).items(), kind
    people.living = [claim for claim in people.living if claim in restored.claims.values()]
    people.promised = replace(restored, reasons=people.promised.reasons)


async def promised_by(findings):
    """By the tables: what people may count on from now on."""
    payments = {reference: tuple(facts) for reference, *facts in await findings.payments()}
    return Promised(
        dict(await findings.claims()),
        payments,
        holds=dict(await findings.holds()),
        releases=set(await findings.values(RELEASED)),
    )
