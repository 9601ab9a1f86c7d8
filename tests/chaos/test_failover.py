"""The database's machine is gone: its standby takes over, and nothing acknowledged is lost."""

import asyncio
import subprocess

import pytest
from sqlalchemy import text

from persistence.database import Database
from servers.binaries import bin_folders, choose_binaries
from servers.postgres import PostgresServer
from tests.chaos.recovery import recovery_told
from tests.chaos.town import open_town

_SYNCHRONOUS = "select count(*) from pg_stat_replication where sync_state = 'sync'"


@pytest.mark.timeout(300)
async def test_a_synchronous_standby_takes_over_and_nothing_is_lost():
    async with open_town() as town:
        standby = await stand_by(town)
        try:
            async with town.at_work():
                await town.see_work_done()
                await town.house.kill("postgres")
                with recovery_told("failover to a standby", of="postgres"):
                    await take_over(town, standby)
                    await town.siege.see_work_done(1)
                await town.see_work_done()
            await town.check()
        finally:
            await asyncio.to_thread(standby.stop)


async def stand_by(town):
    """A copy that follows, and without whose word nothing is acknowledged from now on."""
    folder = town.house.folder / "standby"
    folder.mkdir()
    await asyncio.to_thread(copy, town.house.postgres, folder / "data")
    standby = PostgresServer(folder)
    await asyncio.to_thread(standby.start)
    async with town.database.alone() as connection:
        await connection.execute(text("alter system set synchronous_standby_names = '*'"))
        await connection.execute(text("select pg_reload_conf()"))
    async with asyncio.timeout(60):
        while await town.findings.values(_SYNCHRONOUS) != [1]:  # noqa: ASYNC110  # another's state
            await asyncio.sleep(0.1)
    return standby


def copy(primary, data):
    program = choose_binaries(bin_folders(), data).folder / "pg_basebackup"
    host = primary.url.partition("host=")[2]
    whom = ["-h", host, "-U", "postgres"]
    command = [program, *whom, "-D", data, "--write-recovery-conf", "--checkpoint=fast"]
    subprocess.run(command, check=True, capture_output=True, text=True)
    for remains in data.glob(".s.PGSQL*"):  # the primary's socket lies in its data
        remains.unlink()


async def take_over(town, standby):
    """As the one who watches over both does: promote, and lead everyone to the new primary."""
    town.house.postgres = town.house.parts["postgres"] = standby
    await town.database.close()
    town.database = town.findings.database = Database(standby.url, patience=30)
    async with town.database.alone() as connection:
        await connection.execute(text("select pg_promote()"))
